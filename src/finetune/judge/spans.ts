/** The places that a run put aside for its judge, as they lie in its folder: one span a line, in JSON. */

import * as fs from 'node:fs/promises';
import * as path from 'node:path';
import { parseJson } from '../../inference/record';
import {
	boolean,
	type Check,
	count,
	fillPieces,
	literal,
	object,
	shortString,
	string,
} from '../../inference/wire/shapes';
import { JUDGED } from '../job/runFolder';
import type { Random } from '../training/random';
import type { JudgedSpan } from './judgement';

export interface Spans {
	/** Decides the strength. */
	readonly validation: readonly JudgedSpan[];
	/** Decides everything else; seen once. */
	readonly test: readonly JudgedSpan[];
	/** What was learned, to see whether it comes out by heart. */
	readonly train: readonly JudgedSpan[];
}

const judgedSpan: Check<JudgedSpan> = object<JudgedSpan>({
	...fillPieces,
	maxPromptTokens: count,
	middle: string,
	ends: boolean,
	file: shortString,
	kind: literal('tail', 'block', 'lines', 'hunk', 'random'),
});

/** Bytes of a file that is still read. */
const MOST_BYTES = 256 * 1024 * 1024;

/** Undefined where the folder has no test: there is nothing to judge on. What is damaged in a file is left out. */
export async function readSpans(folder: string): Promise<Spans | undefined> {
	const test = await readLines(path.join(folder, JUDGED.test));
	if (test.length === 0) {
		return undefined;
	}
	return {
		test,
		validation: await readLines(path.join(folder, JUDGED.validation)),
		train: await readLines(path.join(folder, JUDGED.train)),
	};
}

async function readLines(file: string): Promise<readonly JudgedSpan[]> {
	const size = await fs.stat(file).then(
		(status) => status.size,
		() => 0,
	);
	if (size === 0 || size > MOST_BYTES) {
		return [];
	}
	const text = await fs.readFile(file, 'utf8');
	return text
		.split('\n')
		.map(parseJson)
		.filter((value) => judgedSpan(value));
}

/** At most so many, in an order of chance; files take turns, so that few are still of many files. */
export function drawByFile<Item extends { readonly file: string }>(
	items: readonly Item[],
	most: number,
	random: Random,
): readonly Item[] {
	const byFile = new Map<string, Item[]>();
	for (const item of shuffled(items, random)) {
		const list = byFile.get(item.file) ?? [];
		list.push(item);
		byFile.set(item.file, list);
	}
	const drawn: Item[] = [];
	const wanted = Math.min(most, items.length);
	for (let round = 0; drawn.length < wanted; round++) {
		for (const list of byFile.values()) {
			const item = list[round];
			if (item !== undefined && drawn.length < wanted) {
				drawn.push(item);
			}
		}
	}
	return drawn;
}

/** Fisher and Yates's. */
function shuffled<T>(items: readonly T[], random: Random): readonly T[] {
	const result = [...items];
	for (let left = result.length; left > 1; left--) {
		const at = Math.floor(random.next() * left);
		const [one, other] = [result[at], result[left - 1]];
		if (one !== undefined && other !== undefined) {
			result[at] = other;
			result[left - 1] = one;
		}
	}
	return result;
}
