/** How much is asked for at a cursor: the rest of the line, a block, or nothing. */

import { indentation } from '../inference/indentation';
import { type Cursor, lineAbove, lineAfter, lineBefore, linesBelow } from './cursor';

/** Lines of one suggestion: more than fits at a glance is not read, and each costs time. */
export const MOST_LINES = 12;

/** How much to ask for, where something is asked. */
export type AskedShape =
	| {
			readonly type: 'line';
			/** What the text must not leave: only the syntax tells. */
			readonly within?: 'comment' | 'string';
	  }
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
			/**
			 * The block is empty: all of its statements are asked for, not one that is whole. Only the syntax tells.
			 * Default false.
			 */
			readonly isWhole?: boolean;
			/** The word that closes blocks here, such as `end`. Default: brackets or indentation do. */
			readonly closer?: string;
	  };

/** `why` is the reason to show. Somebody who asks by hand is answered all the same, by indentation. */
export interface NoShape {
	readonly type: 'nothing';
	readonly why: 'line-complete' | 'middle-of-line' | 'licence';
}

export type Shape = AskedShape | NoShape;

export interface Shapes {
	/**
	 * What the syntax tree says to ask for here; undefined where there is no grammar or no time (8 ms): then
	 * `shapeAt` decides by indentation. Rejects with an AbortError when the signal fires.
	 */
	at(cursor: Cursor, signal: AbortSignal): Promise<Shape | undefined>;
	/**
	 * Where a finished text must end so that the document is no worse in syntax than without it: an index into the
	 * text; undefined where it may stay as it is, or where that is not known in time (16 ms). Rejects with an
	 * AbortError when the signal fires.
	 */
	end(cursor: Cursor, text: string, signal: AbortSignal): Promise<number | undefined>;
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
export function shapeAt(cursor: Cursor): AskedShape {
	if (lineAfter(cursor).trim() !== '') {
		return { type: 'line' };
	}
	const line = lineBefore(cursor);
	const opens = opensBlock(line, cursor.languageId);
	if (!opens && line.trim() !== '') {
		return { type: 'line' };
	}
	return blockShape(cursor, { opens, isInside: opensBlock(lineAbove(cursor) ?? '', cursor.languageId) });
}

/** @param isInside the cursor stands in another block, whose indentation a line without any does not tell. */
export function blockShape(
	cursor: Cursor,
	{ isInside, ...block }: { opens: boolean; isInside: boolean; isWhole?: boolean; closer?: string },
): AskedShape {
	const line = lineBefore(cursor);
	const [below] = linesBelow(cursor, 1);
	return { type: 'block', ...block, column: line === '' && isInside ? undefined : indentation(line), below };
}
