/**
 * A 5-gram model over tokens, interpolated modified Kneser-Ney: Chen and Goodman, An Empirical Study of Smoothing
 * Techniques for Language Modeling, TR-10-98, Harvard 1998, section 3 (Kneser-Ney, modified). Nothing is pruned.
 *
 *     p(w | h) = max(c(hw) − D(c(hw)), 0) / Σ c(h·) + γ(h) · p(w | h without its first token)
 *     γ(h) = (D₁ N₁(h·) + D₂ N₂(h·) + D₃₊ N₃₊(h·)) / Σ c(h·)
 *
 * c is the count of a gram in the longest order, and in each other the number of different tokens that stand before it;
 * below one token stands 1 / vocabulary. Of each order, with nᵢ grams whose count is i and Y = n₁ / (n₁ + 2 n₂):
 * D₁ = 1 − 2Y n₂/n₁, D₂ = 2 − 3Y n₃/n₂, D₃₊ = 3 − 4Y n₄/n₃.
 */

import { setImmediate as turn } from 'node:timers/promises';
import { throwIfAborted } from '../../../src/inference/cancel';
import { GramTable } from './gramTable';
import { type TokenStream, tokenStream } from './tokenStream';

export const ORDER = 5;
/** Positions that are counted before an interrupt is heard. */
const PIECE = 1 << 20;
/** Where there are too few grams to reckon with. */
const USUAL_DISCOUNTS: Discounts = [0, 0.5, 1, 1.5];

/** What is taken off a count of 0, 1, 2, and 3 or more. */
type Discounts = readonly [none: 0, one: number, two: number, more: number];

/** What is known of the grams of one length. */
interface Level {
	readonly grams: GramTable;
	/** By gram. */
	counts: Uint32Array;
	discounts: Discounts;
	/** By context, which is a gram of one token less: Σ c(h·). */
	totals: Uint32Array;
	/** By context: what the discounts took off, γ(h) · Σ c(h·). */
	freed: Float64Array;
}

export class KneserNey {
	/** By length of the gram; [0] is the empty gram, the context of single tokens. */
	readonly #levels: readonly Level[];

	private constructor(
		levels: readonly Level[],
		readonly vocabulary: number,
	) {
		this.#levels = levels;
	}

	/**
	 * Memory: about 60 bytes a token of the texts.
	 * @param texts whole texts as tokens, none of which sees another.
	 * @param vocabulary tokens in all, below 2¹⁶ − 1.
	 * @throws RangeError for a larger vocabulary, or an AbortError.
	 */
	static async count(
		texts: Iterable<ArrayLike<number>>,
		vocabulary: number,
		signal: AbortSignal,
	): Promise<KneserNey> {
		const stream = tokenStream(texts, vocabulary, ORDER - 1);
		return new KneserNey(await countGrams(stream, signal), vocabulary);
	}

	/** Grams of each length, single tokens first. */
	get sizes(): readonly number[] {
		return this.#levels.slice(1).map(({ grams }) => grams.size);
	}

	/** Natural logarithms of the probabilities of each token of a text after those before it. */
	score(text: ArrayLike<number>): Float64Array {
		const stream = tokenStream([text], this.vocabulary, ORDER - 1);
		const scores = new Float64Array(text.length);
		for (let index = 0; index < text.length; index++) {
			scores[index] = Math.log(this.#probability(stream.tokens, index + ORDER - 1));
		}
		return scores;
	}

	/** Of the token at `at`, which has at least `ORDER - 1` before it. */
	#probability(tokens: Uint16Array, at: number): number {
		let probability = 1 / this.vocabulary;
		let context: number | undefined = 0;
		let gram: number | undefined = 0;
		for (let length = 1; length <= ORDER; length++) {
			const level = this.#levels[length];
			const shorter = this.#levels[length - 1];
			if (level === undefined || shorter === undefined) {
				break;
			}
			if (length > 1) {
				context = shorter.grams.find(context, tokens[at - length + 1] ?? 0);
			}
			const total = context === undefined ? 0 : (level.totals[context] ?? 0);
			if (context === undefined || total === 0) {
				break;
			}
			gram = gram === undefined ? undefined : level.grams.find(gram, tokens[at - length + 1] ?? 0);
			const count = gram === undefined ? 0 : (level.counts[gram] ?? 0);
			const kept = count - discountOf(level.discounts, count);
			probability = (kept + (level.freed[context] ?? 0) * probability) / total;
		}
		return probability;
	}
}

