/** What a general compressor makes of the same bytes: `xz -9e`, the files of a language one after the other. */

import { spawn } from 'node:child_process';
import { abortError } from '../../../src/inference/cancel';
import { type HeldOutFile, measuredBytes, measuredText } from './heldOut';
import { groupsOf, type Sum, type Sums } from './sums';

/** @throws Error when xz is missing or fails, or an AbortError. */
export async function compressedSums(files: readonly HeldOutFile[], signal: AbortSignal): Promise<Sums> {
	const sums: [string, Sum][] = [];
	for (const [name, group] of groupsOf(files)) {
		const text = group.map(measuredText).join('');
		sums.push([name, { bits: 8 * (await compressedBytes(text, signal)), bytes: measuredBytes(group) }]);
	}
	return Object.fromEntries(sums);
}

/** Bytes of the text as an .xz file. */
export function compressedBytes(text: string, signal: AbortSignal): Promise<number> {
	return new Promise((resolve, reject) => {
		const child = spawn('xz', ['-9e', '--threads=1', '--stdout'], {
			stdio: ['pipe', 'pipe', 'inherit'],
			signal,
		});
		let bytes = 0;
		child.stdout.on('data', (chunk: Buffer) => {
			bytes += chunk.byteLength;
		});
		child.on('error', (cause) =>
			reject(
				signal.aborted
					? abortError()
					: new Error('xz cannot be run: install xz-utils, or leave it out with --stages.', { cause }),
			),
		);
		child.on('close', (code) =>
			code === 0 ? resolve(bytes) : reject(new Error(`xz failed with exit code ${code}.`)),
		);
		// What a dead program does not read is told by its end.
		child.stdin.on('error', () => undefined);
		child.stdin.end(text);
	});
}
