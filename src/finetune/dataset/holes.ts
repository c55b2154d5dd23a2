/** Draws the places of a text where the model shall learn to write, as they come up while somebody codes. */

import type { Random } from '../training/random';
import { blocksBelow, type Span } from './blocks';
import { type Lines, linesOf } from './lines';

/**
 * `rest`: of a line; `block`; `lines`: several; `hunk`: what a commit added; `characters`: a random span; `plain`: no
 * hole, a piece of the text.
 */
export type HoleKind = 'rest' | 'block' | 'lines' | 'hunk' | 'characters' | 'plain';

/** The middle is `text.slice(start, end)`. */
export interface Hole extends Span {
	readonly kind: HoleKind;
	/** Whether somebody would stop there: the model learns to end. */
	readonly ends: boolean;
}

export interface HoleOptions {
	/** Characters of text for each hole: what a sample shows of the file, so that all of it is seen. */
	readonly spacing: number;
	/** Characters of a middle, at most. */
	readonly longestMiddle: number;
	/** Characters of a plain piece; 0 = none are drawn. */
	readonly longestPlain: number;
	/** The blocks of the text, as its syntax has them. Default: those by indentation. */
	readonly blocks?: readonly Span[] | undefined;
	/** What commits added, as it stands in the text. Default: nothing. */
	readonly hunks?: readonly Span[] | undefined;
	/** Default: those of the recipe. */
	readonly shares?: HoleShares;
}

/**
 * How often each kind is drawn, beside the others; `plain`: of all, 0 to 1. Where a text has no place of a kind, the
 * rest of a line stands in; where no commit added something, the others share what `hunk` has.
 */
export type HoleShares = Readonly<Record<HoleKind, number>>;

export const DEFAULT_SHARES: HoleShares = {
	rest: 40,
	block: 30,
	lines: 15,
	characters: 10,
	hunk: 5,
	plain: 0.1,
};
const KINDS = ['rest', 'block', 'lines', 'characters', 'hunk'] as const satisfies readonly HoleKind[];
type DrawnKind = (typeof KINDS)[number];
const MOST_LINES = 32;
/** Draws before a place of a kind is given up. */
const TRIES = 8;

/** Part of a text from which one hole is drawn. Line numbers; `to` is not part of it. */
interface Stretch {
	readonly from: number;
	readonly to: number;
}

/** One hole for each stretch of the text, in their order. A stretch without anything to write has none. */
export function drawHoles(text: string, options: HoleOptions, random: Random): readonly Hole[] {
	const lines = linesOf(text);
	const count = holeCount(text.length, options.spacing);
	const holes: Hole[] = [];
	for (let index = 0; index < count; index++) {
		const from = lines.at(Math.floor((index * text.length) / count));
		const to = lines.at(Math.floor(((index + 1) * text.length) / count));
		const hole = drawHole(lines, { from, to: Math.max(from + 1, to) }, options, random);
		if (hole !== undefined) {
			holes.push(hole);
		}
	}
	return holes;
}

/** How many holes are drawn from a text of so many characters. */
export function holeCount(characters: number, spacing: number): number {
	return Math.max(1, Math.round(characters / spacing));
}

function drawHole(lines: Lines, stretch: Stretch, options: HoleOptions, random: Random): Hole | undefined {
	const { shares = DEFAULT_SHARES } = options;
	if (options.longestPlain > 0 && random.next() < shares.plain) {
		return drawPlain(lines, stretch, options.longestPlain);
	}
	const kinds = KINDS.filter((kind) => kind !== 'hunk' || hunksIn(lines, stretch, options).length > 0);
	for (const kind of [drawKind(kinds, shares, random), 'rest'] as const) {
		for (let attempt = 0; attempt < TRIES; attempt++) {
			const hole = DRAWS[kind](lines, stretch, options, random);
			if (hole !== undefined && hole.end - hole.start <= options.longestMiddle) {
				return hole;
			}
		}
	}
	return undefined;
}

function drawKind(kinds: readonly DrawnKind[], shares: HoleShares, random: Random): DrawnKind {
	let left = random.next() * kinds.reduce((sum, kind) => sum + shares[kind], 0);
	for (const kind of kinds) {
		left -= shares[kind];
		if (left < 0) {
			return kind;
		}
	}
	return 'rest';
}

type Draw = (lines: Lines, stretch: Stretch, options: HoleOptions, random: Random) => Hole | undefined;

