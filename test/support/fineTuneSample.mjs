/** A workspace that can be fine-tuned on, with a trainer that only pretends. */
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { root } from '../../scripts/install.mjs';

/**
 * Puts real code into the workspace, makes it a repository, and the pretended trainer what the editor starts.
 *
 * @param {ReturnType<typeof import('../../scripts/sample.mjs').makeSample>} sample
 * @returns {Record<string, unknown>} Settings that the window needs.
 */
export function prepareFineTune(sample) {
	const folder = path.join(sample.workspace, 'src/more');
	fs.mkdirSync(folder);
	const sources = fs
		.readdirSync(path.join(root, 'src/completion'), { withFileTypes: true })
		.filter((entry) => entry.isFile())
		.slice(0, 20);
	for (const { name } of sources) {
		fs.copyFileSync(path.join(root, 'src/completion', name), path.join(folder, name));
	}
	for (const words of [
		['init', '-q'],
		['add', '.'],
	]) {
		execFileSync('git', ['-C', sample.workspace, ...words]);
	}
	setMode(sample, 'worse');
	const node = path.join(sample.folder, 'node');
	const trainer = path.join(root, 'test/ui/finetuneTrainer.mjs');
	fs.writeFileSync(
		node,
		`#!/bin/sh\ncase "$1" in *trainer.mjs) exec "${process.execPath}" "${trainer}" "${modeFile(sample)}";; esac\nexec "${process.execPath}" "$@"\n`,
		{ mode: 0o755 },
	);
	// Behind a server, settings of the machine are the server's; those of the user count until the first change.
	const settings = { 'familiar.host.nodePath': node };
	fs.mkdirSync(path.join(sample.userData, 'Machine'), { recursive: true });
	fs.writeFileSync(path.join(sample.userData, 'Machine/settings.json'), JSON.stringify(settings));
	return settings;
}

/** How the trainers that are started from now on end: `better`, `worse` or `fail`. */
export function setMode(sample, mode) {
	fs.writeFileSync(modeFile(sample), mode);
}

function modeFile(sample) {
	return path.join(sample.folder, 'mode');
}
