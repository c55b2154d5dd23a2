/** Moves edits that were made for a text into the text that has become of it, by the unchanged lines around them. */

import { diffArrays } from 'diff';
import type { LineEdit } from '../patch';

/** `changed`: somebody wrote where the edit would. `ambiguous`: it is not certain which of several like places is meant. */
type Anchored =
	| { readonly type: 'anchored'; readonly edits: readonly LineEdit[] }
	| { readonly type: 'changed' | 'ambiguous' };

/** Milliseconds for the way from one text to the other: where it is longer, little is as it was. */
const COMPARING = 500;
/** Unchanged lines on each side by which a place is told from others. */
const AROUND = 3;

/**
 * @param base the lines that the edits were made for
 * @param current the lines that they are to be made in
 */
export function anchor(
	edits: readonly LineEdit[],
	base: readonly string[],
	current: readonly string[],
): Anchored {
	const places = unchangedLines(base, current);
	const moved: LineEdit[] = [];
	for (const edit of edits) {
		const start = placeOf(edit, base.length, current.length, places);
		if (start === undefined) {
			return { type: 'changed' };
		}
		const [from, to] = [Math.max(0, edit.start - AROUND), edit.start + edit.removed + AROUND];
		const around = base.slice(from, to);
		const there = current.slice(
			Math.max(0, start - (edit.start - from)),
			start - (edit.start - from) + around.length,
		);
		const isWhole = around.length === there.length && around.every((line, index) => line === there[index]);
		// What the edit takes away or stands between, seen twice, is not told apart by its own lines.
		const seen = isWhole ? around : base.slice(Math.max(0, edit.start - 1), edit.start + edit.removed + 1);
		if (timesIn(seen, base) !== timesIn(seen, current)) {
			return { type: 'ambiguous' };
		}
		moved.push({ ...edit, start });
	}
	return { type: 'anchored', edits: moved };
}

/** Lines of `base` that are still there, and where, by the shortest way from one text to the other. */
function unchangedLines(base: readonly string[], current: readonly string[]): ReadonlyMap<number, number> {
	const places = new Map<number, number>();
	let [old, now] = [0, 0];
	for (const part of diffArrays([...base], [...current], { timeout: COMPARING }) ?? []) {
		const { length } = part.value;
		if (part.added) {
			now += length;
		} else if (part.removed) {
			old += length;
		} else {
			for (let line = 0; line < length; line++) {
				places.set(old + line, now + line);
			}
			old += length;
			now += length;
		}
	}
	return places;
}

/** Where the edit begins now; undefined where its own lines, or those next to them, are not what they were. */
function placeOf(
	{ start, removed }: LineEdit,
	oldLength: number,
	length: number,
	places: ReadonlyMap<number, number>,
): number | undefined {
	const before = start === 0 ? -1 : places.get(start - 1);
	const end = start + removed;
	const after = end === oldLength ? length : places.get(end);
	if (before === undefined || after === undefined || after - before !== removed + 1) {
		return undefined;
	}
	for (let line = start; line < end; line++) {
		if (places.get(line) !== before + 1 + line - start) {
			return undefined;
		}
	}
	return before + 1;
}

/** How often the lines stand in others, one after the other. */
function timesIn(part: readonly string[], lines: readonly string[]): number {
	let times = 0;
	for (let at = 0; at + part.length <= lines.length; at++) {
		if (part.every((line, index) => lines[at + index] === line)) {
			times++;
		}
	}
	return times;
}
