/** Decides over all packages: copies, what is held out, how much of one package, and what is for validation. */

import { createHash } from 'node:crypto';
import { findCopies, type Print } from '../../../src/finetune/corpus/copies';
import type { Language } from '../document';
import type { Finding } from './heldOut';
import { compare } from './sources';

/**
 * Bytes of one package: half a hundredth of the corpus; more would teach its style, not its language. Python comes
 * second, and its packages are large.
 */
export const MOST_OF_PACKAGE: Readonly<Record<Language, number>> = {
	typescript: 768 * 1024,
	javascript: 768 * 1024,
	python: 448 * 1024,
};
const TEST =
	/(?:^|\/)(?:__)?(?:tests?|specs?|fixtures|testing|testdata|examples?|demos?)(?:__)?\/|[._-](?:test|spec)\.\w+$/;
/** Jaccard similarity from which a file counts as a copy of one that is held out. */
const NEAR_HELD_OUT = 0.5;
/** Passages in common that are no idiom from which a file holds a part of what is held out. */
const TOO_MANY_PASSAGES = 20;
/** Families of packages that share a passage from which it is an idiom: nobody's, and in every corpus. */
const IDIOM = 6;
/** Share of the bytes that is kept for validation, and the most that one family may have of all. */
const VALIDATION = 0.01;
const MOST_OF_VALIDATION = 0.002;
/** Orders packages, folders and families; another seed makes another corpus. */
const SEED = 'familiar starter 1';

/** What is kept of a document in memory: about a kilobyte. */
export interface Candidate {
	readonly package: string;
	readonly language: Language;
	readonly path: string;
	/** Of the text in UTF-8. */
	readonly bytes: number;
	readonly print: Print;
	readonly finding: Finding;
}

export type Decision =
	| 'train'
	| 'validation'
	| 'duplicate'
	| 'near-duplicate'
	| 'held out'
	| 'too much of one package';

/** A fixed order that has nothing to do with names. */
export function shuffled<T>(values: readonly T[], nameOf: (value: T) => string): readonly T[] {
	return values
		.map((value) => ({
			value,
			key: createHash('sha256')
				.update(`${SEED} ${nameOf(value)}`)
				.digest('hex'),
		}))
		.sort((one, other) => compare(one.key, other.key))
		.map(({ value }) => value);
}

/** Packages of one house: they share style and code. `@babel/core`, `d3-array` and `python3-oslo.db` are of `@babel`, `d3`, `oslo`. */
export function familyOf(name: string): string {
	const [scope = name] = name.split('/');
	return scope.startsWith('@') ? scope : (scope.replace(/^python3-/, '').split(/[-.]/)[0] ?? scope);
}

/** One decision a candidate, in their order; of a cluster of copies the first stays. */
export function decide(candidates: readonly Candidate[]): readonly Decision[] {
	const decisions: Decision[] = candidates.map(() => 'train');
	const isHeldOut = heldOutTest(candidates);
	const copies = findCopies(candidates.map((candidate) => candidate.print));
	const held = new Set(
		candidates.flatMap((candidate, index) => (isHeldOut(candidate) ? [copies.get(index)?.of ?? index] : [])),
	);
	for (const [index] of candidates.entries()) {
		const copy = copies.get(index);
		if (held.has(copy?.of ?? index)) {
			decisions[index] = 'held out';
		} else if (copy !== undefined) {
			decisions[index] = copy.isExact ? 'duplicate' : 'near-duplicate';
		}
	}
	for (const index of tooMuch(candidates, decisions)) {
		decisions[index] = 'too much of one package';
	}
	for (const index of forValidation(candidates, decisions)) {
		decisions[index] = 'validation';
	}
	return decisions;
}

/** Whether a file of these candidates holds too much of what is held out. */
export function heldOutTest(candidates: readonly Candidate[]): (candidate: Candidate) => boolean {
	const families = new Map<number, Set<string>>();
	for (const candidate of candidates) {
		for (const passage of candidate.finding.passages) {
			const known = families.get(passage) ?? new Set();
			families.set(passage, known.add(familyOf(candidate.package)));
		}
	}
	return ({ finding }) =>
		finding.similarity >= NEAR_HELD_OUT ||
		finding.passages.filter((passage) => (families.get(passage)?.size ?? 0) < IDIOM).length >=
			TOO_MANY_PASSAGES;
}

/** Whole folders of the package are kept, in a shuffled order, its tests and examples last, until it has had its share. */
function tooMuch(candidates: readonly Candidate[], decisions: readonly Decision[]): readonly number[] {
	const left: number[] = [];
	for (const files of grouped(candidates, decisions, (candidate) => candidate.package).values()) {
		const folders = new Map<string, (typeof files)[number][]>();
		for (const file of files) {
			const { path } = file.candidate;
			const folder = `${TEST.test(path) ? 'last ' : ''}${path.slice(0, path.lastIndexOf('/') + 1)}`;
			folders.set(folder, [...(folders.get(folder) ?? []), file]);
		}
		const ordered = shuffled([...folders], ([folder]) => folder);
		const isLast = ([folder]: (typeof ordered)[number]) => folder.startsWith('last ');
		let bytes = 0;
		for (const [, own] of [...ordered.filter((one) => !isLast(one)), ...ordered.filter(isLast)]) {
			for (const { index, candidate } of own) {
				bytes += candidate.bytes;
				if (bytes > MOST_OF_PACKAGE[candidate.language]) {
					left.push(index);
				}
			}
		}
	}
	return left;
}

/** Whole families, in a shuffled order. */
function forValidation(candidates: readonly Candidate[], decisions: readonly Decision[]): readonly number[] {
	const families = grouped(candidates, decisions, (candidate) => familyOf(candidate.package));
	const sizes = new Map(
		[...families].map(([family, files]) => [
			family,
			files.reduce((sum, file) => sum + file.candidate.bytes, 0),
		]),
	);
	const all = [...sizes.values()].reduce((sum, size) => sum + size, 0);
	const chosen: number[] = [];
	let bytes = 0;
	for (const [family, files] of shuffled([...families], ([name]) => name)) {
		const size = sizes.get(family) ?? 0;
		if (size <= MOST_OF_VALIDATION * all && bytes + size <= VALIDATION * all) {
			chosen.push(...files.map((file) => file.index));
			bytes += size;
		}
	}
	return chosen;
}

/** What is still to be learned, by group. */
function grouped(
	candidates: readonly Candidate[],
	decisions: readonly Decision[],
	groupOf: (candidate: Candidate) => string,
) {
	const groups = new Map<string, { readonly index: number; readonly candidate: Candidate }[]>();
	for (const [index, candidate] of candidates.entries()) {
		if (decisions[index] === 'train') {
			const group = groupOf(candidate);
			const known = groups.get(group) ?? [];
			known.push({ index, candidate });
			groups.set(group, known);
		}
	}
	return groups;
}
