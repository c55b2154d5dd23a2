/** Finds files that are copies, or nearly, of files before them. */

import { createHash } from 'node:crypto';
import { BANDS, bandsOf, signatureOf, similarity } from './minHash';

/** Jaccard similarity from which two files count as one. */
export const NEAR = 0.7;
/** Files of one band's bucket that a new one is compared with: generated families would need a square of them. */
const MOST_COMPARED = 8;

/** What is kept of a text to compare it: half a kilobyte. */
export interface Print {
	/** sha256 of the text with every run of white space as one blank. */
	readonly hash: string;
	readonly signature: Uint32Array;
}

export function printOf(text: string): Print {
	const hash = createHash('sha256').update(text.replace(/\s+/g, ' ').trim()).digest('hex');
	return { hash, signature: signatureOf(text) };
}

interface Copy {
	/** Index of the first file of the cluster: the one that is kept. */
	readonly of: number;
	/** Whether they are equal but for white space. */
	readonly isExact: boolean;
	/** Estimated Jaccard similarity with the one that is kept. */
	readonly similarity: number;
}

/**
 * The files to leave out, by index: all but the first of each cluster. What resembles a copy belongs to the
 * copy's cluster, so that nothing on one side of a split resembles what is on the other.
 */
export function findCopies(prints: readonly Print[]): ReadonlyMap<number, Copy> {
	const clusters = new Clusters(prints.length);
	const byHash = new Map<string, number>();
	const buckets = Array.from({ length: BANDS }, () => new Map<number, number[]>());
	for (const [index, print] of prints.entries()) {
		const same = byHash.get(print.hash);
		if (same !== undefined) {
			clusters.join(same, index);
			continue;
		}
		byHash.set(print.hash, index);
		for (const [band, key] of bandsOf(print.signature).entries()) {
			const bucket = buckets[band]?.get(key) ?? [];
			for (const other of bucket) {
				const otherPrint = prints[other];
				if (otherPrint !== undefined && similarity(otherPrint.signature, print.signature) >= NEAR) {
					clusters.join(other, index);
				}
			}
			if (bucket.length < MOST_COMPARED) {
				buckets[band]?.set(key, [...bucket, index]);
			}
		}
	}
	const copies = new Map<number, Copy>();
	for (const [index, print] of prints.entries()) {
		const first = clusters.first(index);
		const original = prints[first];
		if (first !== index && original !== undefined) {
			copies.set(index, {
				of: first,
				isExact: original.hash === print.hash,
				similarity: similarity(original.signature, print.signature),
			});
		}
	}
	return copies;
}

/** Sets that grow together; each is known by its smallest member. */
class Clusters {
	private readonly parents: Uint32Array;

	constructor(size: number) {
		this.parents = Uint32Array.from({ length: size }, (_, index) => index);
	}

	first(index: number): number {
		let at = index;
		for (let parent = this.parents[at]; parent !== undefined && parent !== at; parent = this.parents[at]) {
			at = parent;
		}
		this.parents[index] = at;
		return at;
	}

	join(one: number, other: number): void {
		const firsts = [this.first(one), this.first(other)];
		this.parents[Math.max(...firsts)] = Math.min(...firsts);
	}
}
