/** The part of a document that is parsed, cut where the least is torn apart. */

import type { Grammar } from '../../inference/syntax/languages';
import type { Cursor } from '../cursor';

/** Characters before and after the cursor. */
const BEFORE = 12_000;
const AFTER = 4_000;
/**
 * The start of the window moves in steps, so that it stays where it is while somebody types and the tree before can be
 * used again.
 */
const STEP = 2_048;

export interface SyntaxWindow {
	readonly grammar: Grammar;
	readonly text: string;
	/** Index of the cursor. */
	readonly offset: number;
	/** The text starts where the document does. */
	readonly isStart: boolean;
}

/** The first line behind `from` that is not indented, as far as the first half; else the first line behind it. */
function startOf(before: string, from: number): number {
	const line = before.indexOf('\n', from) + 1;
	const half = from + BEFORE / 2;
	const found = before.slice(from, half).search(/\n[^\s)\]}#]/);
	return found === -1 ? line : from + found + 1;
}

/**
 * A window that began inside of a comment or a docstring would read the code as text and the text as code: from there
 * it begins behind it.
 */
function outsideText(before: string, start: number): number {
	const head = before.slice(0, start);
	const opener = head.lastIndexOf('/*');
	const indent = head.slice(head.lastIndexOf('\n', opener) + 1, Math.max(0, opener));
	// Not the star of a path in a string.
	const isInComment = opener > head.lastIndexOf('*/') && indent.trim() === '';
	const closer = isInComment ? '*/' : head.split('"""').length % 2 === 0 ? '"""' : undefined;
	const end = closer === undefined ? -1 : before.indexOf(closer, start);
	return end === -1 || end > start + BEFORE / 2 ? start : before.indexOf('\n', end) + 1;
}

/** Up to the last line that is not indented and so ends or begins something whole; else up to a line end. */
function endOf(after: string): number {
	if (after.length <= AFTER) {
		return after.length;
	}
	const part = after.slice(0, AFTER);
	const [whole] = [...part.matchAll(/\n(?:[)\]}][^\n]*|end)(?=\n)|\n(?=[^\s)\]}])/g)].slice(-1);
	return whole === undefined ? part.lastIndexOf('\n') + 1 : whole.index + whole[0].length;
}

export function windowAt(cursor: Cursor, grammar: Grammar): SyntaxWindow {
	const { before, after } = cursor;
	const surplus = before.length - BEFORE;
	const start = surplus <= 0 ? 0 : outsideText(before, startOf(before, Math.ceil(surplus / STEP) * STEP));
	const isStart = start === 0 && cursor.firstLine === 0;
	// Without its tag, PHP is a page of text.
	const isTorn = grammar === 'php' && !isStart && !/<\?(?:php|=)/.test(before.slice(start));
	const head = `${isTorn ? '<?php\n' : ''}${before.slice(start)}`;
	return { grammar, text: head + after.slice(0, endOf(after)), offset: head.length, isStart };
}
