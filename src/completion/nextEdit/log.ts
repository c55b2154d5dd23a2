/** The last edits of one document: keystrokes that touch each other are one edit, with the text before and after. */

import type { TextChange } from '../answered';
import { startOfLine } from './lines';

/** One edit by hand, with the whole lines that it touched, as they were then. */
export interface Edit {
	/** Of the inserted text in the document as it is now. */
	readonly offset: number;
	readonly removed: string;
	readonly inserted: string;
	/** The lines before the edit and after it; both start at the same place. */
	readonly before: string;
	readonly after: string;
	/** Where the edit begins in both. */
	readonly at: number;
}

/** The edit that is still being made. */
interface Pending {
	readonly offset: number;
	readonly removed: string;
	readonly inserted: string;
}

/** Edits that are remembered. */
const REMEMBERED = 16;
/** Characters and line ends of one edit: what is larger is a paste, a new function or a formatter's work. */
const LONGEST = 400;
const MOST_LINES = 6;
/** Characters between two keystrokes of one edit: both ends of a name, brackets around a value. */
const SPAN = 200;
const GAP = 24;

export class EditLog {
	private pending: Pending | undefined;
	private settled: readonly Edit[] = [];

	/** @param text the document's, with its own line ends. */
	constructor(private current: string) {}

	get text(): string {
		return this.current;
	}

	/** The edits, the latest first; the one that is still being made is among them. */
	get edits(): readonly Edit[] {
		const { pending } = this;
		return pending === undefined || pending.removed === pending.inserted
			? this.settled
			: [this.described(pending), ...this.settled];
	}

	/** Something was typed, or taken over from our own proposal, which is an edit of its own. */
	type(changes: readonly TextChange[], isWhole = false): void {
		const change = this.united(changes);
		if (change === undefined || change.length > LONGEST || change.text.length > LONGEST) {
			this.replace(changes);
			return;
		}
		const { offset, length, text } = change;
		const removed = this.current.slice(offset, offset + length);
		if (lineEnds(text) > MOST_LINES || lineEnds(removed) > MOST_LINES) {
			this.replace(changes);
			return;
		}
		const joined = isWhole ? undefined : this.joined(change, removed);
		if (joined === undefined) {
			this.settle();
		}
		this.shift(change);
		this.current = this.current.slice(0, offset) + text + this.current.slice(offset + length);
		this.pending = joined ?? { offset, removed, inserted: text };
		if (isWhole) {
			this.settle();
		}
	}

	/** Something else changed the text (an undo, a formatter, many cursors): what was done before counts no more. */
	replace(changes: readonly TextChange[]): void {
		for (const { offset, length, text } of descending(changes)) {
			this.current = this.current.slice(0, offset) + text + this.current.slice(offset + length);
		}
		this.pending = undefined;
		this.settled = [];
	}

	/** The edit that is being made is no evidence. */
	drop(): void {
		this.pending = undefined;
	}

	/** The changes of one event as one, where they are close together. */
	private united(changes: readonly TextChange[]): TextChange | undefined {
		const sorted = descending(changes);
		const last = sorted[0];
		const first = sorted.at(-1);
		if (last === undefined || first === undefined) {
			return undefined;
		}
		if (sorted.length === 1) {
			return first;
		}
		const end = last.offset + last.length;
		if (end - first.offset > SPAN) {
			return undefined;
		}
		let text = this.current.slice(first.offset, end);
		for (const change of sorted) {
			const at = change.offset - first.offset;
			text = text.slice(0, at) + change.text + text.slice(at + change.length);
		}
		return { offset: first.offset, length: end - first.offset, text };
	}

