/** Where a source stands in its file now: the file may have been changed since the model was given it. */

import type { LineSpan } from './chunker';

/**
 * The lines that hold the text: where they were, else nearest to there, else as many lines as there are from there on.
 * @param lines of the file as it is now
 * @param firstLine where the text began, from 1
 */
export function whereabouts(lines: readonly string[], firstLine: number, text: string): LineSpan {
	const sought = text.split('\n');
	const isAt = (first: number) =>
		sought.every((line, index) => lines[first - 1 + index]?.trimEnd() === line.trimEnd());
	for (let away = 0; away < lines.length; away++) {
		for (const first of [firstLine - away, firstLine + away]) {
			if (first >= 1 && isAt(first)) {
				return { first, last: first + sought.length - 1 };
			}
		}
	}
	const first = Math.min(Math.max(1, firstLine), lines.length);
	return { first, last: Math.max(first, Math.min(lines.length, firstLine + sought.length - 1)) };
}
