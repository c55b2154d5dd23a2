/** Which files the user takes in or leaves out, and whether the audit was seen: remembered for the workspace. */

import { boolean, list, literal, object, shortString } from '../../inference/wire/shapes';
import type { Memory } from '../adapters/choices';
import type { Forced } from '../corpus/verdict';

interface ForcedFile {
	/** Absolute path of the opened folder. */
	readonly folder: string;
	/** Relative to it, with `/`. */
	readonly path: string;
	readonly to: 'in' | 'out';
}

const KEY = 'familiar.corpusChoices';
const SEEN = 'familiar.corpusSeen';
/** Choices that are kept, the newest first: more are a rule, and belong into `.familiarignore`. */
const MOST_CHOICES = 10_000;

const isForced = list(
	object<ForcedFile>({ folder: shortString, path: shortString, to: literal('in', 'out') }),
	MOST_CHOICES,
);

export class ForcedFiles {
	constructor(private readonly memory: Memory) {}

	/** @param folder absolute path of the opened folder */
	of(folder: string): Forced {
		const mine = this.all().filter((one) => one.folder === folder);
		const paths = (to: 'in' | 'out') => mine.filter((one) => one.to === to).map((one) => one.path);
		return { in: paths('in'), out: paths('out') };
	}

	/** @param to undefined: as the stages have it */
	async set(folder: string, path: string, to: 'in' | 'out' | undefined): Promise<void> {
		const others = this.all().filter((one) => one.folder !== folder || one.path !== path);
		const mine = to === undefined ? [] : [{ folder, path, to }];
		await this.memory.update(KEY, [...mine, ...others].slice(0, MOST_CHOICES));
	}

	/** Whether an audit of this workspace was on screen. */
	get wasSeen(): boolean {
		const seen = this.memory.get<unknown>(SEEN, false);
		return boolean(seen) && seen;
	}

	async see(): Promise<void> {
		if (!this.wasSeen) {
			await this.memory.update(SEEN, true);
		}
	}

	async clear(): Promise<void> {
		await this.memory.update(KEY, undefined);
		await this.memory.update(SEEN, undefined);
	}

	/** What another version wrote, or a hand, counts as nothing. */
	private all(): readonly ForcedFile[] {
		const value = this.memory.get<unknown>(KEY, []);
		return isForced(value) ? value : [];
	}
}
