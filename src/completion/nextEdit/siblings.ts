/** The lines near an edit that were like its own before it was made: where the same may have to be done, too. */

import type { Pace } from '../pace';
import { align, LONGEST_ROW, type Segment } from './align';
import { KEYWORD } from './learn';
import type { Lexicon } from './lexicon';
import type { Edit } from './log';
import { type Page, tokenAt } from './page';
import { partsOf } from './parts';
import { isSeen, ownLines, type Pattern } from './pattern';
import { type Token, tokensOf } from './tokens';

/** Lines above and below the edit that are looked at, and those of them that are asked about. */
const REACH = 60;
const MOST = 3;
/** Share of its tokens that a line has in common with the edited one, from which on it is like it. */
const ALIKE = 0.7;

export interface Sibling {
	/** In the page's text: from the start of its first line to the end of its last. */
	readonly start: number;
	readonly end: number;
	/** With `\n` as line end. */
	readonly text: string;
	/** Of the text, without comments. */
	readonly tokens: readonly Token[];
	/** The lines of the edit as they were, beside it. */
	readonly segments: readonly Segment[];
}

interface Line {
	readonly start: number;
	/** A carriage return is no part of it. */
	readonly end: number;
}

/**
 * At most three, the nearest first. Rejects with an AbortError when cancelled.
 *
 * @param edits the places where one was made are none.
 */
export async function siblingsOf(
	pattern: Pattern,
	edits: readonly Edit[],
	page: Page,
	lexicon: Lexicon,
	pace: Pace,
	signal: AbortSignal,
): Promise<readonly Sibling[]> {
	const count = pattern.before.length;
	const found: { readonly sibling: Sibling; readonly distance: number }[] = [];
	const edited = edits.map((edit) => {
		const { skipped, length } = ownLines(edit);
		const start = edit.offset - edit.at + skipped - page.offset;
		return { start, end: start + length };
	});
	const isEdited = (start: number, end: number) =>
		edited.some((lines) => start <= lines.end && end >= lines.start);
	for (const isBelow of [true, false]) {
		const lines = linesFrom(page.text, pattern, isBelow);
		// Nothing but lines like them lies between the two.
		let isRun = true;
		for (let first = 0; first + count <= lines.length; first++) {
			const span = lines.slice(first, first + count);
			const start = Math.min(...span.map((line) => line.start));
			const end = Math.max(...span.map((line) => line.end));
			const look = lookAt(start, end, pattern, page, lexicon);
			const { sibling } = look;
			const belongs = sibling !== undefined && (isRun || hasNameInCommon(sibling.segments));
			if (belongs && !isEdited(start, end)) {
				found.push({ sibling, distance: first });
			}
			isRun &&= look.isAlike || first % count > 0;
			await pace.rest(signal);
		}
	}
	// The sort is stable: of two as near as each other, the one below comes first.
	found.sort((one, other) => one.distance - other.distance);
	const apart: Sibling[] = [];
	for (const { sibling } of found) {
		if (apart.every(({ start, end }) => sibling.end < start || sibling.start > end)) {
			apart.push(sibling);
		}
	}
	return apart.slice(0, MOST);
}

export interface Counterpart {
	readonly count: number;
	/** Otherwise it is in the middle of something that the two lines have not in common. */
	readonly isExact: boolean;
}

/** How many tokens of a sibling correspond to the first ones of the edited lines. */
export function counterpart(segments: readonly Segment[], first: number): Counterpart {
	let left = first;
	let count = 0;
	for (const segment of segments) {
		const [one, other] = segment.type === 'token' ? [1, 1] : [segment.one.length, segment.other.length];
		if (one > left || left === 0) {
			return { count, isExact: left === 0 };
		}
		left -= one;
		count += other;
	}
	return { count, isExact: true };
}

/** The lines below, or above, the edited ones, the nearest first. */
function linesFrom(text: string, pattern: Pattern, isBelow: boolean): readonly Line[] {
	const lines: Line[] = [];
	let at = isBelow ? text.indexOf('\n', pattern.end) + 1 : pattern.start;
	while (lines.length < REACH && at > 0 && at < text.length) {
		const start = isBelow ? at : at < 2 ? 0 : text.lastIndexOf('\n', at - 2) + 1;
		const next = text.indexOf('\n', start);
		const end = next === -1 ? text.length : next;
		lines.push({ start, end: text[end - 1] === '\r' && end > start ? end - 1 : end });
		at = isBelow ? (next === -1 ? 0 : next + 1) : start;
	}
	return lines;
}

/** Whether lines are like those of the edit, as they were or as they are; a sibling where they are as those were. */
function lookAt(
	start: number,
	end: number,
	pattern: Pattern,
	page: Page,
	lexicon: Lexicon,
): { readonly isAlike: boolean; readonly sibling?: Sibling } {
	const tokens = seenIn(page, start, end);
	const isCode = !page.states.has(start) && tokens.some(({ zone }) => zone === 'code');
	if (!isCode || tokens.length > LONGEST_ROW) {
		return { isAlike: false };
	}
	const segments = align(pattern.was, tokens);
	const likeness = likenessOf(segments);
	const now = likenessNow(tokens, start, end, pattern, page);
	const text = page.text.slice(start, end).replaceAll('\r', '');
	return likeness >= ALIKE && likeness > now
		? {
				isAlike: true,
				sibling: { start, end, text, tokens: tokensOf(text, lexicon).filter(isSeen), segments },
			}
		: { isAlike: Math.max(likeness, now) >= ALIKE };
}

/** How like they are to the lines as these are now: as they stand, or with as many below as the edit brought. */
function likenessNow(
	tokens: readonly Token[],
	start: number,
	end: number,
	{ before, after, is }: Pattern,
	page: Page,
): number {
	let last = end;
	for (let line = before.length; line < after.length && last !== -1; line++) {
		last = page.text.indexOf('\n', last + 1);
	}
	const whole = last === end || last === -1 ? tokens : seenIn(page, start, last);
	return Math.max(...[tokens, whole].map((row) => likenessOf(align(is, row.slice(0, LONGEST_ROW)))));
}

function seenIn({ tokens }: Page, start: number, end: number): readonly Token[] {
	return tokens.slice(tokenAt(tokens, start), tokenAt(tokens, end)).filter(isSeen);
}

/** Share that both have, 0 to 1; what is only of one kind, one by one, counts half. */
function likenessOf(segments: readonly Segment[]): number {
	let common = 0;
	let all = 0;
	for (const segment of segments) {
		if (segment.type === 'token') {
			common += 2;
			all += 2;
			continue;
		}
		const [one, other] = [partsOf(segment.one), partsOf(segment.other)];
		all += one.length + other.length;
		const isOfOneKind =
			one.length === other.length && one.every(({ kind }, index) => kind === other[index]?.kind);
		common += isOfOneKind ? one.length : 0;
	}
	return all === 0 ? 0 : common / all;
}

/** Half of all lines begin with a keyword; but the branches of a switch belong together wherever they begin. */
function hasNameInCommon(segments: readonly Segment[]): boolean {
	return segments.some(
		(segment) =>
			segment.type === 'token' &&
			segment.one.kind === 'word' &&
			(segment.one.text === 'case' || !KEYWORD.test(segment.one.text)),
	);
}
