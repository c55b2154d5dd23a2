/** What a scripted model and an earlier conversation take on disk, before VS Code starts. */
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { root } from './session.mjs';

/**
 * familiar.host.nodePath names the program that runs the host; this one runs a host with a scripted model.
 *
 * @param {{ folder: string }} sample
 * @param {string} host Name of its entry in test/support.
 * @returns {Record<string, unknown>} Settings.
 */
export function scriptedModel(sample, host) {
	const program = path.join(sample.folder, `${host}-node`);
	const entry = path.join(root, `out/test/support/${host}.entry.mjs`);
	fs.writeFileSync(program, `#!/bin/sh\nshift\nexec "${process.execPath}" "${entry}" "$@"\n`, {
		mode: 0o755,
	});
	return { 'familiar.host.nodePath': program };
}

/**
 * Writes a conversation of the sample's workspace, as the chat keeps it.
 *
 * @param {{ workspace: string, userData: string }} sample
 * @param {string} id
 * @param {Record<string, unknown>[]} turns Each follows the one before, where it names no parent; what they do not say is
 *   filled in. `time`: default now.
 */
export function writeConversation(sample, id, turns) {
	const workspace = pathToFileURL(sample.workspace).toString();
	const name = createHash('sha256').update(workspace).digest('hex').slice(0, 32);
	const folder = path.join(sample.userData, 'User/globalStorage/familiar.familiar/conversations', name);
	const records = turns.map((turn, index) => ({
		type: 'turn',
		turn: { state: 'done', remedies: [], time: Date.now(), parent: turns[index - 1]?.id, ...turn },
	}));
	fs.mkdirSync(folder, { recursive: true });
	fs.writeFileSync(
		path.join(folder, `${id}.jsonl`),
		[{ type: 'conversation', version: 1 }, ...records]
			.map((record) => `${JSON.stringify(record)}\n`)
			.join(''),
	);
}
