/** An edit as an example for lines like its own: how these were, how they are, and what that changed. */

import { LONGEST_ROW } from './align';
import { type Difference, differenceOf } from './difference';
import type { Lexicon } from './lexicon';
import type { Edit } from './log';
import { type Page, stateAt } from './page';
import { openBrackets, quotes } from './pieces';
import { type Token, tokensOf } from './tokens';

/** Lines of an example before the edit and after it: more is no line of a list. */
const MOST_BEFORE = 3;
const MOST_AFTER = 4;

export interface Pattern {
	/** Whole lines without their ends. */
	readonly before: readonly string[];
	readonly after: readonly string[];
	/** Their tokens without comments. */
	readonly was: readonly Token[];
	readonly is: readonly Token[];
	readonly difference: Difference;
	/** The lines as they are now, in the page's text: from the start of the first to the end of the last. */
	readonly start: number;
	readonly end: number;
}

/** @returns undefined where an edit says nothing of other lines, or is not finished: something is left open. */
export function patternOf(edit: Edit, page: Page, lexicon: Lexicon): Pattern | undefined {
	const own = ownLines(edit);
	if (own.before.length === 0 || own.before.length > MOST_BEFORE || own.after.length > MOST_AFTER) {
		return undefined;
	}
	const start = edit.offset - edit.at + own.skipped - page.offset;
	const text = own.after.join('\n');
	const state = stateAt(page, start);
	const was = tokensOf(own.before.join('\n'), lexicon, state).filter(isSeen);
	const is = tokensOf(text, lexicon, state).filter(isSeen);
	const difference = Math.max(was.length, is.length) > LONGEST_ROW ? undefined : differenceOf(was, is);
	const isFinished = openBrackets(was) === openBrackets(is) && quotes(was) % 2 === quotes(is) % 2;
	// A line that went leaves nothing to be written; what is blank no example of anything.
	const isExample = was.some(({ kind }) => kind === 'word') && text.trim() !== '';
	return difference === undefined || !isFinished || !isExample
		? undefined
		: { before: own.before, after: own.after, was, is, difference, start, end: start + own.length };
}

/** The lines in which the sides of an edit differ; of lines that only came, the one above them is an own line, too. */
export function ownLines(edit: Edit): {
	readonly before: readonly string[];
	readonly after: readonly string[];
	/** Characters of the edit's lines before them, and their own as they are now. */
	readonly skipped: number;
	readonly length: number;
} {
	const before = edit.before.split('\n');
	const after = edit.after.split('\n');
	let behind = 0;
	while (behind < Math.min(before.length, after.length) && before.at(-1 - behind) === after.at(-1 - behind)) {
		behind++;
	}
	const shortest = Math.min(before.length, after.length) - behind;
	let above = 0;
	while (above < shortest && before[above] === after[above]) {
		above++;
	}
	if (above > 0 && above === before.length - behind) {
		above--;
	}
	const own = after.slice(above, after.length - behind);
	return {
		before: before.slice(above, before.length - behind).map(withoutReturn),
		after: own.map(withoutReturn),
		skipped: after.slice(0, above).reduce((sum, line) => sum + line.length + 1, 0),
		length: withoutReturn(own.join('\n')).length,
	};
}

export function isSeen({ zone }: Token): boolean {
	return zone !== 'comment';
}

function withoutReturn(line: string): string {
	return line.endsWith('\r') ? line.slice(0, -1) : line;
}
