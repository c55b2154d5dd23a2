/** Which adapters were in use in this workspace, since when and why: what can be rolled back to. */

import { list, literal, number, object, optional, shortString } from '../../inference/wire/shapes';
import type { AdapterRole, Choice, Memory } from './choices';

/** Why others came into use. `refused`: the model could not use the ones before. */
const REASONS = ['chosen', 'trained', 'rolledBack', 'refused', 'deleted'] as const;
export type ChangeReason = (typeof REASONS)[number];

export interface Change {
	/** Absolute path of the base model's GGUF. */
	readonly base: string;
	/** Milliseconds since 1970. */
	readonly at: number;
	readonly reason: ChangeReason;
	/** Those in use from then on; none: the model alone. */
	readonly choices: readonly Choice[];
}

const KEYS: Readonly<Record<AdapterRole, string>> = {
	completion: 'familiar.adapterHistory',
	chat: 'familiar.chatAdapterHistory',
};
/** Changes that are kept, of all base models together. */
export const MOST_CHANGES = 50;
/** More adapters on top of each other than are ever in use. */
const MOST_CHOICES = 64;

const isChanges = list(
	object<Change>({
		base: shortString,
		at: number,
		reason: literal(...REASONS),
		choices: list(
			object<Choice>({
				path: shortString,
				name: shortString,
				scale: number,
				role: optional(literal('completion', 'chat')),
			}),
			MOST_CHOICES,
		),
	}),
	MOST_CHANGES,
);

export class AdapterHistory {
	private readonly key: string;

	constructor(
		private readonly memory: Memory,
		role: AdapterRole = 'completion',
		private readonly now: () => number = () => Date.now(),
	) {
		this.key = KEYS[role];
	}

	/** Of a base model, the newest first. */
	of(base: string): readonly Change[] {
		return this.all().filter((change) => change.base === base);
	}

	/** What was in use before the adapters that are: the model alone where nobody knows better. */
	before(base: string, inUse: readonly Choice[]): readonly Choice[] {
		return this.of(base).find(({ choices }) => !isSame(choices, inUse))?.choices ?? [];
	}

	/** A change of the strength alone takes the place of the newest entry. */
	async note(base: string, choices: readonly Choice[], reason: ChangeReason): Promise<void> {
		const all = this.all();
		const newest = all.find((change) => change.base === base);
		if (newest === undefined ? choices.length === 0 : isSame(newest.choices, choices)) {
			const changed = all.map((change) => (change === newest ? { ...change, choices } : change));
			await this.memory.update(this.key, changed);
			return;
		}
		await this.memory.update(
			this.key,
			[{ base, at: this.now(), reason, choices }, ...all].slice(0, MOST_CHANGES),
		);
	}

	/** A file is gone: nothing leads back to it. */
	async drop(path: string): Promise<void> {
		const left = this.all().map((change) => ({
			...change,
			choices: change.choices.filter((choice) => choice.path !== path),
		}));
		await this.memory.update(this.key, left);
	}

	async rename(path: string, name: string): Promise<void> {
		const renamed = this.all().map((change) => ({
			...change,
			choices: change.choices.map((choice) => (choice.path === path ? { ...choice, name } : choice)),
		}));
		await this.memory.update(this.key, renamed);
	}

	async clear(): Promise<void> {
		await this.memory.update(this.key, undefined);
	}

	/** What another version wrote, or a hand, counts as nothing. */
	private all(): readonly Change[] {
		const value = this.memory.get<unknown>(this.key, []);
		return isChanges(value) ? value : [];
	}
}

/** The same adapters in the same order, at whatever strength. */
function isSame(one: readonly Choice[], other: readonly Choice[]): boolean {
	return one.length === other.length && one.every(({ path }, index) => path === other[index]?.path);
}
