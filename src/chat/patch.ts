/** From the old lines and the model's code to the smallest line edits, indented as the old lines are. */

import { diffArrays } from 'diff';
import { leadingBlanks } from '../inference/indentation';

/** Replaces `removed` lines from line `start` (of the old lines, from 0) by `lines`. */
export interface LineEdit {
	readonly start: number;
	readonly removed: number;
	readonly lines: readonly string[];
}

function isBlank(line: string): boolean {
	return line.trim() === '';
}

/** The longest white space that every line with text starts with. */
function commonIndentation(lines: readonly string[]): string {
	let common: string | undefined;
	for (const line of lines) {
		if (isBlank(line)) {
			continue;
		}
		const indentation = leadingBlanks(line);
		if (common === undefined) {
			common = indentation;
		}
		while (!indentation.startsWith(common)) {
			common = common.slice(0, -1);
		}
	}
	return common ?? '';
}

/** One level of indentation in the lines: a tab, the smallest step of spaces, or undefined where nothing is indented. */
export function indentUnitOf(lines: readonly string[]): string | undefined {
	const base = commonIndentation(lines);
	let spaces: number | undefined;
	for (const line of lines) {
		const deeper = leadingBlanks(line).slice(base.length);
		if (isBlank(line) || deeper === '') {
			continue;
		}
		if (deeper.startsWith('\t')) {
			return '\t';
		}
		spaces = Math.min(spaces ?? deeper.length, deeper.length);
	}
	return spaces === undefined ? undefined : ' '.repeat(spaces);
}

/** The lines moved to `indentation`, their inner levels written with `unit` where that is known. */
export function reindent(lines: readonly string[], indentation: string, unit: string | undefined): string[] {
	const base = commonIndentation(lines);
	const own = indentUnitOf(lines);
	return lines.map((line) => {
		if (isBlank(line)) {
			return '';
		}
		const rest = line.slice(base.length);
		const inner = leadingBlanks(rest);
		const text = rest.slice(inner.length);
		if (unit === undefined || own === undefined || unit === own) {
			return indentation + rest;
		}
		const levels = Math.floor(inner.length / own.length);
		return indentation + unit.repeat(levels) + inner.slice(levels * own.length) + text;
	});
}

/** Drops blank lines before and after. */
function trimBlank(lines: readonly string[]): readonly string[] {
	const first = lines.findIndex((line) => !isBlank(line));
	return first < 0 ? [] : lines.slice(first, lines.findLastIndex((line) => !isBlank(line)) + 1);
}

/**
 * The edits that turn `old` into the code, top to bottom and not overlapping; none when they say the same. `unit`:
 * one level of the file's indentation, for code whose old lines show none.
 */
export function lineEdits(old: readonly string[], code: string, unit: string | undefined): LineEdit[] {
	const written = trimBlank(code.replaceAll('\r\n', '\n').split('\n'));
	if (written.length === 0) {
		return [];
	}
	const first = old.findIndex((line) => !isBlank(line));
	const last = old.findLastIndex((line) => !isBlank(line));
	const kept = first < 0 ? old : old.slice(first, last + 1);
	const offset = Math.max(0, first);
	const target = reindent(indentFirstLike(kept, written), commonIndentation(old), indentUnitOf(old) ?? unit);

	return editsBetween(kept, target).map((edit) => ({ ...edit, start: edit.start + offset }));
}

/** The smallest edits that turn the lines into others; white space at the end of a line is no reason to touch it. */
export function editsBetween(old: readonly string[], target: readonly string[]): LineEdit[] {
	const edits: LineEdit[] = [];
	let line = 0;
	let open: { start: number; removed: number; lines: string[] } | undefined;
	const same = (one: string, other: string) => one.trimEnd() === other.trimEnd();
	for (const part of diffArrays([...old], [...target], { comparator: same })) {
		if (part.added || part.removed) {
			open ??= { start: line, removed: 0, lines: [] };
			if (part.added) {
				open.lines.push(...part.value);
			} else {
				open.removed += part.value.length;
				line += part.value.length;
			}
			continue;
		}
		if (open !== undefined) {
			edits.push(open);
			open = undefined;
		}
		line += part.value.length;
	}
	if (open !== undefined) {
		edits.push(open);
	}
	return edits;
}

/**
 * Models often start at the fence with the first line and keep the indentation of the others. Where the others stand
 * exactly as deep as the old ones do, the first line gets the old one's indentation back.
 */
function indentFirstLike(old: readonly string[], written: readonly string[]): readonly string[] {
	const [first = '', ...rest] = written;
	const [oldFirst = '', ...oldRest] = old;
	const indentation = leadingBlanks(oldFirst);
	const isLost =
		indentation !== '' &&
		leadingBlanks(first) === '' &&
		commonIndentation(rest) !== '' &&
		commonIndentation(rest) === commonIndentation(oldRest);
	return isLost ? [indentation + first, ...rest] : written;
}

/** The edits that put the code in place of the lines `start` to `end`, that one included. */
export function editsWithin(
	lines: readonly string[],
	{ start, end }: { readonly start: number; readonly end: number },
	code: string,
): LineEdit[] {
	return lineEdits(lines.slice(start, end + 1), code, indentUnitOf(lines)).map((edit) => ({
		...edit,
		start: edit.start + start,
	}));
}

/** The lines after the edits. */
export function applyLineEdits(lines: readonly string[], edits: readonly LineEdit[]): string[] {
	const result = [...lines];
	for (const edit of edits.toReversed()) {
		result.splice(edit.start, edit.removed, ...edit.lines);
	}
	return result;
}

/** A replacement in the coordinates of an editor; lines and characters (UTF-16 units) from 0. */
interface TextReplacement {
	readonly startLine: number;
	readonly startCharacter: number;
	readonly endLine: number;
	readonly endCharacter: number;
	readonly text: string;
}

/** The edits of a document's lines as replacements; `eol` is the document's line break. */
export function textReplacements(
	lines: readonly string[],
	edits: readonly LineEdit[],
	eol: string,
): TextReplacement[] {
	const last = lines.length - 1;
	return edits.map((edit) => {
		const after = edit.start + edit.removed;
		if (after <= last) {
			const text = edit.lines.map((line) => line + eol).join('');
			return { startLine: edit.start, startCharacter: 0, endLine: after, endCharacter: 0, text };
		}
		// The last line has no line break to take along: the one before it goes or stays instead.
		const end = { endLine: last, endCharacter: (lines[last] ?? '').length };
		return edit.start === 0
			? { startLine: 0, startCharacter: 0, ...end, text: edit.lines.join(eol) }
			: {
					startLine: edit.start - 1,
					startCharacter: (lines[edit.start - 1] ?? '').length,
					...end,
					text: edit.lines.map((line) => eol + line).join(''),
				};
	});
}

/**
 * Code for a cursor that has `before` on its line: where that is white space only, the lines after the first are
 * indented as deep, otherwise the code stays as it is.
 */
export function indentForCursor(code: string, before: string): string {
	const lines = code.split('\n');
	if (lines.length === 1 || before.trim() !== '') {
		return code;
	}
	const moved = reindent(lines, before, undefined);
	return [(moved[0] ?? '').slice(before.length), ...moved.slice(1)].join('\n');
}
