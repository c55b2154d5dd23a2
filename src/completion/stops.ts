/** Ends a generation early: the generator that obeys those rules of cleaning that can judge a growing text. */

import type { EndingRule } from './cleaning/rule';
import { ENDING_RULES } from './cleaning/rules';
import type { Cursor } from './cursor';
import type { AskedShape } from './shape';

/** A rule for one place. */
export interface StopRule extends Pick<EndingRule, 'name' | 'reason'> {
	/** Index where the text must end, or undefined while it may go on. `isComplete`: no more will come. */
	readonly end: (text: string, isComplete: boolean) => number | undefined;
}

interface Stop {
	/** Index where the text ends. */
	readonly end: number;
	readonly rule: StopRule;
}

/** The rules for a cursor, in no order: the earliest end wins. */
export function stopRules(cursor: Cursor, shape: AskedShape): readonly StopRule[] {
	const place = { cursor, shape, isCut: false };
	return ENDING_RULES.map(({ name, reason, end }) => ({
		name,
		reason,
		end: (text, isComplete) => end(text, place, isComplete),
	}));
}

/** The earliest end that any rule demands. */
export function earliestStop(
	text: string,
	isComplete: boolean,
	rules: readonly StopRule[],
): Stop | undefined {
	let earliest: Stop | undefined;
	for (const rule of rules) {
		const end = rule.end(text, isComplete);
		if (end !== undefined && (earliest === undefined || end < earliest.end)) {
			earliest = { end, rule };
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
 * source, and with it the work of the model. `onStop` hears which rule it was, before the last text.
 */
export async function* stopped(
	texts: AsyncIterable<string>,
	rules: readonly StopRule[],
	onStop?: (rule: StopRule) => void,
): AsyncGenerator<string, void, undefined> {
	let last = '';
	for await (const text of texts) {
		const stop = earliestStop(text, false, rules);
		if (stop !== undefined) {
			onStop?.(stop.rule);
			yield text.slice(0, stop.end);
			return;
		}
		last = text;
		yield text;
	}
	const stop = earliestStop(last, true, rules);
	if (stop !== undefined && stop.end < last.length) {
		onStop?.(stop.rule);
		yield last.slice(0, stop.end);
	}
}