/** From the line's first character, or from where a word begins, to its end. */
const drawRest: Draw = (lines, stretch, _options, random) => {
	const line = between(stretch.from, stretch.to, random);
	const places = wordStarts(lines, line).filter(
		(place) => lines.text.slice(place, lines.end(line)).trim().length > 1,
	);
	const start = pick(places, random);
	return start === undefined ? undefined : { kind: 'rest', start, end: lines.end(line), ends: true };
};

const drawBlock: Draw = (lines, stretch, { blocks, longestMiddle }, random) => {
	const ways =
		blocks === undefined
			? blocksBelow(lines, between(stretch.from, stretch.to, random), longestMiddle)
			: within(lines, stretch, blocks, longestMiddle);
	const span = pick(ways, random);
	return span === undefined ? undefined : { ...span, kind: 'block', ends: true };
};

const drawHunk: Draw = (lines, stretch, options, random) => {
	const span = pick(hunksIn(lines, stretch, options), random);
	return span === undefined ? undefined : { ...span, kind: 'hunk', ends: true };
};

function hunksIn(lines: Lines, stretch: Stretch, { hunks = [], longestMiddle }: HoleOptions) {
	return within(lines, stretch, hunks, longestMiddle);
}

/** Those of at most `most` characters that begin in the stretch. */
function within(lines: Lines, { from, to }: Stretch, spans: readonly Span[], most: number): readonly Span[] {
	const [first, last] = [lines.start(from), lines.end(to - 1)];
	return spans.filter(({ start, end }) => start >= first && start <= last && end - start <= most);
}

/** From within a line to the end of one below; short ones are more frequent. */
const drawLines: Draw = (lines, stretch, { longestMiddle: most }, random) => {
	const line = between(stretch.from, stretch.to, random);
	const start = random.next() < 0.5 ? pick(wordStarts(lines, line), random) : lines.content(line);
	let last = Math.min(lines.count - 1, line + 1 + Math.floor(random.next() ** 2 * (MOST_LINES - 1)));
	while (start !== undefined && last > line && (lines.isBlank(last) || lines.end(last) - start > most)) {
		last--;
	}
	return start === undefined || last === line || lines.isBlank(line)
		? undefined
		: { kind: 'lines', start, end: lines.end(last), ends: false };
};

/** Anywhere, so that a cursor within a word is nothing new. */
const drawCharacters: Draw = (lines, stretch, { longestMiddle: most }, random) => {
	const { text } = lines;
	const start = outsidePair(text, between(lines.start(stretch.from), lines.end(stretch.to - 1), random));
	const length = 1 + Math.floor(random.next() ** 2 * most);
	const end = outsidePair(text, Math.min(text.length, start + length));
	return text.slice(start, end).trim() === '' ? undefined : { kind: 'characters', start, end, ends: false };
};

const DRAWS: Readonly<Record<DrawnKind, Draw>> = {
	rest: drawRest,
	block: drawBlock,
	hunk: drawHunk,
	lines: drawLines,
	characters: drawCharacters,
};

/** From the start of a line on, as it stands. */
function drawPlain(lines: Lines, stretch: Stretch, most: number): Hole | undefined {
	const start = lines.start(stretch.from);
	const end = outsidePair(lines.text, Math.min(lines.text.length, start + most));
	return lines.text.slice(start, end).trim() === '' ? undefined : { kind: 'plain', start, end, ends: false };
}

/** Where the line's content begins, and each word in it. */
export function wordStarts(lines: Lines, line: number): number[] {
	const content = lines.content(line);
	const rest = lines.text.slice(content, lines.end(line));
	const starts = [...rest.matchAll(/(?<!\w)\w|(?<=\w\s*)[^\w\s]/g)].map((match) => content + match.index);
	return starts.length > 0 && starts[0] !== content ? [content, ...starts] : starts;
}

/** A whole number from `from`, below `to`. */
function between(from: number, to: number, random: Random): number {
	return from + Math.floor(random.next() * Math.max(1, to - from));
}

function pick<T>(items: readonly T[], random: Random): T | undefined {
	return items[between(0, items.length, random)];
}

/** The index, or the one before it where it would cut a surrogate pair. */
function outsidePair(text: string, index: number): number {
	const isInside =
		/[\ud800-\udbff]/.test(text.charAt(index - 1)) && /[\udc00-\udfff]/.test(text.charAt(index));
	return isInside ? index - 1 : index;
}
