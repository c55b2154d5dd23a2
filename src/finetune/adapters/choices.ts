/** Which adapters a workspace uses with which base model, remembered over restarts. */

import { list, literal, number, object, optional, shortString } from '../../inference/wire/shapes';
import { AdapterHistory, type ChangeReason } from './history';

/** An adapter that is in use, on top of those before it. */
export interface Choice {
	/** Absolute path of its file. */
	readonly path: string;
	/** As shown. */
	readonly name: string;
	/** Strength, 1 = as trained. */
	readonly scale: number;
	/** Who uses it, where that is told. */
	readonly role?: AdapterRole | undefined;
}

/** Completion and chat have adapters of their own, also where both use the same model. */
export type AdapterRole = 'completion' | 'chat';

/** The shape of VS Code's Memento. */
export interface Memory {
	get<T>(key: string, defaultValue: T): T;
	update(key: string, value: unknown): Thenable<void>;
}

interface Remembered {
	/** Absolute path of the base model's GGUF. */
	readonly base: string;
	readonly choices: readonly Choice[];
}

const KEYS: Readonly<Record<AdapterRole, string>> = {
	completion: 'familiar.adapters',
	chat: 'familiar.chatAdapters',
};
/** Base models whose choices are kept, the newest first. */
const MOST_BASES = 32;
/** More adapters on top of each other than this are a mistake: each takes memory and time. */
export const MOST_ADAPTERS = 8;

const isChoices = list(
	object<Choice>({
		path: shortString,
		name: shortString,
		scale: number,
		role: optional(literal('completion', 'chat')),
	}),
	MOST_ADAPTERS,
);
const isRemembered = list(object<Remembered>({ base: shortString, choices: isChoices }), MOST_BASES);

export class Choices {
	readonly history: AdapterHistory;
	private readonly key: string;

	constructor(
		private readonly memory: Memory,
		role: AdapterRole = 'completion',
	) {
		this.key = KEYS[role];
		this.history = new AdapterHistory(memory, role);
	}

	/** Of a base model; empty for one that is not known. */
	of(base: string): readonly Choice[] {
		return this.all().find((one) => one.base === base)?.choices ?? [];
	}

	/** @param reason For the history. Default: `chosen`. */
	async set(base: string, choices: readonly Choice[], reason: ChangeReason = 'chosen'): Promise<void> {
		await this.history.note(base, choices, reason);
		const others = this.all().filter((one) => one.base !== base);
		const mine = choices.length === 0 ? [] : [{ base, choices }];
		await this.memory.update(this.key, [...mine, ...others].slice(0, MOST_BASES));
	}

	/** A file is gone: nobody can use it. */
	async drop(path: string): Promise<void> {
		const left = this.all().map(({ base, choices }) => ({
			base,
			choices: choices.filter((choice) => choice.path !== path),
		}));
		await this.memory.update(
			this.key,
			left.filter((one) => one.choices.length > 0),
		);
		await this.history.drop(path);
	}

	/** The user calls it otherwise from now on. */
	async rename(path: string, name: string): Promise<void> {
		const renamed = this.all().map(({ base, choices }) => ({
			base,
			choices: choices.map((choice) => (choice.path === path ? { ...choice, name } : choice)),
		}));
		await this.memory.update(this.key, renamed);
		await this.history.rename(path, name);
	}

	async clear(): Promise<void> {
		await this.memory.update(this.key, undefined);
		await this.history.clear();
	}

	/** What another version wrote, or a hand, counts as nothing. */
	private all(): readonly Remembered[] {
		const value = this.memory.get<unknown>(this.key, []);
		return isRemembered(value) ? value : [];
	}
}

/** With the adapter on top of the others; one that is there already gets the strength. */
export function added(choices: readonly Choice[], choice: Choice): readonly Choice[] {
	return choices.some((one) => one.path === choice.path)
		? choices.map((one) => (one.path === choice.path ? choice : one))
		: [...choices, choice];
}

export function without(choices: readonly Choice[], path: string): readonly Choice[] {
	return choices.filter((choice) => choice.path !== path);
}
