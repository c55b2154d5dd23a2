/** Files that resemble each other, as sets: what is learned from and what is asked for never share one. */

import { BANDS, bandOf, similarity } from '../corpus/minHash';

/** Jaccard similarity from which two files belong together: the audit leaves out copies from 0.7 on, if it may. */
const ALIKE = 0.6;
/** Files of one band's bucket that a new one is compared with. */
const MOST_COMPARED = 16;

/** @returns for each signature the index of the first one of its cluster */
export function clustersOf(signatures: readonly Uint32Array[]): readonly number[] {
	const parents = signatures.map((_, index) => index);
	const first = (index: number): number => {
		let at = index;
		for (let parent = parents[at]; parent !== undefined && parent !== at; parent = parents[at]) {
			at = parent;
		}
		parents[index] = at;
		return at;
	};
	// One band after the other: the buckets of all of them would take more memory than the signatures.
	for (let band = 0; band < BANDS; band++) {
		const buckets = new Map<number, number[]>();
		for (const [index, signature] of signatures.entries()) {
			const key = bandOf(signature, band);
			const bucket = buckets.get(key) ?? [];
			for (const other of bucket) {
				const [one, two] = [first(other), first(index)];
				const otherSignature = signatures[other];
				if (one !== two && otherSignature !== undefined && similarity(otherSignature, signature) >= ALIKE) {
					parents[Math.max(one, two)] = Math.min(one, two);
				}
			}
			if (bucket.length < MOST_COMPARED) {
				buckets.set(key, [...bucket, index]);
			}
		}
	}
	return signatures.map((_, index) => first(index));
}
