/** Rows → batches of several sequences side by side, all of one length, and the place behind each. */

import type { Row } from '../../../src/finetune/training/rows';
import type { Batch } from '../../../src/finetune/training/stepGraph';

/** Where a run stands in its data. */
export interface Place {
	/** Shards that were used up. */
	readonly shard: number;
	/** Rows of the shard after those that were used. */
	readonly row: number;
}

export interface PlacedBatch {
	readonly batch: Batch;
	/** Behind the batch. */
	readonly place: Place;
	/** Tokens, padding not counted. */
	readonly tokens: number;
}

/** @param shards from the shard of `place` on. */
export async function* batchesOf(
	shards: AsyncIterable<readonly Row[]>,
	length: number,
	sequences: number,
	place: Place,
): AsyncGenerator<PlacedBatch> {
	let { shard, row } = place;
	for await (const rows of shards) {
		// The last few rows that make no whole batch are left out.
		for (; row + sequences <= rows.length; row += sequences) {
			const chosen = rows.slice(row, row + sequences);
			yield {
				batch: batchOf(chosen, length),
				place: { shard, row: row + sequences },
				tokens: chosen.reduce((sum, { used }) => sum + used, 0),
			};
		}
		shard++;
		row = 0;
	}
}

/** Shorter rows are filled up: what stands there sees itself only and does not count. */
export function batchOf(rows: readonly Row[], length: number): Batch {
	const size = rows.length * length;
	const batch = {
		tokens: new Int32Array(size),
		targets: new Int32Array(size),
		weights: new Float32Array(size),
		positions: new Int32Array(size),
		starts: Int32Array.from({ length: size }, (_, index) => index % length),
	};
	for (const [index, row] of rows.entries()) {
		const at = index * length;
		batch.tokens.set(row.tokens, at);
		batch.targets.set(row.targets, at);
		batch.weights.set(row.weights, at);
		batch.positions.set(row.positions, at);
		batch.starts.set(row.starts, at);
	}
	return batch;
}
