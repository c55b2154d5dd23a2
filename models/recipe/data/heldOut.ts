/** What must not be learned: the files of test/bench/holdout.json, and how much of them another text has. */

import { hashWord, PERMUTATIONS, signatureOf } from '../../../src/finetune/corpus/minHash';

/** Words in a row that make a passage: about three lines of code. */
const PASSAGE = 13;

export interface HeldOutFile {
	/** Package and path: what a message names. */
	readonly name: string;
	readonly text: string;
}

/** How much of what is held out a text has. */
export interface Finding {
	/** Estimated Jaccard similarity with the file that it resembles most, 0 to 1. */
	readonly similarity: number;
	/** The file that it shares most passages with, or else resembles most. */
	readonly of: string;
	/** The passages that it has of any of them, as hashes. */
	readonly passages: readonly number[];
}

/** Finds them by signature and by passage; holds half a kilobyte a file and a number a passage. */
export class HeldOut {
	private readonly names: readonly string[];
	/** For each permutation, which files have a value. */
	private readonly bySignature: readonly Map<number, number[]>[];
	/** The first file that has each. */
	private readonly passages = new Map<number, number>();

	constructor(files: readonly HeldOutFile[]) {
		this.names = files.map((file) => file.name);
		this.bySignature = Array.from({ length: PERMUTATIONS }, () => new Map<number, number[]>());
		for (const [index, { text }] of files.entries()) {
			for (const [permutation, value] of signatureOf(text).entries()) {
				const map = this.bySignature[permutation];
				const known = map?.get(value);
				if (known === undefined) {
					map?.set(value, [index]);
				} else {
					known.push(index);
				}
			}
			for (const passage of passagesOf(text)) {
				if (!this.passages.has(passage)) {
					this.passages.set(passage, index);
				}
			}
		}
	}

	/** @param signature of the text, as `signatureOf` makes it */
	find(text: string, signature: Uint32Array): Finding {
		const equal = new Tally();
		for (const [permutation, value] of signature.entries()) {
			for (const index of this.bySignature[permutation]?.get(value) ?? []) {
				equal.add(index);
			}
		}
		const passages = new Set<number>();
		const shared = new Tally();
		for (const passage of passagesOf(text)) {
			const index = this.passages.get(passage);
			if (index !== undefined && !passages.has(passage)) {
				passages.add(passage);
				shared.add(index);
			}
		}
		const of = shared.most ?? equal.most;
		return {
			similarity: equal.count / PERMUTATIONS,
			of: of === undefined ? 'nothing' : (this.names[of] ?? ''),
			passages: [...passages],
		};
	}
}

/** Counts by index, and knows the index with the highest. */
class Tally {
	private readonly counts = new Map<number, number>();
	count = 0;
	most: number | undefined;

	add(index: number): void {
		const count = (this.counts.get(index) ?? 0) + 1;
		this.counts.set(index, count);
		if (count > this.count) {
			this.count = count;
			this.most = index;
		}
	}
}

/** One number of 53 bits for each run of words; texts of fewer words have none. */
function* passagesOf(text: string): Generator<number> {
	const words = (text.match(/\w+/g) ?? []).map(hashWord);
	for (let end = PASSAGE; end <= words.length; end++) {
		let one = 0;
		let other = 0;
		for (let index = end - PASSAGE; index < end; index++) {
			const word = words[index] ?? 0;
			one = Math.imul(one ^ word, 0x9e3779b1) + 0x7f4a7c15;
			one ^= one >>> 15;
			other = Math.imul(other + word, 0x85ebca6b);
			other ^= other >>> 13;
		}
		yield (one >>> 0) * 0x200000 + (other & 0x1fffff);
	}
}
