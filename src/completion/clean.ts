/** Runs the rules of cleaning over a text: what may be shown, or why not, and which rules had a hand in it. */

import type { CleaningRule, Dropped, NothingReason, Place } from './cleaning/rule';
import { CLEANING_RULES, SAFETY_RULES } from './cleaning/rules';
import type { Cursor } from './cursor';
import type { AskedShape } from './shape';

/** A text worth keeping, or the reason why there is none. Independent of the rest of the line. */
export type Cleaned =
	| { readonly type: 'clean'; readonly text: string }
	| {
			readonly type: 'nothing';
			readonly reason: NothingReason;
			/** Undefined where nothing was written. */
			readonly dropped?: Dropped;
	  };

/** `changedBy`: names of the rules that changed the text, in order; of nothing, the last one dropped it. */
export type Cleaning = Cleaned & { readonly changedBy: readonly string[] };

function applied(rule: CleaningRule, text: string, place: Place): string {
	return rule.type === 'end' ? text.slice(0, rule.end(text, place, true)) : rule.apply(text, place);
}

/**
 * @param raw `\n` as line end.
 * @param isCut the token limit ended the text, so its last line may be half a line.
 * @param endedBy the rule that ended the generation, where one did: its cut counts as the first change.
 */
export function clean(
	raw: string,
	cursor: Cursor,
	shape: AskedShape,
	isCut: boolean,
	endedBy?: Pick<CleaningRule, 'name' | 'reason'>,
): Cleaning {
	const place: Place = { cursor, shape, isCut };
	const changedBy: string[] = endedBy === undefined ? [] : [endedBy.name];
	if (raw.trim() === '') {
		return endedBy === undefined
			? { type: 'nothing', reason: 'nothing-to-add', changedBy }
			: {
					type: 'nothing',
					reason: endedBy.reason,
					dropped: { rule: endedBy.name, text: undefined },
					changedBy,
				};
	}
	let text = raw;
	for (const rule of CLEANING_RULES) {
		const changed = applied(rule, text, place);
		if (changed !== text) {
			changedBy.push(rule.name);
		}
		if (changed.trim() === '') {
			return { type: 'nothing', reason: rule.reason, dropped: { rule: rule.name, text }, changedBy };
		}
		text = changed;
	}
	return { type: 'clean', text, changedBy };
}

/** Whether a text, one line or several, holds nothing that must not be inserted. */
export function isSafe(text: string, cursor: Cursor): boolean {
	const place: Place = { cursor, shape: { type: 'line' }, isCut: false };
	return SAFETY_RULES.every((rule) => applied(rule, text, place) === text);
}
