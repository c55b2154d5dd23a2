/** Goes on behind the shown text: the line below it, which somebody who accepts the text is likely to ask for next. */

import type { Cleaning } from './clean';
import { clean } from './clean';
import { afterInsertion, type Cursor } from './cursor';
import { shapeAt } from './shape';
import { earliestStop, stopRules } from './stops';

/** Pieces of text, a token each, that the model may write for it. */
const MOST_PIECES = 48;

interface Further {
	/** Where somebody stands who has accepted the text and pressed Enter, if the editor indents as the model does. */
	readonly cursor: Cursor;
	readonly cleaned: Cleaning;
	/** Indices of its text in what the model wrote. */
	readonly start: number;
	readonly end: number;
}

/**
 * @param texts all that the model wrote, growing; the first one may end anywhere behind `shown`, with which all begin.
 * @returns undefined where the next line is blank, or nothing comes.
 */
export async function streak(
	texts: AsyncIterable<string>,
	cursor: Cursor,
	shown: string,
): Promise<Further | undefined> {
	let pieces = 0;
	let place: Place | undefined;
	let last = '';
	for await (const text of texts) {
		place ??= placeBehind(text, cursor, shown);
		pieces++;
		if (place !== undefined) {
			last = text.slice(place.start);
			const stop = earliestStop(last, false, place.rules);
			if (stop !== undefined || pieces >= MOST_PIECES) {
				return further(place, last.slice(0, stop?.end), stop === undefined);
			}
		} else if (pieces >= MOST_PIECES || isElsewhere(text.slice(shown.length))) {
			return undefined;
		}
	}
	return place === undefined ? undefined : further(place, last, false);
}

interface Place {
	readonly cursor: Cursor;
	readonly start: number;
	readonly rules: ReturnType<typeof stopRules>;
}

/** The next line's indentation is the editor's to write: what counts begins behind it. */
function placeBehind(text: string, cursor: Cursor, shown: string): Place | undefined {
	const lead = /^[ \t]*(\n[ \t]*)(?=\S)/.exec(text.slice(shown.length));
	if (lead === null) {
		return undefined;
	}
	const next = afterInsertion(cursor, shown + (lead[1] ?? ''), 0);
	return { cursor: next, start: shown.length + lead[0].length, rules: stopRules(next, shapeAt(next)) };
}

/** It goes on in the same line, or leaves one blank. */
function isElsewhere(behind: string): boolean {
	return /^[ \t]*[^\s]|\n[ \t]*\n/.test(behind);
}

function further({ cursor, start }: Place, text: string, isCut: boolean): Further {
	return { cursor, cleaned: clean(text, cursor, shapeAt(cursor), isCut), start, end: start + text.length };
}
