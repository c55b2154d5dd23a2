/** Drops a text that writes once more what stands right above the cursor, or a line equal to the next one. */

import { type Cursor, lineAfter, lineBefore, linesBelow } from '../cursor';
import { essence } from './likeness';
import type { Place, TextRule } from './rule';

/** Shorter lines repeat in honest code. */
const TELLING = 8;

/** The last lines above the cursor's line that are not blank, at most `count`. */
function linesAbove(cursor: Cursor, count: number): readonly string[] {
	const lines = cursor.before.split('\n').slice(0, -1);
	return lines.filter((line) => line.trim() !== '').slice(-count);
}

function same(lines: readonly string[], others: readonly string[]): boolean {
	return lines.map(essence).join('\n') === others.map(essence).join('\n');
}

function repeatsLine(text: string, cursor: Cursor): boolean {
	const typed = lineBefore(cursor).trim();
	const line = typed + text + lineAfter(cursor);
	const neighbours = [...linesAbove(cursor, 1), ...linesBelow(cursor, 1)];
	// Who typed most of the line again wants it again.
	const isModels = text.trim().length > typed.length;
	return isModels && line.trim().length >= TELLING && neighbours.some((other) => same([line], [other]));
}

function repeatsBlock(text: string, cursor: Cursor): boolean {
	const lines = text.split('\n').filter((line) => line.trim() !== '');
	const [first = ''] = lines;
	const above = linesAbove(cursor, lines.length);
	const last = above.at(-1)?.trim() ?? '';
	const isFirstAgain = last.length >= TELLING && same([first], [last]);
	return isFirstAgain || (lines.length > 1 && lines.join('').length >= TELLING && same(lines, above));
}

function repeats(text: string, { cursor, shape }: Place): boolean {
	return shape.type === 'line' ? repeatsLine(text, cursor) : repeatsBlock(text, cursor);
}

export const preceding: TextRule = {
	type: 'text',
	name: 'what-precedes',
	reason: 'only-repeats',
	apply: (text, place) => (repeats(text, place) ? '' : text),
};
