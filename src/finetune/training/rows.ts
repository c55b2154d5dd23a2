/** Packs whole samples into rows of few lengths, so that few graphs are built and little is padding. */

import type { Sample } from '../dataset/sample';
import { type Random, randomFrom, seedFor } from './random';

/** Documents one after the other, none of which sees another. All arrays are `length` long. */
export interface Row {
	readonly length: number;
	/** Positions before the padding. */
	readonly used: number;
	/** Token ids; 0 in the padding. */
	readonly tokens: Int32Array;
	/** The next token of the same document; 0 at a document's end and in the padding. */
	readonly targets: Int32Array;
	/** Weight of the loss of each target; 0 at a document's end and in the padding. */
	readonly weights: Float32Array;
	/** Counted from 0 in each document; 0 in the padding. */
	readonly positions: Int32Array;
	/** Index of the first position of the own document; in the padding its own index, so that it sees itself only. */
	readonly starts: Int32Array;
	/** What stands in the row, in order. */
	readonly documents: readonly RowDocument[];
}

interface RowDocument {
	/** Index into the samples. */
	readonly sample: number;
	readonly start: number;
	readonly end: number;
}

interface RowOptions {
	/** Longest row, in tokens. A longer sample is cut from its left: the middle stands at its end. */
	readonly sequenceLength: number;
	readonly seed: number;
	readonly epoch: number;
}

/** Samples among which those that fit together are looked for. */
const WINDOW = 256;
/** Steps of lengths: fine ones where a row is short and padding would be much of it. */
const SHORT_STEP = 64;
const LONG_STEP = 128;
const SHORT = 512;

/**
 * Every sample once, in an order that the seed and the epoch decide: a cursor into the data is the epoch and the
 * index of a row. Within each window of shuffled samples, the longest first, each into the fullest row that has
 * room for it.
 */
export function rowsOfEpoch(samples: readonly Sample[], options: RowOptions): readonly Row[] {
	const random = randomFrom(seedFor(options.seed, `rows of epoch ${options.epoch}`));
	const order = samples.map((_, index) => index);
	shuffle(order, random);
	const rows: Row[] = [];
	for (let start = 0; start < order.length; start += WINDOW) {
		const packed = pack(samples, order.slice(start, start + WINDOW), options.sequenceLength);
		// They were made from the longest to the shortest.
		shuffle(packed, random);
		rows.push(...packed.map((members) => rowOf(samples, members, options.sequenceLength)));
	}
	return rows;
}

/** Length of the row for so many positions. */
export function bucketOf(used: number, sequenceLength: number): number {
	const step = used <= SHORT ? SHORT_STEP : LONG_STEP;
	return Math.min(sequenceLength, Math.ceil(used / step) * step);
}

/** Best-fit decreasing. */
function pack(samples: readonly Sample[], members: readonly number[], sequenceLength: number): number[][] {
	const lengthOf = (index: number) => Math.min(sequenceLength, samples[index]?.tokens.length ?? 0);
	const bins: { room: number; readonly members: number[] }[] = [];
	for (const index of [...members].sort((one, other) => lengthOf(other) - lengthOf(one) || one - other)) {
		const length = lengthOf(index);
		let best: (typeof bins)[number] | undefined;
		for (const bin of bins) {
			if (bin.room >= length && (best === undefined || bin.room < best.room)) {
				best = bin;
			}
		}
		if (best === undefined) {
			bins.push({ room: sequenceLength - length, members: [index] });
		} else {
			best.room -= length;
			best.members.push(index);
		}
	}
	return bins.map((bin) => bin.members);
}

function rowOf(samples: readonly Sample[], members: readonly number[], sequenceLength: number): Row {
	const parts = members.flatMap((index) => {
		const sample = samples[index];
		const from = Math.max(0, (sample?.tokens.length ?? 0) - sequenceLength);
		return sample === undefined
			? []
			: [{ index, tokens: sample.tokens.subarray(from), weights: sample.weights.subarray(from) }];
	});
	const used = parts.reduce((sum, part) => sum + part.tokens.length, 0);
	const length = bucketOf(used, sequenceLength);
	const row = {
		length,
		used,
		tokens: new Int32Array(length),
		targets: new Int32Array(length),
		weights: new Float32Array(length),
		positions: new Int32Array(length),
		starts: Int32Array.from({ length }, (_, index) => index),
	};
	const documents: RowDocument[] = [];
	let start = 0;
	for (const { index, tokens, weights } of parts) {
		const end = start + tokens.length;
		row.tokens.set(tokens, start);
		row.targets.set(tokens.subarray(1), start);
		row.weights.set(weights.subarray(1), start);
		row.starts.fill(start, start, end);
		for (let at = start; at < end; at++) {
			row.positions[at] = at - start;
		}
		documents.push({ sample: index, start, end });
		start = end;
	}
	return { ...row, documents };
}

/** Fisher and Yates, in place. */
export function shuffle<T>(items: T[], random: Random): void {
	for (let index = items.length - 1; index > 0; index--) {
		const other = Math.floor(random.next() * (index + 1));
		const [one, two] = [items[index], items[other]];
		if (one !== undefined && two !== undefined) {
			items[index] = two;
			items[other] = one;
		}
	}
}