	/** The edit under way together with the change; undefined where that is an edit of its own. */
	private joined(change: TextChange, removed: string): Pending | undefined {
		const { pending } = this;
		if (pending === undefined || (isWholeLines(pending.removed) && isWholeLines(removed))) {
			return undefined;
		}
		const end = pending.offset + pending.inserted.length;
		const changeEnd = change.offset + change.length;
		const start = Math.min(pending.offset, change.offset);
		// What lies between the two was the same before and is the same after.
		const left = this.current.slice(changeEnd, Math.max(changeEnd, pending.offset));
		const right = this.current.slice(end, Math.max(end, change.offset));
		const gap = left + right;
		const isOneName = gap.length <= GAP && /^[\w$]*$/.test(gap);
		const isOneBracket = gap.length <= SPAN && !gap.includes('\n') && isOpen(pending);
		if (!isOneName && !isOneBracket) {
			return undefined;
		}
		const now = this.current.slice(start, Math.max(end, changeEnd));
		const before = now.slice(0, pending.offset - start) + pending.removed + now.slice(end - start);
		const at = change.offset - start;
		const after = now.slice(0, at) + change.text + now.slice(at + change.length);
		return before.length > LONGEST || after.length > LONGEST
			? undefined
			: { offset: start, removed: before, inserted: after };
	}

	private settle(): void {
		this.settled = this.edits.slice(0, REMEMBERED);
		this.pending = undefined;
	}

	/** Edits behind the change move; one that it touches is no longer what it was. */
	private shift({ offset, length, text }: TextChange): void {
		const by = text.length - length;
		this.settled = this.settled
			.filter((edit) => isApart(edit, offset, length))
			.map((edit) => (edit.offset >= offset + length ? { ...edit, offset: edit.offset + by } : edit));
	}

	private described({ offset, removed, inserted }: Pending): Edit {
		const rotated = this.ownLines(offset, removed, inserted);
		const text = this.current;
		const end = rotated.offset + rotated.inserted.length;
		const lineStart = startOfLine(text, rotated.offset);
		// What stands above is context for what begins a line.
		const isFirst = text.slice(lineStart, rotated.offset).trim() === '';
		const start = isFirst && lineStart > 0 ? startOfLine(text, lineStart - 1) : lineStart;
		const lineEnd = text.indexOf('\n', end);
		const head = text.slice(start, rotated.offset);
		const tail = text.slice(end, lineEnd === -1 ? undefined : lineEnd + 1);
		return {
			...rotated,
			before: head + rotated.removed + tail,
			after: head + rotated.inserted + tail,
			at: rotated.offset - start,
		};
	}

	/** A line that came or went together with the line end before it: the same with its own line end. */
	private ownLines(offset: number, removed: string, inserted: string): Pending {
		const text = removed + inserted;
		const lineEnd = /^\r?\n/.exec(text)?.[0];
		const end = offset + inserted.length;
		const isOneSided = removed === '' || inserted === '';
		if (
			lineEnd === undefined ||
			!isOneSided ||
			text.length === lineEnd.length ||
			!this.current.startsWith(lineEnd, end)
		) {
			return { offset, removed, inserted };
		}
		const turned = (side: string) => (side === '' ? '' : side.slice(lineEnd.length) + lineEnd);
		return { offset: offset + lineEnd.length, removed: turned(removed), inserted: turned(inserted) };
	}
}

/** The end of one edit is where the next begins, as with two names on one line that has nothing between them. */
function isApart(edit: Edit, offset: number, length: number): boolean {
	return offset + length <= edit.offset || offset >= edit.offset + edit.inserted.length;
}

/** Whether the edit left a bracket or a quote without its other end: it will come, behind what is put into it. */
function isOpen({ removed, inserted }: Pending): boolean {
	const balance = (text: string) =>
		(text.match(/[([{]/g)?.length ?? 0) - (text.match(/[)\]}]/g)?.length ?? 0);
	const quotes = (text: string) => (text.match(/["'`]/g)?.length ?? 0) % 2;
	return balance(removed) !== balance(inserted) || quotes(removed) !== quotes(inserted);
}

function isWholeLines(text: string): boolean {
	return /^[^\n]*\S[^\n]*\n$/.test(text);
}

function lineEnds(text: string): number {
	return text.split('\n').length - 1;
}

/** From the end of the document to its start, so that none moves the next. */
function descending(changes: readonly TextChange[]): readonly TextChange[] {
	return [...changes].sort((one, other) => other.offset - one.offset);
}
