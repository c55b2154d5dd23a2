/** Lines of a file as the product reads them for a question. */

import type { Excerpt } from '../../../src/chat/question';
import type { Language } from '../document';

/** A source file, its lines apart. */
export interface Lines {
	readonly path: string;
	readonly language: Language;
	readonly lines: readonly string[];
}

/** @param first @param last from 0, both in it. */
export function excerptOf({ path, language, lines }: Lines, first: number, last: number): Excerpt {
	return {
		path,
		language: languageId(path, language),
		firstLine: first + 1,
		code: lines.slice(first, last + 1).join('\n'),
	};
}

/** VS Code's, which also names fences. */
function languageId(path: string, language: Language): string {
	return /\.[jt]sx$/.test(path) ? `${language}react` : language;
}
