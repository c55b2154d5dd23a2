/** Which positions a query may look at, as numbers that are added to its logits. */

import type { Tensor } from '../ggml/arena';

/**
 * For the queries before `keys`: 0 from the start of the own document (or of the window) to the position itself, −∞
 * elsewhere.
 */
export function maskOf(
	starts: Int32Array,
	length: number,
	window: number,
	[keys, queries, , sequences]: Tensor['shape'],
): Float32Array {
	const mask = new Float32Array(keys * queries * sequences).fill(Number.NEGATIVE_INFINITY);
	for (let sequence = 0; sequence < sequences; sequence++) {
		for (let query = 0; query < queries; query++) {
			const position = keys - queries + query;
			const start = starts[sequence * length + position] ?? 0;
			const from = window === 0 ? start : Math.max(start, position - window + 1);
			const row = (sequence * queries + query) * keys;
			mask.fill(0, row + from, row + position + 1);
		}
	}
	return mask;
}