/** The numbers of the grams that end at each position, order by order; a level is finished when the next one has counted it. */
async function countGrams(stream: TokenStream, signal: AbortSignal): Promise<readonly Level[]> {
	const { tokens, start } = stream;
	let shorter = emptyLevel(tokens.length);
	const levels: Level[] = [shorter];
	let contexts = new Int32Array(0);
	let grams = new Int32Array(tokens.length);
	for (let length = 1; length <= ORDER; length++) {
		const level = emptyLevel(tokens.length);
		const longer = new Int32Array(tokens.length);
		// What stands before a text is the same everywhere.
		const marks = level.grams.add(grams[0] ?? 0, start);
		for (let at = 0; at < tokens.length; at++) {
			if (at % PIECE === 0) {
				await turn();
				throwIfAborted(signal);
			}
			if (tokens[at] === start) {
				longer[at] = marks;
				continue;
			}
			const known = level.grams.size;
			const gram = level.grams.add(grams[at] ?? 0, tokens[at - length + 1] ?? 0);
			longer[at] = gram;
			if (gram === known) {
				increment(shorter.counts, grams[at] ?? 0);
			}
			if (length === ORDER) {
				increment(level.counts, gram);
			}
		}
		if (length > 1) {
			finish(shorter, stream, contexts, grams);
		}
		contexts = grams;
		grams = longer;
		shorter = level;
		levels.push(level);
	}
	finish(shorter, stream, contexts, grams);
	return levels;
}

/** @param most grams that may come. */
function emptyLevel(most: number): Level {
	return {
		grams: new GramTable(),
		// The system gives memory only for what is written.
		counts: new Uint32Array(Math.max(1, most)),
		discounts: USUAL_DISCOUNTS,
		totals: new Uint32Array(0),
		freed: new Float64Array(0),
	};
}

function increment(counts: Uint32Array, index: number): void {
	counts[index] = (counts[index] ?? 0) + 1;
}

/** Discounts, and the sums of each context, once the counts are whole. `contexts`, `grams`: numbers by position. */
function finish(level: Level, { tokens, start }: TokenStream, contexts: Int32Array, grams: Int32Array): void {
	level.counts = level.counts.slice(0, level.grams.size);
	level.discounts = discountsOf(level.counts);
	const size = contexts.reduce((most, context) => Math.max(most, context + 1), 0);
	level.totals = new Uint32Array(size);
	level.freed = new Float64Array(size);
	const isSeen = new Uint8Array(level.grams.size);
	for (let at = 0; at < tokens.length; at++) {
		const gram = grams[at] ?? 0;
		if (tokens[at] === start || isSeen[gram] === 1) {
			continue;
		}
		isSeen[gram] = 1;
		const count = level.counts[gram] ?? 0;
		const context = contexts[at - 1] ?? 0;
		level.totals[context] = (level.totals[context] ?? 0) + count;
		level.freed[context] = (level.freed[context] ?? 0) + discountOf(level.discounts, count);
	}
}

function discountsOf(counts: Uint32Array): Discounts {
	const grams = [0, 0, 0, 0, 0];
	for (const count of counts) {
		if (count < grams.length) {
			grams[count] = (grams[count] ?? 0) + 1;
		}
	}
	const [, one = 0, two = 0, three = 0, four = 0] = grams;
	if (one === 0 || two === 0 || three === 0 || four === 0) {
		return USUAL_DISCOUNTS;
	}
	const share = one / (one + 2 * two);
	const within = (value: number, most: number) => Math.min(most, Math.max(0, value));
	return [
		0,
		within(1 - (2 * share * two) / one, 1),
		within(2 - (3 * share * three) / two, 2),
		within(3 - (4 * share * four) / three, 3),
	];
}

function discountOf(discounts: Discounts, count: number): number {
	return discounts[Math.min(count, 3)] ?? 0;
}
