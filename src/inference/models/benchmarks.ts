/** What was measured of the models of this machine, kept over restarts. */

import { forgetSpeeds } from '../fit/profile';
import { count, list, number, object, optional, shortString } from '../wire/shapes';
import type { Benchmark } from './benchmark';

/** The shape of VS Code's Memento. */
interface Memory {
	get<T>(key: string, defaultValue: T): T;
	update(key: string, value: unknown): Thenable<void>;
}

const KEY = 'familiar.benchmarks';
/** The newest first. */
const MOST_KEPT = 32;

const isKept = list(
	object<Benchmark>({
		path: shortString,
		bytes: count,
		backend: shortString,
		readPerSecond: number,
		writtenPerSecond: optional(number),
		at: number,
	}),
	MOST_KEPT,
);

export class Benchmarks {
	/** @param cacheFolder holds what was measured of each model when it was loaded. */
	constructor(
		private readonly memory: Memory,
		private readonly cacheFolder: string,
	) {}

	/** The last one of a model; undefined where nobody has measured it. */
	of(path: string): Benchmark | undefined {
		return this.all().find((one) => one.path === path);
	}

	/**
	 * Whoever measures a model doubts what is known of it: the next model process chooses its threads anew.
	 * @throws the error of a disk that cannot be written.
	 */
	async keep(one: Benchmark): Promise<void> {
		const others = this.all().filter(({ path }) => path !== one.path);
		await this.memory.update(KEY, [one, ...others].slice(0, MOST_KEPT));
		await forgetSpeeds(this.cacheFolder, one.path);
	}

	/** What another version wrote, or a hand, counts as nothing. */
	private all(): readonly Benchmark[] {
		const value = this.memory.get<unknown>(KEY, []);
		return isKept(value) ? value : [];
	}
}
