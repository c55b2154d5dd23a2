/** What a run learned from, in a few numbers: kept in its order and its record after the data themselves are deleted. */

import { createHash } from 'node:crypto';
import * as fs from 'node:fs/promises';
import * as path from 'node:path';
import { count, list, number, object, optional, shortString } from '../../inference/wire/shapes';
import type { DatasetHeader } from '../dataset/sample';

/** Where a repository stood when its data were prepared. */
export interface RepositoryHead {
	/** As the dataset calls it. */
	readonly repository: string;
	/** Hash of the commit. */
	readonly commit: string;
	/** Milliseconds since 1970. */
	readonly at: number;
}

export interface DataSummary {
	/** Files that gave samples, those held out included. */
	readonly files: number;
	readonly trainSamples: number;
	readonly trainTokens: number;
	readonly heldOutSamples: number;
	readonly heldOutTokens: number;
	/** By the ending of their names with its dot, the most frequent first; empty for files without one. */
	readonly languages: readonly { readonly ending: string; readonly files: number }[];
	readonly repositories: readonly string[];
	readonly heads: readonly RepositoryHead[];
	/** What is to be known of the data, one sentence each: how the test was made, what was left out. */
	readonly notes?: readonly string[] | undefined;
	/** sha256 of the spans that the adapter is judged on; undefined where there are none. */
	readonly test?: string | undefined;
}

/** Endings that are told apart, and repositories that are named. */
const MOST_LANGUAGES = 32;
const MOST_REPOSITORIES = 256;
const MOST_NOTES = 16;
/** Beside the dataset: the spans that the judge tests on. */
const TEST_FILE = 'test.jsonl';

/**
 * @param folder Absolute path of the run's folder, where the spans for the test lie if there are any.
 * @param notes What is to be known of the data, one sentence each.
 */
export async function summaryOf(
	header: DatasetHeader,
	folder: string,
	notes: readonly string[] = [],
): Promise<DataSummary> {
	const endings = new Map<string, number>();
	for (const file of header.files) {
		const ending = path.posix.extname(file).toLowerCase();
		endings.set(ending, (endings.get(ending) ?? 0) + 1);
	}
	const test = await fs.readFile(path.join(folder, TEST_FILE)).catch(() => undefined);
	return {
		files: header.files.length,
		trainSamples: header.train.samples,
		trainTokens: header.train.tokens,
		heldOutSamples: header.heldOut.samples,
		heldOutTokens: header.heldOut.tokens,
		languages: [...endings]
			.map(([ending, files]) => ({ ending, files }))
			.sort((one, other) => other.files - one.files || one.ending.localeCompare(other.ending))
			.slice(0, MOST_LANGUAGES),
		repositories: header.repositories.slice(0, MOST_REPOSITORIES),
		heads: (header.heads ?? []).slice(0, MOST_REPOSITORIES),
		...(notes.length === 0 ? {} : { notes: notes.slice(0, MOST_NOTES) }),
		...(test === undefined ? {} : { test: createHash('sha256').update(test).digest('hex') }),
	};
}

export const isDataSummary = object<DataSummary>({
	files: count,
	trainSamples: count,
	trainTokens: count,
	heldOutSamples: count,
	heldOutTokens: count,
	languages: list(object({ ending: shortString, files: count }), MOST_LANGUAGES),
	repositories: list(shortString, MOST_REPOSITORIES),
	heads: list(
		object<RepositoryHead>({ repository: shortString, commit: shortString, at: number }),
		MOST_REPOSITORIES,
	),
	notes: optional(list(shortString, MOST_NOTES)),
	test: optional(shortString),
});
