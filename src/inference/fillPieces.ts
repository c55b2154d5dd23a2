/** A place in a file → the pieces of its fill-in-the-middle prompt: one choice for completion and for training. */

import { firstBeginning, lastEnding } from './boundaries';
import { keepStart } from './clip';
import type { FillToEncode } from './model';

/**
 * Characters in a token of code, reckoned low: 2.6 to 3.8 with the vocabularies of the field. The model cuts by
 * tokens what is still too long.
 */
export const CHARACTERS_PER_TOKEN = 3;
/** Share of the budget before the cursor; the rest is for what follows, as the prompt format has it. */
const PREFIX_SHARE = 0.75;
/** Shares of the prefix, and of the suffix, which is short, that are given up at most to cut no construct in half. */
const PREFIX_PLAY = 1 / 8;
const SUFFIX_PLAY = 1 / 4;
/** Steps, in lines, in which the start of the prefix moves: each move costs a whole new prefill. */
const STEPS = [32, 16, 8, 4, 2, 1] as const;

/** Where something shall be written. */
interface FillPlace {
	readonly repository: string | undefined;
	/** Relative to the repository, with `/`. */
	readonly path: string;
	/** Text before the cursor, from the start of a line, with `\n` as line end. */
	readonly before: string;
	/** Text after the cursor with `\n` as line end. */
	readonly after: string;
	/** Number of the line with which `before` starts. */
	readonly firstLine: number;
	/**
	 * Characters of `before` that are the prefix, whole lines; what was typed since then stands behind the middle
	 * token. Default: up to the start of the cursor's line.
	 */
	readonly anchor?: number;
}

export function fillPieces(place: FillPlace, maxPromptTokens: number): Omit<FillToEncode, 'middle' | 'ends'> {
	const characters = maxPromptTokens * CHARACTERS_PER_TOKEN;
	const { anchor = place.before.lastIndexOf('\n') + 1 } = place;
	return {
		repository: place.repository === undefined ? undefined : onOneLine(place.repository),
		path: onOneLine(place.path),
		files: [],
		prefix: stableTail(place.before.slice(0, anchor), place.firstLine, Math.floor(characters * PREFIX_SHARE)),
		typed: place.before.slice(anchor),
		suffix: wholeHead(place.after, Math.floor(characters * (1 - PREFIX_SHARE))),
		maxPromptTokens,
	};
}

/**
 * The last lines of `text`, which starts with line `firstLine`, in at most `limit` characters. The start lies on a
 * multiple of the largest step that still uses half of the limit, so that it stays while lines are added below; or
 * up to an eighth of the limit further on, where a construct begins: the lines there alone decide, and stay, too.
 */
export function stableTail(text: string, firstLine: number, limit: number): string {
	if (text.length <= limit && firstLine === 0) {
		return text;
	}
	let best = '';
	for (const step of STEPS) {
		best = tailFrom(text, firstLine, limit, step);
		if (best.length * 2 >= limit) {
			return best.slice(firstBeginning(best, limit * PREFIX_PLAY));
		}
	}
	return best;
}

/** The longest tail within the limit that starts on a line whose number is a multiple of `step`. */
function tailFrom(text: string, firstLine: number, limit: number, step: number): string {
	let line = firstLine;
	let start = 0;
	while (start < text.length && (text.length - start > limit || line % step !== 0)) {
		const end = text.indexOf('\n', start);
		start = end === -1 ? text.length : end + 1;
		line++;
	}
	return text.slice(start);
}

/** The first whole lines of `text` in at most `limit` characters; part of the first line where it is longer. */
export function head(text: string, limit: number): string {
	if (text.length <= limit) {
		return text;
	}
	const end = text.lastIndexOf('\n', limit);
	return keepStart(text, end > 0 ? end : limit);
}

/** The same, or up to a quarter of the limit less, where a construct ends. */
function wholeHead(text: string, limit: number): string {
	const first = head(text, limit);
	return text.charAt(first.length) === '\n'
		? text.slice(0, lastEnding(text, first.length, limit * SUFFIX_PLAY))
		: first;
}

/** A name in a prompt's header, on one line: each control character and line separator becomes a space. */
function onOneLine(name: string): string {
	return name.replace(/[\p{Cc}\u2028\u2029]/gu, ' ');
}
