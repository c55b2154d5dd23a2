/** How much is asked for at a cursor: the rest of the line, or a block. */

import { type Cursor, lineAbove, lineAfter, lineBefore, linesBelow } from './cursor';

/** Lines of one suggestion: more than fits at a glance is not read, and each costs time. */
export const MOST_LINES = 12;

export type Shape =
	| { readonly type: 'line' }
	| {
			readonly type: 'block';
			/** The cursor's line opens the block; otherwise it stands in it. */
			readonly opens: boolean;
			/**
			 * Columns of indentation of the cursor's line; undefined where the cursor stands at the very start of a
			 * line, and the text itself will tell.
			 */
			readonly column: number | undefined;
			/** First line below that is not blank: the text may run up to it, not into it. */
			readonly below: string | undefined;
	  };

/** Columns of the blanks at the start of a line; a tab counts four. */
export function indentation(line: string): number {
	let columns = 0;
	for (const character of line) {
		if (character === '\t') {
			columns += 4;
		} else if (character === ' ') {
			columns++;
		} else {
			break;
		}
	}
	return columns;
}

/** Whether a line ends by opening something: a bracket, or a colon as in Python (not one in a `?:` or a type). */
function opensBlock(line: string, languageId: string): boolean {
	const end = line.trimEnd();
	if (/[{[(]$/.test(end) || /=>$/.test(end)) {
		return true;
	}
	return end.endsWith(':') && /^(?:python|yaml|nim|coffeescript|gdscript)$/.test(languageId);
}

/** Several lines where the line is blank to the right and is blank, or opens a block, to the left. */
export function shapeAt(cursor: Cursor): Shape {
	if (lineAfter(cursor).trim() !== '') {
		return { type: 'line' };
	}
	const line = lineBefore(cursor);
	const opens = opensBlock(line, cursor.languageId);
	if (!opens && line.trim() !== '') {
		return { type: 'line' };
	}
	const [below] = linesBelow(cursor, 1);
	const isUnknown = line === '' && opensBlock(lineAbove(cursor) ?? '', cursor.languageId);
	return { type: 'block', opens, column: isUnknown ? undefined : indentation(line), below };
}
