/** The one file of the statistics, which several windows add to: under a lock, and written whole or not at all. */

import * as fs from 'node:fs/promises';
import * as path from 'node:path';
import { codeOf } from '../../inference/failure';
import { writeWhole } from '../../inference/wholeFile';
import { type Check, count, literal, object } from '../../inference/wire/shapes';
import { type Entry, isEntries, merge, prune } from './ledger';

/** Bytes of a file that is still read; 90 days of work in ten languages are a tenth of it. */
const MAX_BYTES = 8 * 1024 * 1024;
/** Milliseconds after which a lock belongs to a window that died: it takes a few to add. */
const STALE = 10_000;

interface Stored {
	readonly version: '1';
	/** When it was last reset, in milliseconds since 1970; what was counted before does not belong to it. */
	readonly since: number;
	readonly entries: readonly Entry[];
}

const isStored: Check<Stored> = object<Stored>({ version: literal('1'), since: count, entries: isEntries });

const NOTHING: Stored = { version: '1', since: 0, entries: [] };

export class StatisticsStore {
	/** @param file Absolute path; its folder is made when first needed. */
	constructor(
		private readonly file: string,
		private readonly date: () => Date,
	) {}

	/** What is on disk. A file that is not readable, or not one of these, counts as empty: they are only figures. */
	async read(): Promise<readonly Entry[]> {
		return (await this.stored()).entries;
	}

	/**
	 * Adds to what is on disk.
	 *
	 * @param from When the first of it was counted, in milliseconds since 1970: a reset since then makes it void.
	 * @returns false when another window is writing: nothing was added, and it should be tried again later.
	 * @throws the error of the disk; the earlier file is then intact.
	 */
	async add(entries: readonly Entry[], from: number): Promise<boolean> {
		return this.locked(async () => {
			const stored = await this.stored();
			if (from >= stored.since) {
				const all = prune(merge(stored.entries, entries), this.date());
				await this.write({ ...stored, entries: all });
			}
		});
	}

	/** Forgets everything, in the other windows too. Like `add`, false when it must be tried again. */
	async reset(): Promise<boolean> {
		return this.locked(() => this.write({ ...NOTHING, since: this.date().getTime() }));
	}

	private async stored(): Promise<Stored> {
		try {
			if ((await fs.stat(this.file)).size > MAX_BYTES) {
				return NOTHING;
			}
			const value: unknown = JSON.parse(await fs.readFile(this.file, 'utf8'));
			return isStored(value) ? value : NOTHING;
		} catch (error) {
			if (error instanceof SyntaxError || codeOf(error) === 'ENOENT') {
				return NOTHING;
			}
			throw error;
		}
	}

	private write(stored: Stored): Promise<void> {
		return writeWhole(this.file, JSON.stringify(stored));
	}

	/** Reading, adding and writing are one step: two windows at once would lose what one of them adds. */
	private async locked(action: () => Promise<void>): Promise<boolean> {
		const lock = `${this.file}.lock`;
		await fs.mkdir(path.dirname(this.file), { recursive: true });
		const made = await fs.stat(lock).catch(() => undefined);
		if (made !== undefined && Math.abs(Date.now() - made.mtimeMs) > STALE) {
			await fs.rm(lock, { force: true });
		}
		try {
			await fs.writeFile(lock, String(process.pid), { flag: 'wx', mode: 0o600 });
		} catch (error) {
			if (codeOf(error) === 'EEXIST') {
				return false;
			}
			throw error;
		}
		try {
			await action();
		} finally {
			await fs.rm(lock, { force: true });
		}
		return true;
	}
}
