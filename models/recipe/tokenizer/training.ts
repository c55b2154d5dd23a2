/** Learns the merges of a byte-level BPE: again and again the pair of tokens that stands most often side by side in words. */

import { BYTE_CHARACTERS } from './bytes';
import { Heap } from './heap';

/** Pairs of token ids as one number: ids are below. */
const MOST_TOKENS = 1 << 20;
/** A pair that comes once teaches nothing. */
const LEAST_COUNT = 2;

/**
 * At most `most` merges, the most frequent pair first; of equally frequent ones that of the older tokens, so that the same
 * counts always give the same merges, whatever the order of the words. Each merge is two printable tokens with a blank between.
 */
export function learnMerges(words: ReadonlyMap<string, number>, most: number): readonly string[] {
	const tokens = [...BYTE_CHARACTERS];
	const learner = new Learner(words);
	const merges: string[] = [];
	while (merges.length < most) {
		const pair = learner.mostFrequent();
		if (pair === undefined) {
			break;
		}
		const left = tokens[leftOf(pair)] ?? '';
		const right = tokens[rightOf(pair)] ?? '';
		merges.push(`${left} ${right}`);
		learner.merge(pair, tokens.length);
		tokens.push(left + right);
	}
	return merges;
}

const leftOf = (pair: number) => Math.floor(pair / MOST_TOKENS);
const rightOf = (pair: number) => pair % MOST_TOKENS;

/** The pairs of a word, in their order. */
function pairsOf(word: readonly number[]): readonly number[] {
	return word.slice(1).map((right, index) => (word[index] ?? 0) * MOST_TOKENS + right);
}

interface Candidate {
	readonly pair: number;
	/** When it was queued; it can only have fallen since. */
	readonly count: number;
}

class Learner {
	private readonly words: (readonly number[])[] = [];
	private readonly frequencies: number[] = [];
	/** How often each pair stands in all words. */
	private readonly counts = new Map<number, number>();
	/** The words in which each pair stands, or stood. */
	private readonly places = new Map<number, number[]>();
	private readonly queue = new Heap<Candidate>(
		(first, second) =>
			first.count > second.count || (first.count === second.count && first.pair < second.pair),
	);

	constructor(words: ReadonlyMap<string, number>) {
		for (const [text, frequency] of words) {
			const word = Array.from(Buffer.from(text));
			this.frequencies.push(frequency);
			for (const pair of pairsOf(word)) {
				this.count(pair, frequency);
				this.place(pair, this.words.length);
			}
			this.words.push(word);
		}
		for (const pair of this.counts.keys()) {
			this.enqueue(pair);
		}
	}

	private count(pair: number, by: number): void {
		this.counts.set(pair, (this.counts.get(pair) ?? 0) + by);
	}

	private place(pair: number, word: number): void {
		const places = this.places.get(pair);
		if (places === undefined) {
			this.places.set(pair, [word]);
		} else {
			places.push(word);
		}
	}

	private enqueue(pair: number): void {
		const count = this.counts.get(pair) ?? 0;
		if (count >= LEAST_COUNT) {
			this.queue.add({ pair, count });
		}
	}

	/** Undefined where no pair is left that comes often enough. */
	mostFrequent(): number | undefined {
		for (let first = this.queue.take(); first !== undefined; first = this.queue.take()) {
			if (this.counts.get(first.pair) === first.count) {
				return first.pair;
			}
			this.enqueue(first.pair);
		}
		return undefined;
	}

	/** Puts the token where the pair stands. */
	merge(pair: number, token: number): void {
		const made = new Set<number>();
		for (const place of this.places.get(pair) ?? []) {
			const word = this.words[place] ?? [];
			const shorter = replaced(word, pair, token);
			// A word can be named twice.
			if (shorter.length === word.length) {
				continue;
			}
			const frequency = this.frequencies[place] ?? 0;
			for (const old of pairsOf(word)) {
				this.count(old, -frequency);
			}
			for (const now of pairsOf(shorter)) {
				this.count(now, frequency);
				if (leftOf(now) === token || rightOf(now) === token) {
					this.place(now, place);
					made.add(now);
				}
			}
			this.words[place] = shorter;
		}
		this.counts.delete(pair);
		this.places.delete(pair);
		for (const now of made) {
			this.enqueue(now);
		}
	}
}

/** The word with the token wherever the pair stood, from the left. */
function replaced(word: readonly number[], pair: number, token: number): readonly number[] {
	const shorter: number[] = [];
	for (let index = 0; index < word.length; index++) {
		const symbol = word[index] ?? 0;
		if (symbol === leftOf(pair) && word[index + 1] === rightOf(pair)) {
			shorter.push(token);
			index++;
		} else {
			shorter.push(symbol);
		}
	}
	return shorter;
}
