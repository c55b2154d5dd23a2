/** Vocabularies of real models: the files in llama.cpp's own sources, which node-llama-cpp ships as a git bundle. */
import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { root } from './root';

const bundle = path.join(root, 'node_modules/node-llama-cpp/llama/gitRelease.bundle');
const sources = path.join(root, 'out/llama.cpp');

/**
 * A bare clone of llama.cpp's sources at the version that is installed, made once below out/. Throws if git or the
 * bundle is missing.
 */
function clone(): string {
	const stamp = String(fs.statSync(bundle).size);
	const stampFile = path.join(sources, 'bundle-size');
	if (!fs.existsSync(stampFile) || fs.readFileSync(stampFile, 'utf8') !== stamp) {
		fs.rmSync(sources, { recursive: true, force: true });
		// Beside, then renamed, so that a run that was stopped leaves no half of it.
		const unfinished = `${sources}.${process.pid}`;
		execFileSync('git', ['clone', '--quiet', '--bare', bundle, unfinished], { stdio: 'ignore' });
		fs.writeFileSync(path.join(unfinished, 'bundle-size'), stamp);
		fs.renameSync(unfinished, sources);
	}
	return sources;
}

function show(file: string): Buffer {
	return execFileSync('git', ['--git-dir', clone(), 'show', `HEAD:${file}`], { maxBuffer: 64 << 20 });
}

/** A source file of the llama.cpp that is installed, for tests that compare our tables with it. */
export function llamaSource(file: string): string {
	return show(file).toString('utf8');
}

/** Absolute paths of `ggml-vocab-*.gguf`, extracted once below out/. They hold metadata and no tensors. */
export function realVocabularies(): readonly string[] {
	const folder = path.join(root, 'out/vocabularies');
	const listed = execFileSync('git', ['--git-dir', clone(), 'ls-tree', '--name-only', 'HEAD', 'models/'], {
		encoding: 'utf8',
	});
	fs.mkdirSync(folder, { recursive: true });
	return listed
		.split('\n')
		.filter((file) => /^models\/ggml-vocab-.*\.gguf$/.test(file))
		.map((file) => {
			const target = path.join(folder, path.basename(file));
			if (!fs.existsSync(target)) {
				fs.writeFileSync(`${target}.part`, show(file));
				fs.renameSync(`${target}.part`, target);
			}
			return target;
		});
}

/** The path of one vocabulary, for example `qwen2`. Throws if llama.cpp does not have it. */
export function realVocabulary(name: string): string {
	const file = realVocabularies().find((candidate) => candidate.endsWith(`ggml-vocab-${name}.gguf`));
	if (file === undefined) {
		throw new Error(`llama.cpp has no vocabulary ${name}`);
	}
	return file;
}
