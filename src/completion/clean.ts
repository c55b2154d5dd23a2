/** The last rules over a finished text: what may be shown, or why not. Independent of the rest of the line. */

import { expectedCloser, openQuote, readBrackets } from './brackets';
import { type Cursor, lineAbove, lineBefore, linesBelow } from './cursor';
import { indentation, type Shape } from './shape';

/** A text worth keeping, or the reason why there is none. */
export type Cleaned =
	| { readonly type: 'clean'; readonly text: string }
	| { readonly type: 'nothing'; readonly reason: 'nothing-to-add' | 'only-repeats' };

/** Lines shorter than this repeat in honest code. */
const TELLING = 8;

/** Drops blanks at the end of each line but the first, and all blank lines at the end. */
function trimEnds(text: string): string {
	return text.trimEnd() === ''
		? ''
		: text
				.trimEnd()
				.split('\n')
				.map((line) => line.trimEnd())
				.join('\n');
}

/** Leading blanks per level in lines that are indented with spaces: the smallest step, 2 to 8. */
function spacesPerLevel(lines: readonly string[]): number {
	const widths = lines.map(indentation).filter((width) => width > 1);
	return widths.length === 0 ? 4 : Math.min(8, Math.min(...widths));
}

/** In a document that indents with tabs, later lines of the text do so as well. */
function matchTabs(text: string, cursor: Cursor): string {
	const usesTabs = /^\t/m.test(cursor.before) || /^\t/m.test(cursor.after);
	const usesSpaces = /^ {2,}\S/m.test(cursor.before) || /^ {2,}\S/m.test(cursor.after);
	const lines = text.split('\n');
	if (!usesTabs || usesSpaces || lines.length < 2) {
		return text;
	}
	const step = spacesPerLevel(lines.slice(1).filter((line) => line.startsWith(' ')));
	return lines
		.map((line, number) => {
			const blanks = /^ +/.exec(line)?.[0].length ?? 0;
			return number === 0 || blanks < step
				? line
				: '\t'.repeat(Math.floor(blanks / step)) + line.slice(blanks - (blanks % step));
		})
		.join('\n');
}

function repeatsAbove(text: string, cursor: Cursor): boolean {
	const above = lineAbove(cursor)?.trim() ?? '';
	const [first = ''] = text.trim().split('\n');
	return above.length >= TELLING && first.trim() === above;
}

function repeatsBelow(text: string, cursor: Cursor): boolean {
	const lines = text
		.split('\n')
		.map((line) => line.trim())
		.filter((line) => line !== '');
	const below = linesBelow(cursor, lines.length).map((line) => line.trim());
	return lines.join('\n').length >= TELLING && lines.join('\n') === below.join('\n');
}

/**
 * The cursor already stands at or beyond the indentation of the line above: blanks at the start of the text would
 * indent a second time. They go, from the later lines as well.
 */
function withoutSecondIndentation(text: string, cursor: Cursor): string {
	const extra = indentation(text);
	const typed = lineBefore(cursor);
	if (extra === 0 || typed === '' || indentation(typed) < indentation(lineAbove(cursor) ?? '')) {
		return text;
	}
	return text
		.split('\n')
		.map((line, number) => (number === 0 ? line.trimStart() : outdented(line, extra)))
		.join('\n');
}

/** The line with `columns` of indentation less, as far as it has them. */
function outdented(line: string, columns: number): string {
	let start = 0;
	while (
		start < line.length &&
		/[ \t]/.test(line[start] ?? '') &&
		indentation(line.slice(0, start)) < columns
	) {
		start++;
	}
	return line.slice(start);
}

/** Ends the text before a bracket that closes what is not open there. */
function withoutStrayClosers(text: string, cursor: Cursor): string {
	const start = readBrackets(text, openQuote(lineBefore(cursor))).firstUnmatched;
	const closer = start === undefined ? undefined : text[start];
	if (start === undefined || closer === undefined || !')]}'.includes(closer)) {
		return text;
	}
	const expected = expectedCloser(cursor.before);
	if (expected !== undefined && expected !== closer) {
		return text.slice(0, start).trimEnd();
	}
	// Closing once what the cursor's line opened is right; what would be closed after that is not known.
	const behind = readBrackets(text.slice(start + 1)).firstUnmatched;
	const opened = readBrackets(lineBefore(cursor)).owed.length;
	return opened === 1 && behind !== undefined ? text.slice(0, start + 1 + behind).trimEnd() : text;
}

/** `isCut`: the token limit ended the text, so its last line may be half a line. */
export function clean(raw: string, cursor: Cursor, shape: Shape, isCut: boolean): Cleaned {
	let text = raw;
	if (isCut && text.includes('\n')) {
		text = text.slice(0, text.lastIndexOf('\n'));
	}
	text = matchTabs(trimEnds(text), cursor);
	if (shape.type === 'block' && !shape.opens) {
		text = withoutSecondIndentation(text, cursor);
	}
	text = withoutStrayClosers(text, cursor);
	if (text.trim() === '') {
		return { type: 'nothing', reason: 'nothing-to-add' };
	}
	if (shape.type === 'block' && (repeatsAbove(text, cursor) || repeatsBelow(text, cursor))) {
		return { type: 'nothing', reason: 'only-repeats' };
	}
	return { type: 'clean', text };
}
