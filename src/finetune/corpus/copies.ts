/** Finds files that are copies, or nearly, of others. */

import { createHash } from 'node:crypto';
import { BANDS, bandOf, signatureOf, similarity } from './minHash';

/** Jaccard similarity from which two files count as one. */
export const NEAR = 0.7;
/** Files of one band's bucket that a new one is compared with: generated families would need a square of them. */
const MOST_COMPARED = 8;

/** Files of a cluster that are asked which of them another resembles: of a generated family it is no news. */
const MOST_IN_CLUSTER = 500;

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
	/** Index of the file of the cluster that is kept. */
	readonly of: number;
	/** Whether they are equal but for white space. */
	readonly isExact: boolean;
	/** Estimated Jaccard similarity with the one that is kept; with `through` where that is given. */
	readonly similarity: number;
	/** Index of the file of the cluster that it resembles, where it resembles what is kept only through others. */
	readonly through?: number;
}

/** The files to leave out, by index: all but the first of each cluster. */
export function findCopies(prints: readonly Print[]): ReadonlyMap<number, Copy> {
	return copiesIn(clustersOf(prints), prints, () => 0);
}

/**
 * Indexes of files that resemble each other, those of each cluster in their order; files on their own are in none. What
 * resembles a copy belongs to the copy's cluster, so that nothing on one side of a split resembles what is on the other.
 */
export function clustersOf(prints: readonly Print[]): readonly (readonly number[])[] {
	const clusters = new Clusters(prints.length);
	const byHash = new Map<string, number>();
	const unlike: number[] = [];
	for (const [index, print] of prints.entries()) {
		const same = byHash.get(print.hash);
		if (same !== undefined) {
			clusters.join(same, index);
			continue;
		}
		byHash.set(print.hash, index);
		unlike.push(index);
	}
	// Band by band: the buckets of one are gone before those of the next are made.
	for (let band = 0; band < BANDS; band++) {
		const buckets = new Map<number, number | number[]>();
		for (const index of unlike) {
			joinNear(prints, clusters, buckets, band, index);
		}
	}
	const members = new Map<number, number[]>();
	for (const index of prints.keys()) {
		const first = clusters.first(index);
		if (first !== index) {
			const known = members.get(first);
			if (known === undefined) {
				members.set(first, [first, index]);
			} else {
				known.push(index);
			}
		}
	}
	return [...members.values()];
}

/** @param buckets indexes by the band's number; most have one, which needs no list */
function joinNear(
	prints: readonly Print[],
	clusters: Clusters,
	buckets: Map<number, number | number[]>,
	band: number,
	index: number,
): void {
	const print = prints[index];
	if (print === undefined) {
		return;
	}
	const key = bandOf(print.signature, band);
	const known = buckets.get(key);
	if (known === undefined) {
		buckets.set(key, index);
		return;
	}
	const bucket = typeof known === 'number' ? [known] : known;
	for (const other of bucket) {
		const otherPrint = prints[other];
		if (
			otherPrint !== undefined &&
			clusters.first(other) !== clusters.first(index) &&
			similarity(otherPrint.signature, print.signature) >= NEAR
		) {
			clusters.join(other, index);
		}
	}
	if (bucket.length < MOST_COMPARED) {
		bucket.push(index);
	}
	buckets.set(key, bucket);
}

/**
 * All but one of each cluster, by index.
 * @param rank of a file: the one with the highest is kept, of equals the first
 */
export function copiesIn(
	clusters: readonly (readonly number[])[],
	prints: readonly Print[],
	rank: (index: number) => number,
): ReadonlyMap<number, Copy> {
	const copies = new Map<number, Copy>();
	for (const cluster of clusters) {
		const kept = cluster.reduce((best, index) => (rank(index) > rank(best) ? index : best));
		const original = prints[kept];
		for (const index of cluster) {
			const print = prints[index];
			if (index !== kept && print !== undefined && original !== undefined) {
				const alike = similarity(original.signature, print.signature);
				const nearer = alike < NEAR ? nearest(cluster, index, prints) : undefined;
				copies.set(
					index,
					nearer === undefined || nearer.similarity <= alike
						? { of: kept, isExact: original.hash === print.hash, similarity: alike }
						: { of: kept, isExact: false, ...nearer },
				);
			}
		}
	}
	return copies;
}

/** Of the first members of a cluster, the one that a file resembles most. */
function nearest(cluster: readonly number[], index: number, prints: readonly Print[]) {
	const own = prints[index];
	let best: { readonly through: number; readonly similarity: number } | undefined;
	for (const other of cluster.slice(0, MOST_IN_CLUSTER)) {
		const print = prints[other];
		if (own !== undefined && print !== undefined && other !== index) {
			const alike = similarity(own.signature, print.signature);
			best = alike > (best?.similarity ?? 0) ? { through: other, similarity: alike } : best;
		}
	}
	return best;
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
