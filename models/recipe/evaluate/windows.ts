/** Whole files → windows of a model's context in which every token is scored once, with at least half a window before it. */

import type { Sample } from '../../../src/finetune/dataset/sample';

/**
 * The first window scores all of its tokens, each further one begins half a window later and scores what is new in it.
 * @param tokens of the whole file.
 * @param begin stands before the first token, which is scored after it.
 * @param context tokens of a window, at least 2.
 * @param file what the sums are kept by.
 */
export function windowsOf(
	tokens: readonly number[],
	begin: number,
	context: number,
	file: number,
): readonly Sample[] {
	const sequence = new Int32Array(tokens.length + 1);
	sequence[0] = begin;
	sequence.set(tokens, 1);
	const stride = Math.max(1, Math.floor(context / 2));
	const windows: Sample[] = [];
	// The begin token itself is never predicted.
	let scored = 1;
	for (let start = 0; scored < sequence.length; start += stride) {
		const end = Math.min(sequence.length, start + context);
		const weights = new Float32Array(end - start).fill(1, scored - start);
		windows.push({ tokens: sequence.slice(start, end), weights, file });
		scored = end;
	}
	return windows;
}
