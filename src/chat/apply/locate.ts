/** Finds the lines of a file that a code block of an answer is a new version of, or says why that is not certain. */

import { indentation } from '../../inference/indentation';
import type { LineRange } from '../blocks';

/** `elided`: the code leaves parts out. `unknown`: nothing in the file is like it. `ambiguous`: several places are. */
export type Located =
	| { readonly type: 'found'; readonly range: LineRange }
	| { readonly type: 'elided' | 'unknown' | 'ambiguous' | 'too-large' };

/** Nothing but dots, or a comment with dots or such words, where the model spared itself lines. */
const ELISION =
	/^(?:\.{3}|…)$|^(?:\/\/|\/\*|#|--|<!--|;|%|\{\s*\/\*)\s*(?:\.{3}|…|(?:existing|rest of|other|remaining|same as|unchanged)\b.*\b(?:code|lines|methods?|functions?|file|class|before|above)\b)/i;

/** What a line is worth that stands in both, that stands in both and holds no word, and that would be deleted. */
const SAME = 2;
const SAME_MARK = 0.5;
const DELETED = -0.5;
/** Share of the code's lines that must stand in the place. */
const LEAST_SHARE = 0.4;
/** A place that is as good as this share of the best one is another place that may be meant. */
const AS_GOOD = 0.8;
/** Lines that may begin a place, and lines of a place for each line of the code. */
const MOST_STARTS = 200;
const LONGER = 4;
/** Lines of a place, however short the code is. */
const LEAST_LENGTH = 40;
/** Pairs of lines that are compared: a tenth of a second. */
const MOST_PAIRS = 4_000_000;

/** A line of text, and where it stands. */
interface Line {
	readonly text: string;
	readonly index: number;
	readonly depth: number;
}

/** A part of the file, by its place among the lines of text. */
interface Place {
	readonly start: number;
	readonly end: number;
	readonly score: number;
	/** Lines of the code that stand in it. */
	readonly matched: number;
}

/**
 * The lines that the code replaces begin with the head of its first line and end with its last: what lies between would be deleted
 * otherwise without anybody having said so. A comment in front of the code may be new: then its place is that of what follows it,
 * with the comment for readers of the documentation that stands there now.
 */
export function locate(lines: readonly string[], code: readonly string[]): Located {
	const whole = locateFrom(lines, code);
	const head = codeFrom(code);
	if (whole.type !== 'unknown' || head <= 0) {
		return whole;
	}
	const located = locateFrom(lines, code.slice(head));
	if (located.type !== 'found') {
		return located;
	}
	const { start, end } = located.range;
	const isDocumented = code.slice(0, head).some((line) => DOCUMENTS.test(line.trim()));
	return { type: 'found', range: { start: isDocumented ? documentedFrom(lines, start) : start, end } };
}

/** Whether the code leaves parts out. A line that stands in the old lines says what it says there. */
export function isElided(lines: readonly string[], code: readonly string[]): boolean {
	const marks = code.map((line) => line.trim()).filter((line) => ELISION.test(line));
	return marks.some((mark) => !lines.some((line) => line.trim() === mark));
}

/** Comments that documentation is made from. */
const DOCUMENTS = /^(?:\/\*\*|\/\/\/)/;

/** Index of the first line that is neither blank nor in a comment of `//` or of `/*`; -1 where there is none. */
function codeFrom(lines: readonly string[]): number {
	let isOpen = false;
	return lines.findIndex((line) => {
		const text = line.trim();
		const begins = isOpen || text.startsWith('/*');
		const end = begins ? text.indexOf('*/') : -1;
		isOpen = begins && end === -1;
		return begins ? end !== -1 && text.slice(end + 2) !== '' : text !== '' && !text.startsWith('//');
	});
}

/** First line of the documentation that stands right above a line; the line itself where there is none. */
function documentedFrom(lines: readonly string[], line: number): number {
	const textAt = (at: number) => lines[at]?.trim() ?? '';
	let start = line;
	while (textAt(start - 1).startsWith('///')) {
		start--;
	}
	if (start < line || !textAt(line - 1).endsWith('*/')) {
		return start;
	}
	const opener = lines.slice(0, line).findLastIndex((above) => above.includes('/*'));
	return textAt(opener).startsWith('/**') ? opener : line;
}

function locateFrom(lines: readonly string[], code: readonly string[]): Located {
	const wanted = code.flatMap((line) => (line.trim() === '' ? [] : [line.trim()]));
	const given = lines.flatMap((line, index): Line[] =>
		line.trim() === '' ? [] : [{ text: line.trim(), index, depth: indentation(line) }],
	);
	if (isElided(lines, code)) {
		return { type: 'elided' };
	}
	const starts = given.flatMap(({ text }, at) => (isSameHead(text, wanted[0] ?? '') ? [at] : []));
	const length = Math.max(LEAST_LENGTH, LONGER * wanted.length);
	if (starts.length > MOST_STARTS) {
		return { type: 'ambiguous' };
	}
	if (starts.length * length * wanted.length > MOST_PAIRS) {
		return { type: 'too-large' };
	}
	const places = starts
		.flatMap((start) => placeFrom(start, given, wanted, length) ?? [])
		.sort((one, other) => other.score - one.score);
	const [best] = places;
	if (best === undefined) {
		return { type: 'unknown' };
	}
	const isApart = (other: Place) => other.end < best.start || other.start > best.end;
	if (places.some((other) => isApart(other) && other.score >= best.score * AS_GOOD)) {
		return { type: 'ambiguous' };
	}
	const [first, last] = [given[best.start], given[best.end]];
	return { type: 'found', range: { start: first?.index ?? 0, end: last?.index ?? 0 } };
}

/** Whether two lines begin the same thing: equal, or the heads of a function whose parameters or types are new. */
function isSameHead(one: string, other: string): boolean {
	const [name, otherName] = [one, other].map(
		(line) => /^(?!(?:if|for|while|switch|catch|with)\b)[^(]*\w(?=\()/.exec(line)?.[0],
	);
	return (
		one === other || (name !== undefined && name === otherName && /[{:]$/.test(one) && /[{:]$/.test(other))
	);
}

/** The best place that begins there; undefined where none is like the code. */
function placeFrom(
	start: number,
	given: readonly Line[],
	wanted: readonly string[],
	length: number,
): Place | undefined {
	type Cell = { readonly score: number; readonly matched: number };
	// What of the code is not in the place is written anew, which takes nothing away.
	let above: readonly Cell[] = Array.from({ length: wanted.length + 1 }, () => ({ score: 0, matched: 0 }));
	let best: Place | undefined;
	const net = bracketsOf(wanted);
	let open = 0;
	for (let at = start; at < Math.min(given.length, start + length); at++) {
		const { text = '' } = given[at] ?? {};
		open += bracketsOf([text]);
		const worth = /\w/.test(text) ? SAME : SAME_MARK;
		const row: Cell[] = [{ score: (above[0]?.score ?? 0) + DELETED, matched: 0 }];
		for (const [column, want] of wanted.entries()) {
			const [left, up, diagonal] = [row[column], above[column + 1], above[column]];
			let cell: Cell = { score: (up?.score ?? 0) + DELETED, matched: up?.matched ?? 0 };
			if (left !== undefined && left.score > cell.score) {
				cell = left;
			}
			if (text === want && diagonal !== undefined && diagonal.score + worth > cell.score) {
				cell = { score: diagonal.score + worth, matched: diagonal.matched + 1 };
			}
			row.push(cell);
		}
		above = row;
		const whole = row[wanted.length];
		const isEnd = text === wanted.at(-1) && open === net && isOutside(given[at + 1], given[start]);
		const isLike = whole !== undefined && whole.matched >= wanted.length * LEAST_SHARE && whole.score > 0;
		if (isEnd && isLike && whole.score > (best?.score ?? 0)) {
			best = { start, end: at, ...whole };
		}
	}
	return best;
}

/** Brackets that the lines open and do not close. Those in texts count too: they stand in both or in neither, mostly. */
function bracketsOf(lines: readonly string[]): number {
	return lines.reduce(
		(sum, line) => sum + (line.match(/[([{]/g)?.length ?? 0) - (line.match(/[)\]}]/g)?.length ?? 0),
		0,
	);
}

/** Whether a line does not belong to the block that another one begins. */
function isOutside(line: Line | undefined, head: Line | undefined): boolean {
	return line === undefined || head === undefined || line.depth <= head.depth;
}

/** Columns of white space, a tab being as good as four. */
