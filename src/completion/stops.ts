/** The filters that end a generation early: pure rules over the text so far, and the generator that obeys them. */

import { blockEnd } from './block';
import { type Cursor, lineBefore } from './cursor';
import { firstForbidden } from './invisible';
import { repeatedLineEnd, repetitionEnd } from './repetition';
import type { Shape } from './shape';
import { suffixReached } from './suffix';

/**
 * Says where the text must end, or undefined while it may go on. `isComplete`: no more will come. A rule may cut
 * behind what was there before (a repetition is known only once it has happened).
 */
export type StopRule = (text: string, isComplete: boolean) => number | undefined;

/**
 * Special tokens that a model wrote out as text. Those that code may hold as well, such as `<filename>`, are not
 * among them: models that have them are stopped by the token itself.
 */
const MARKERS = /<\|[a-z][\w▁ ]*\|>|<｜[^｜>]{1,40}｜>|<fim_(?:prefix|suffix|middle|pad)>/;

export function markerStart(text: string): number | undefined {
	const match = MARKERS.exec(text);
	return match === null ? undefined : match.index;
}

/** The fence of a model that believes it chats: first of all, on a line of its own. Others may belong to the code. */
export function openingFence(text: string, cursor: Cursor): number | undefined {
	const fence = lineBefore(cursor).trim() === '' ? /^\s*```/ : /^[ \t]*\n\s*```/;
	return fence.test(text) ? 0 : undefined;
}

export function lineEnd(text: string): number | undefined {
	const index = text.indexOf('\n');
	return index === -1 ? undefined : index;
}

/** The rules for a cursor, in no order: the earliest end wins. */
export function stopRules(cursor: Cursor, shape: Shape): readonly StopRule[] {
	return [
		firstForbidden,
		...(cursor.languageId === 'markdown' ? [] : [markerStart, (text: string) => openingFence(text, cursor)]),
		shape.type === 'line' ? lineEnd : (text, isComplete) => blockEnd(text, isComplete, shape),
		(text, isComplete) => suffixReached(text, isComplete, cursor),
		repetitionEnd,
		repeatedLineEnd,
	];
}

/** The earliest end that any rule demands. */
export function earliestStop(
	text: string,
	isComplete: boolean,
	rules: readonly StopRule[],
): number | undefined {
	let earliest: number | undefined;
	for (const rule of rules) {
		const end = rule(text, isComplete);
		if (end !== undefined && (earliest === undefined || end < earliest)) {
			earliest = end;
		}
	}
	return earliest;
}

/** Pieces of text → the whole text so far, with `\n` as line end. */
export async function* accumulated(pieces: AsyncIterable<string>): AsyncGenerator<string, void, undefined> {
	let text = '';
	for await (const piece of pieces) {
		text += piece;
		yield text.replaceAll('\r\n', '\n');
	}
}

/**
 * Passes texts that grow on until a rule ends them; the last one yielded is final. Leaving the loop here ends the
 * source, and with it the work of the model.
 */
export async function* stopped(
	texts: AsyncIterable<string>,
	rules: readonly StopRule[],
): AsyncGenerator<string, void, undefined> {
	let last = '';
	for await (const text of texts) {
		const end = earliestStop(text, false, rules);
		if (end !== undefined) {
			yield text.slice(0, end);
			return;
		}
		last = text;
		yield text;
	}
	const end = earliestStop(last, true, rules);
	if (end !== undefined) {
		yield last.slice(0, end);
	}
}
