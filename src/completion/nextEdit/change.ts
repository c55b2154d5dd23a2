/** An edit as tokens: what was there, what is there now, and what stands on both sides of it. */

import type { Lexicon } from './lexicon';
import type { Edit } from './log';
import { isSameToken, type ReaderState, type Token, tokensOf } from './tokens';

export interface Change {
	/** Zone in which the edit was made. */
	readonly zone: Token['zone'];
	/** Tokens of the lines before and after; those from `from` on, up to the two ends, were exchanged. */
	readonly before: readonly Token[];
	readonly after: readonly Token[];
	readonly from: number;
	readonly beforeEnd: number;
	readonly afterEnd: number;
	readonly edit: Edit;
}

/** @returns undefined where only blanks changed. `state`: how the lines start. */
export function changeOf(edit: Edit, lexicon: Lexicon, state?: ReaderState): Change | undefined {
	const whole = {
		before: tokensOf(edit.before, lexicon, state),
		after: tokensOf(edit.after, lexicon, state),
	};
	const zone = zoneOf(whole.before, whole.after, edit);
	// A comment beside the code is no context for it.
	const isSeen = (token: Token) => zone === 'comment' || token.zone !== 'comment';
	const before = whole.before.filter(isSeen);
	const after = whole.after.filter(isSeen);
	const shortest = Math.min(before.length, after.length);
	let from = 0;
	while (
		from < shortest &&
		isSameToken(before[from], after[from]) &&
		endOf(before[from]) <= edit.at &&
		endOf(after[from]) <= edit.at
	) {
		from++;
	}
	const removedEnd = edit.at + edit.removed.length;
	let behind = 0;
	while (
		behind < shortest - from &&
		isSameToken(before.at(-1 - behind), after.at(-1 - behind)) &&
		startOf(before.at(-1 - behind)) >= removedEnd
	) {
		behind++;
	}
	// What was typed again as it was.
	while (isSameToken(before[from], after[from]) && from < shortest - behind) {
		from++;
	}
	while (behind < shortest - from && isSameToken(before.at(-1 - behind), after.at(-1 - behind))) {
		behind++;
	}
	const beforeEnd = before.length - behind;
	const afterEnd = after.length - behind;
	return from === beforeEnd && from === afterEnd
		? undefined
		: { zone, before, after, from, beforeEnd, afterEnd, edit };
}

/** A change of exactly one word into another. */
export function wordChange(change: Change): { readonly from: string; readonly to: string } | undefined {
	const { before, after, from, beforeEnd, afterEnd } = change;
	const [was, is] = [before[from], after[from]];
	return beforeEnd === from + 1 && afterEnd === from + 1 && was?.kind === 'word' && is?.kind === 'word'
		? { from: was.text, to: is.text }
		: undefined;
}

function zoneOf(
	before: readonly Token[],
	after: readonly Token[],
	{ at, removed, inserted }: Edit,
): Token['zone'] {
	const touched = [
		...before.filter((token) => token.end > at && token.start < at + removed.length),
		...after.filter((token) => token.end > at && token.start < at + inserted.length),
	].filter((token) => token.kind !== 'line');
	const [first] = touched;
	return first !== undefined && touched.every((token) => token.zone === first.zone) ? first.zone : 'code';
}

function endOf(token: Token | undefined): number {
	return token?.end ?? 0;
}

function startOf(token: Token | undefined): number {
	return token?.start ?? 0;
}
