/** Merges the bytes of one word into tokens: the earliest merge first, of equal ones the leftmost, as llama.cpp does. */

import { BYTE_CHARACTERS } from './bytes';
import { Heap } from './heap';

/** Pairs of token ids as one number: ids are below. */
const MOST_TOKENS = 1 << 20;
const NONE = -1;

export class Merger {
	private readonly byteTokens: Int32Array;
	/** Rank of the merge of two tokens. */
	private readonly ranks = new Map<number, number>();
	/** What each merge makes. */
	private readonly merged: Int32Array;

	/**
	 * @param ids of each token in its printable form.
	 * @throws RangeError where a byte or a merge is no token of the vocabulary.
	 */
	constructor(ids: ReadonlyMap<string, number>, merges: readonly string[]) {
		const idOf = (token: string) => {
			const id = ids.get(token);
			if (id === undefined || id >= MOST_TOKENS) {
				throw new RangeError(`The vocabulary has no token ${JSON.stringify(token)}, which its merges need.`);
			}
			return id;
		};
		this.byteTokens = Int32Array.from(BYTE_CHARACTERS, idOf);
		this.merged = new Int32Array(merges.length);
		for (const [rank, merge] of merges.entries()) {
			const blank = merge.indexOf(' ', 1);
			const left = merge.slice(0, blank);
			const right = merge.slice(blank + 1);
			const pair = idOf(left) * MOST_TOKENS + idOf(right);
			if (!this.ranks.has(pair)) {
				this.ranks.set(pair, rank);
			}
			this.merged[rank] = idOf(left + right);
		}
	}

	/** Tokens of a word, given in UTF-8. Takes n log n for n bytes: a word can be a megabyte of letters. */
	tokens(word: Uint8Array): readonly number[] {
		const symbols = Array.from(word, (byte) => this.byteTokens[byte] ?? 0);
		const next = Int32Array.from(symbols, (_, index) => (index + 1 < symbols.length ? index + 1 : NONE));
		const previous = Int32Array.from(symbols, (_, index) => index - 1);
		// By rank, then by place, as one number.
		const places = symbols.length;
		const queue = new Heap<number>((first, second) => first < second);
		const rankAt = (left: number): number => {
			const right = left === NONE ? NONE : (next[left] ?? NONE);
			return right === NONE
				? NONE
				: (this.ranks.get((symbols[left] ?? 0) * MOST_TOKENS + (symbols[right] ?? 0)) ?? NONE);
		};
		const enqueue = (left: number) => {
			const rank = rankAt(left);
			if (rank !== NONE) {
				queue.add(rank * places + left);
			}
		};
		for (let left = 0; left + 1 < symbols.length; left++) {
			enqueue(left);
		}
		for (let first = queue.take(); first !== undefined; first = queue.take()) {
			const rank = Math.floor(first / places);
			const left = first % places;
			// What stood there when it was queued may have been merged with something else since.
			if (symbols[left] === NONE || rankAt(left) !== rank) {
				continue;
			}
			const right = next[left] ?? NONE;
			const after = next[right] ?? NONE;
			symbols[left] = this.merged[rank] ?? 0;
			symbols[right] = NONE;
			next[left] = after;
			if (after !== NONE) {
				previous[after] = left;
			}
			enqueue(previous[left] ?? NONE);
			enqueue(left);
		}
		return symbols.filter((symbol) => symbol !== NONE);
	}
}
