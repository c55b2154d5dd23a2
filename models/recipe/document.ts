/** A source file of the starter's corpus, and the files of one JSON object a line that hold them. */

import { isRecord } from '../../src/inference/record';
import { readJsonLines } from './jsonLines';

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
export function readDocuments(file: string): AsyncGenerator<SourceDocument> {
	return readJsonLines(file, isDocument, 'that is no source file. Run `npm run starter:data` again.');
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
