/** Reads files of one JSON object a line: corpora and conversations, too large to be held at once. */

import * as fs from 'node:fs';
import * as readline from 'node:readline';
import { parseJson } from '../../src/inference/record';

/**
 * @param complaint what a line that is no such object is not, and what helps.
 * @throws Error naming the file and the line with the complaint.
 */
export async function* readJsonLines<T>(
	file: string,
	isOne: (value: unknown) => value is T,
	complaint: string,
): AsyncGenerator<T> {
	const lines = readline.createInterface({
		input: fs.createReadStream(file),
		crlfDelay: Number.POSITIVE_INFINITY,
	});
	let number = 0;
	for await (const line of lines) {
		number++;
		const value = parseJson(line);
		if (!isOne(value)) {
			throw new Error(`${file}, line ${number}: ${complaint}`);
		}
		yield value;
	}
}
