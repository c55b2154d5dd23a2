/**
 * Which files are learned from, which choose the strength, and which are the test: by time where there is a history,
 * else whole folders, or files where the folders are too few. Files that resemble each other are on one side, or on none.
 */

import { foldersOf, type Group, grouped, type SidedFile } from './sideGroups';
import { charactersIn, split } from './split';

/** What a commit added, by file. */
export interface Added {
	/** `repository/path`, and in how many places something was added. */
	readonly hunks: ReadonlyMap<string, number>;
}

export interface Sides<T> {
	readonly train: readonly T[];
	readonly validation: readonly T[];
	readonly test: readonly T[];
	/** On no side: they resemble what is tested. */
	readonly out: readonly T[];
	/** How the test was chosen, and the newest commits that it is of; 0 where there is no history. */
	readonly by: 'time' | 'folder' | 'seed';
	readonly commits: number;
}

/** Shares of the text. */
const TEST_SHARE = 0.1;
const VALIDATION_SHARE = 0.05;
/** How much more than its share the test may take. */
const MARGIN = 0.1;
/** How many shares the first file may have: in few files each is more than one. */
const MOST_AT_FIRST = 3;
/** Share of the commits that are tested, and places and files that make a test; whichever is most. */
const COMMITS_SHARE = 0.1;
const ENOUGH_HUNKS = 200;
const ENOUGH_FILES = 30;
/** A file has no more of the test while there are smaller ones: a few large files say little about the others. */
const MOST_OF_TEST = 0.1;
/** Fewer commits are no history. */
const FEWEST_COMMITS = 5;
/** Fewer folders are no choice; and those that are drawn may have so much less, or more, than their share of the text. */
const FEWEST_FOLDERS = 5;
const FOLDERS_MARGIN = 0.5;

/**
 * @param commits newest first, of all repositories
 * @throws RangeError for fewer than three clusters of files: one side would be empty
 */
export function sidesOf<T extends SidedFile>(
	files: readonly T[],
	commits: readonly Added[],
	seed: number,
): Sides<T> {
	const groups = grouped(files);
	if (groups.length < 3) {
		throw new RangeError(
			`${groups.length} groups of files that resemble each other cannot be divided in three.`,
		);
	}
	const newest = commits.length >= FEWEST_COMMITS ? testByTime(groups, commits) : undefined;
	const { tested, by } =
		newest === undefined || newest.names.size === 0
			? testWithoutHistory(groups, seed)
			: {
					tested: new Set(groups.filter((group) => group.files.some(({ name }) => newest.names.has(name)))),
					by: 'time' as const,
				};
	for (const group of [...tested].slice(1)) {
		// Two are the least that can be learned from and chosen by.
		if (groups.length - tested.size < 2) {
			tested.delete(group);
		}
	}
	const isTest = ({ name }: T) => by !== 'time' || newest?.names.has(name) === true;
	const asked = [...tested].flatMap((group) => group.files);
	const others = groups.filter((group) => !tested.has(group));
	const rest = split(others, seed, (VALIDATION_SHARE * charactersIn(groups)) / charactersIn(others));
	return {
		train: rest.train.flatMap((group) => group.files),
		validation: rest.heldOut.flatMap((group) => group.files),
		test: asked.filter(isTest),
		out: asked.filter((file) => !isTest(file)),
		by,
		commits: by === 'time' ? (newest?.commits ?? 0) : 0,
	};
}

/** Whole folders say more of code that comes later than files beside which others are learned from. */
function testWithoutHistory<T extends SidedFile>(
	groups: readonly Group<T>[],
	seed: number,
): { readonly tested: Set<Group<T>>; readonly by: 'folder' | 'seed' } {
	const folders = foldersOf(groups);
	if (folders.length >= FEWEST_FOLDERS) {
		const { heldOut } = split(folders, seed, TEST_SHARE);
		const share = charactersIn(heldOut) / charactersIn(groups);
		if (Math.abs(share - TEST_SHARE) <= TEST_SHARE * FOLDERS_MARGIN) {
			return { tested: new Set(heldOut.flatMap(({ parts }) => parts)), by: 'folder' };
		}
	}
	return { tested: new Set(split(groups, seed, TEST_SHARE).heldOut), by: 'seed' };
}

/**
 * Files of the newest commits, until they are a tenth of the commits, and enough places and files, or a tenth of the text.
 * Large ones come where the small ones of all commits are too few.
 */
function testByTime<T extends SidedFile>(
	groups: readonly Group<T>[],
	commits: readonly Added[],
): { readonly names: ReadonlySet<string>; readonly commits: number } {
	const goal = charactersIn(groups) * TEST_SHARE;
	const test = new TestByTime(groups, goal);
	for (const largest of [goal * MOST_OF_TEST, Number.POSITIVE_INFINITY]) {
		test.look(commits, largest);
	}
	return test;
}

class TestByTime<T extends SidedFile> {
	readonly names = new Set<string>();
	/** Up to the oldest of which something is tested. */
	commits = 0;
	private readonly taken = new Set<Group<T>>();
	private readonly groupOf: ReadonlyMap<string, Group<T>>;
	private characters = 0;

	constructor(
		private readonly groups: readonly Group<T>[],
		private readonly goal: number,
	) {
		this.groupOf = new Map(groups.flatMap((group) => group.files.map(({ name }) => [name, group] as const)));
	}

	/**
	 * Goes through the commits once more, from the newest on.
	 *
	 * @param largest characters of a group that is taken.
	 */
	look(commits: readonly Added[], largest: number): void {
		let hunks = 0;
		for (const [used, commit] of commits.entries()) {
			const isEnough =
				used >= commits.length * COMMITS_SHARE && hunks >= ENOUGH_HUNKS && this.names.size >= ENOUGH_FILES;
			if (isEnough || this.characters >= this.goal * (1 - MARGIN)) {
				return;
			}
			for (const [name, count] of commit.hunks) {
				const group = this.groupOf.get(name);
				if (group !== undefined && this.takes(group, largest)) {
					this.names.add(name);
					hunks += count;
					this.commits = Math.max(this.commits, used + 1);
				}
			}
		}
	}

	private takes(group: Group<T>, largest: number): boolean {
		if (this.taken.has(group)) {
			return true;
		}
		const { groups, taken, goal } = this;
		// The first one is taken whatever its size, as long as something is left to learn from.
		const most = taken.size === 0 ? goal * MOST_AT_FIRST : goal * (1 + MARGIN);
		const fits = this.characters + group.characters <= most && group.characters <= largest;
		if (!fits || taken.size >= groups.length - 2) {
			return false;
		}
		taken.add(group);
		this.characters += group.characters;
		return true;
	}
}
