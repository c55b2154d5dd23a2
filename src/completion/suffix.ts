/** Notices when a text has run into what already stands after the cursor. */

import { type Cursor, lineAfter, linesBelow } from './cursor';

/** Shorter remainders (`)`, `};`) occur by chance; brackets are judged by their balance, in `fitInto`. */
const SHORTEST = 4;

/** Lines of brackets and punctuation repeat everywhere and prove nothing. */
function isTelling(line: string): boolean {
	return line.length >= SHORTEST && /\w{2}/.test(line);
}

/**
 * Where the text must end because it starts to repeat what follows: the rest of the cursor's line, or the next line
 * of the document. A line of the text is compared when it is whole.
 */
export function suffixReached(text: string, isComplete: boolean, cursor: Cursor): number | undefined {
	const line = lineAfter(cursor);
	const rest = line.trim();
	if (isTelling(rest)) {
		const index = text.indexOf(rest);
		if (index === -1) {
			return undefined;
		}
		// The blanks in front of it are there, too.
		return /^\s/.test(line) ? text.slice(0, index).trimEnd().length : index;
	}
	const [next] = linesBelow(cursor, 1);
	const below = next?.trim() ?? '';
	if (!isTelling(below)) {
		return undefined;
	}
	const lines = text.split('\n');
	let start = 0;
	for (const [number, line] of lines.entries()) {
		const isWhole = isComplete || number < lines.length - 1;
		if (isWhole && line.trim() === below) {
			return Math.max(0, start - 1);
		}
		start += line.length + 1;
	}
	return undefined;
}
