/** A file as it is shown while an edit of it is undecided: what would go, what would come, and which hunk is where. */

import type { LineRange } from '../blocks';
import { applyLineEdits, type LineEdit } from '../patch';

/** All line numbers are those of the page, from 0. */
export interface Page {
	readonly lines: readonly string[];
	/** Lines that go, and the lines below each of them that come. */
	readonly removed: readonly LineRange[];
	readonly added: readonly LineRange[];
	/** The lines of each edit, those that go and those that come. */
	readonly hunks: readonly LineRange[];
}

/** @param edits of the lines, top to bottom and not overlapping */
export function pageOf(base: readonly string[], edits: readonly LineEdit[]): Page {
	const parts: (readonly string[])[] = [];
	const removed: LineRange[] = [];
	const added: LineRange[] = [];
	const hunks: LineRange[] = [];
	let shown = 0;
	let next = 0;
	for (const edit of edits) {
		const after = edit.start + edit.removed;
		const start = shown + edit.start - next;
		const written = start + edit.removed;
		shown = written + edit.lines.length;
		parts.push(base.slice(next, after), edit.lines);
		next = after;
		if (edit.removed > 0) {
			removed.push({ start, end: written - 1 });
		}
		if (edit.lines.length > 0) {
			added.push({ start: written, end: shown - 1 });
		}
		hunks.push({ start, end: shown - 1 });
	}
	parts.push(base.slice(next));
	return { lines: parts.flat(), removed, added, hunks };
}

/**
 * The line of the file that a line of its page is, or stands in front of: a page has all lines of its file, and some between
 * them. `file`: may have changed since the page was drawn; then it is about there.
 */
export function lineInFile(page: readonly string[], file: readonly string[], line: number): number {
	let at = 0;
	for (const text of page.slice(0, line)) {
		at += text === file[at] ? 1 : 0;
	}
	return Math.min(at, Math.max(0, file.length - 1));
}

/** Index of the hunk that a line is in, else of the next one below, else of the last; undefined where there is none. */
export function hunkAt({ hunks }: Page, line: number): number | undefined {
	const at = hunks.findIndex(({ end }) => end >= line);
	return at >= 0 ? at : hunks.length === 0 ? undefined : hunks.length - 1;
}

/** First line of the next hunk below, or from the last one on of the first. */
export function nextHunk({ hunks }: Page, line: number): number | undefined {
	return (hunks.find(({ start }) => start > line) ?? hunks[0])?.start;
}

/** What is left to decide. */
export interface Undecided {
	/** The lines that the edits are for. */
	readonly base: readonly string[];
	readonly edits: readonly LineEdit[];
}

/** One of the edits is made. */
export function taken({ base, edits }: Undecided, index: number): Undecided {
	const made = edits[index];
	if (made === undefined) {
		return { base, edits };
	}
	const more = made.lines.length - made.removed;
	return {
		base: applyLineEdits(base, [made]),
		edits: edits.flatMap((edit, at) =>
			at === index ? [] : [at < index ? edit : { ...edit, start: edit.start + more }],
		),
	};
}

/** One of the edits is not to be made. */
export function dropped({ base, edits }: Undecided, index: number): Undecided {
	return { base, edits: edits.filter((_, at) => at !== index) };
}
