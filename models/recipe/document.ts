/** A source file of the starter's corpus, and the files of one JSON object a line that hold them. */

import * as fs from 'node:fs';
import * as readline from 'node:readline';
import { isRecord } from '../../src/inference/wire/shapes';

export const LANGUAGES = ['typescript', 'javascript', 'python'] as const;
export type Language = (typeof LANGUAGES)[number];

/** Files of a package follow each other, in the order of their paths. */
export interface SourceDocument {
	/** Name of the package, as its registry has it. */
	readonly package: string;
	readonly language: Language;
	/** Within the package, with `/`. */
	readonly path: string;
	/** With `\n` as line end. */
	readonly text: string;
}

/** @throws Error naming the file and the line where it is no such file. */
export async function* readDocuments(file: string): AsyncGenerator<SourceDocument> {
	const lines = readline.createInterface({
		input: fs.createReadStream(file),
		crlfDelay: Number.POSITIVE_INFINITY,
	});
	let number = 0;
	for await (const line of lines) {
		number++;
		const value: unknown = JSON.parse(line);
		if (!isDocument(value)) {
			throw new Error(`${file}, line ${number}: that is no source file. Run \`npm run starter:data\` again.`);
		}
		yield value;
	}
}

export function documentLine(document: SourceDocument): string {
	const { package: name, language, path, text } = document;
	return `${JSON.stringify({ package: name, language, path, text })}\n`;
}

function isDocument(value: unknown): value is SourceDocument {
	return (
		isRecord(value) &&
		typeof value['package'] === 'string' &&
		LANGUAGES.some((language) => language === value['language']) &&
		typeof value['path'] === 'string' &&
		typeof value['text'] === 'string'
	);
}
