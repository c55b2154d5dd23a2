/** The records beside the adapters: written whole or not at all, read back checked, joined with what was found later. */

import * as fs from 'node:fs/promises';
import * as path from 'node:path';
import { readJson } from '../../inference/jsonFile';
import { writeWhole } from '../../inference/wholeFile';
import { judgementPath, readJudgement } from '../judge/judgementFile';
import { curveFile, readCurve } from '../learningCurve/curve';
import type { AdapterRecord } from './record';
import { isAdapterRecord } from './recordShapes';

/** Of what stands beside `<adapter>.gguf`. */
const RECORD = '.report.json';
const MARKDOWN = '.report.md';

/** Absolute paths of everything that is kept beside an adapter. */
export function filesBeside(adapter: string): readonly string[] {
	return [beside(adapter, RECORD), markdownBeside(adapter), judgementPath(adapter), curveFile(adapter)];
}

/** Absolute path of the report in Markdown. */
export function markdownBeside(adapter: string): string {
	return beside(adapter, MARKDOWN);
}

export class RecordStore {
	/** One change after the other: a name and notes that are written at once must both stay. */
	private last: Promise<unknown> = Promise.resolve();

	/** @param markdownOf The record as a report, for people. */
	constructor(private readonly markdownOf: (record: AdapterRecord) => string) {}

	/**
	 * Of an adapter by its absolute path, with the newest judgement and the learning curve.
	 *
	 * @returns undefined where there is none, or one that is damaged.
	 */
	async read(adapter: string): Promise<AdapterRecord | undefined> {
		const record = await readJson(beside(adapter, RECORD), isAdapterRecord);
		return record === undefined ? undefined : this.joined(adapter, record);
	}

	/** The record with what was found later, and lies beside the adapter; as it is where nothing was. */
	async joined(adapter: string, record: AdapterRecord): Promise<AdapterRecord> {
		const judgement = await readJudgement(adapter);
		const learningCurve = await readCurve(adapter);
		return {
			...record,
			...(judgement === undefined ? {} : { judgement }),
			...(learningCurve === undefined ? {} : { learningCurve }),
		};
	}

	/** The name that the user gave it; undefined where it has the one of its file. */
	async nameOf(adapter: string): Promise<string | undefined> {
		return (await readJson(beside(adapter, RECORD), isAdapterRecord))?.name;
	}

	/**
	 * As JSON and as Markdown, for this user only.
	 *
	 * @throws the error of the disk; the earlier files are then intact, or one of them is new.
	 */
	write(adapter: string, record: AdapterRecord): Promise<void> {
		return this.inTurn(() => this.put(adapter, record));
	}

	/**
	 * Changes what the user says of it; without changes, it takes in what was found later.
	 *
	 * @param first What is kept where there is no record yet.
	 * @throws as `write`.
	 */
	change(
		adapter: string,
		changes: Partial<Pick<AdapterRecord, 'name' | 'notes'>>,
		first: () => Promise<AdapterRecord>,
	): Promise<AdapterRecord> {
		return this.inTurn(async () => {
			const record = { ...((await this.read(adapter)) ?? (await first())), ...changes };
			await this.put(adapter, record);
			return record;
		});
	}

	/** What is beside an adapter that is deleted. */
	async delete(adapter: string): Promise<void> {
		for (const file of filesBeside(adapter)) {
			await fs.rm(file, { force: true });
		}
	}

	private async put(adapter: string, record: AdapterRecord): Promise<void> {
		await fs.mkdir(path.dirname(adapter), { recursive: true, mode: 0o700 });
		await writeWhole(beside(adapter, RECORD), JSON.stringify(record, undefined, '\t'));
		await writeWhole(beside(adapter, MARKDOWN), this.markdownOf(record));
	}

	private inTurn<T>(action: () => Promise<T>): Promise<T> {
		const result = this.last.then(action);
		this.last = result.catch(() => undefined);
		return result;
	}
}

function beside(adapter: string, ending: string): string {
	return path.join(path.dirname(adapter), `${path.basename(adapter, '.gguf')}${ending}`);
}
