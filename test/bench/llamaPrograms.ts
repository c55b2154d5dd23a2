/** llama.cpp's own programs for comparison, built by scripts/llamaCpp.mjs when they are not there. */
import { spawnSync } from 'node:child_process';
import * as path from 'node:path';
import { object, string } from '../../src/inference/wire/shapes';
import { root } from '../support/root';

export interface LlamaPrograms {
	/** Absolute path of `llama-server`. */
	readonly server: string;
	/** Absolute path of `llama-bench`. */
	readonly bench: string;
	/** Of llama.cpp, the one that node-llama-cpp has, for example `0.5.0-dev`. */
	readonly version: string;
}

const isPrograms = object<LlamaPrograms>({ server: string, bench: string, version: string });

/**
 * Building takes about ten minutes on two cores, and says what it does on standard error.
 * @throws Error where they cannot be built; the reason is on standard error.
 */
export function llamaPrograms(): LlamaPrograms {
	const { status, stdout } = spawnSync(process.execPath, [path.join(root, 'scripts/llamaCpp.mjs')], {
		encoding: 'utf8',
		stdio: ['ignore', 'pipe', 'inherit'],
	});
	const programs: unknown = status === 0 ? JSON.parse(stdout.trim().split('\n').at(-1) ?? '') : undefined;
	if (!isPrograms(programs)) {
		throw new Error('There is no llama.cpp to compare with: scripts/llamaCpp.mjs failed.');
	}
	return programs;
}
