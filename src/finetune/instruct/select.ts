/** Filtered pairs without copies, divided by file into those that are learned from and those that judge. */

import { createHash } from 'node:crypto';
import { throwIfAborted } from '../../inference/cancel';
import { groupBy } from '../../inference/groupBy';
import { findCopies, printOf } from '../corpus/copies';
import { findSecrets } from '../corpus/secrets';
import { contaminated } from '../dataset/contamination';
import { LEAST } from '../judge/lossAnswer';
import { type Reason, reasonAgainst } from './filter';
import { PAIR_KINDS, type Pair } from './pair';

/** What is left of the pairs. No file stands on two sides. */
export interface Selected {
	readonly train: readonly Pair[];
	/** The trainer looks at their loss, and the strength is chosen by them. */
	readonly validation: readonly Pair[];
	readonly test: readonly Pair[];
	/** How many were left out for each reason. */
	readonly out: Readonly<Partial<Record<Reason | 'mixed', number>>>;
}

/** Share of the files that judge; more where that is too few to tell anything, but not more than can be spared. */
const TEST_SHARE = 0.1;
const MOST_TEST_SHARE = 0.2;
const VALIDATION_SHARE = 0.05;
/** Pairs that are looked through: 60 MB of text at most. */
const MOST_PAIRS = 20_000;

/**
 * @param seed draws the files that judge. Same seed, same files: the same sides.
 * @throws an AbortError.
 */
export async function select(
	all: readonly Pair[],
	seed: number,
	onProgress: (done: number, all: number) => void,
	signal: AbortSignal,
): Promise<Selected> {
	const out = new Map<Reason | 'mixed', number>();
	const drop = (reason: Reason | 'mixed') => void out.set(reason, (out.get(reason) ?? 0) + 1);
	const pairs = all.length > MOST_PAIRS ? thinned(all, seed) : all;
	const clean: Pair[] = [];
	for (const [index, pair] of pairs.entries()) {
		throwIfAborted(signal);
		const reason = reasonAgainst(pair) ?? (await secretIn(pair));
		if (reason === undefined) {
			clean.push(pair);
		} else {
			drop(reason);
		}
		onProgress(index + 1, pairs.length);
	}
	const distinct = withoutCopies(clean, drop);
	const sides = sidesOf(distinct, seed);
	const bySide = { train: [], validation: [], test: [] } satisfies Record<Side, Pair[]>;
	const divided: Record<Side, Pair[]> = bySide;
	for (const pair of distinct) {
		const touched = new Set(pair.files.map((file) => sides.get(file) ?? 'train'));
		const [side] = touched;
		if (touched.size === 1 && side !== undefined) {
			divided[side].push(pair);
		} else {
			drop('mixed');
		}
	}
	const texts = divided.train.flatMap(({ question, answer }) => [question, answer]);
	const unseen = (side: 'validation' | 'test') => {
		const seen = contaminated(
			texts,
			divided[side].map(({ answer }) => answer),
		);
		return divided[side].filter((_, index) => {
			if (seen.has(index)) {
				drop('mixed');
			}
			return !seen.has(index);
		});
	};
	const [validation, test] = [unseen('validation'), unseen('test')];
	return { train: divided.train, validation, test, out: Object.fromEntries(out) };
}

type Side = 'train' | 'validation' | 'test';

async function secretIn({ question, answer }: Pair): Promise<Reason | undefined> {
	return (await findSecrets(`${question}\n\n${answer}`)).length > 0 ? 'secret' : undefined;
}

/** Of each kind apart: what a function does and what does it share all their words. */
function withoutCopies(pairs: readonly Pair[], drop: (reason: Reason) => void): readonly Pair[] {
	const kept = new Set<Pair>();
	for (const group of groupsOf(pairs)) {
		const copies = findCopies(group.map(({ question, answer }) => printOf(`${question}\n${answer}`)));
		for (const [index, pair] of group.entries()) {
			const copy = copies.get(index);
			if (copy === undefined) {
				kept.add(pair);
			} else {
				drop(copy.isExact ? 'duplicate' : 'near-duplicate');
			}
		}
	}
	return pairs.filter((pair) => kept.has(pair));
}

/** By kind, and by how the question begins: the ways to ask about one thing are not copies of each other. */
function groupsOf(pairs: readonly Pair[]): readonly (readonly Pair[])[] {
	const groups = groupBy(
		pairs,
		({ kind, question }) => `${PAIR_KINDS.indexOf(kind)} ${question.slice(0, 8)}`,
	);
	return [...groups.values()];
}

/** The files that judge, drawn by name: a file keeps its side as others come. */
function sidesOf(pairs: readonly Pair[], seed: number): ReadonlyMap<string, Side> {
	const files = [...new Set(pairs.flatMap((pair) => pair.files))];
	const drawn = files
		.map((file) => ({ file, key: createHash('sha256').update(`${seed}\0chat\0${file}`).digest('hex') }))
		.sort((one, other) => (one.key < other.key ? -1 : 1))
		.map(({ file }) => file);
	// So few as are just enough tell of large gains only.
	const wanted = Math.max(files.length * TEST_SHARE, 2 * LEAST.chat.files);
	const tests = Math.max(1, Math.round(Math.min(files.length * MOST_TEST_SHARE, wanted)));
	const validations = Math.max(1, Math.round(files.length * VALIDATION_SHARE));
	return new Map([
		...drawn.slice(0, tests).map((file) => [file, 'test'] as const),
		...drawn.slice(tests, tests + validations).map((file) => [file, 'validation'] as const),
	]);
}

/** As many as can be looked through, drawn by the seed. */
function thinned(pairs: readonly Pair[], seed: number): readonly Pair[] {
	const keyed = pairs.map((pair, index) => ({
		pair,
		key: createHash('sha1')
			.update(`${seed}\0${index}\0${pair.files[0] ?? ''}`)
			.digest('hex'),
	}));
	return keyed
		.sort((one, other) => (one.key < other.key ? -1 : 1))
		.slice(0, MOST_PAIRS)
		.map(({ pair }) => pair);
}
