/** Fits a text into the rest of its line so that the editor sees an insertion only. */

// VS Code does not show a suggestion that would delete something, or whose range leaves the line
// (computeGhostText.ts).

import { openQuote, readBrackets } from './brackets';

export interface Fitted {
	/** What replaces the covered characters. */
	readonly text: string;
	/** UTF-16 units of the rest of the line that `text` contains again, in order. */
	readonly covers: number;
}

function insertion(text: string): Fitted {
	return { text, covers: 0 };
}

function isSubsequence(part: string, whole: string): boolean {
	let found = 0;
	for (const character of whole) {
		if (found < part.length && part.startsWith(character, found)) {
			found += character.length;
		}
	}
	return found === part.length;
}

/** How many characters at the end of the text are the start of the rest. */
function overlap(text: string, rest: string): number {
	for (let length = Math.min(text.length, rest.length); length > 0; length--) {
		if (text.endsWith(rest.slice(0, length))) {
			return length;
		}
	}
	return 0;
}

/** Brackets and quotes to the right, as editors close them: the text's own closers tell what belongs to whom. */
function fitClosers(text: string, typed: string, rest: string): Fitted {
	const start = readBrackets(text, openQuote(typed)).firstUnmatched;
	if (start === undefined) {
		// All brackets of the text are its own. A comma or semicolon that is there already is not repeated.
		const isPunctuation = /^[;,:]/.test(rest);
		return insertion(isPunctuation && text.endsWith(rest) ? text.slice(0, -rest.length) : text);
	}
	const tail = text.slice(start);
	if (tail === rest) {
		return insertion(text.slice(0, start));
	}
	// `a, b) {` before `)`: the line's own bracket stays, text goes before and behind it.
	return isSubsequence(rest, tail) ? { text, covers: rest.length } : insertion(text.slice(0, start));
}

/** `typed`: the line before the cursor; `lineAfter`: the line after it. */
export function fitInto(text: string, typed: string, lineAfter: string): Fitted {
	const rest = lineAfter.trimEnd();
	if (rest === '') {
		return insertion(text);
	}
	// Next to a rest only one line can be inserted.
	const [first = ''] = text.split('\n', 1);
	if (/^[\s)\]}>"'`;,:{]*$/.test(rest)) {
		return fitClosers(first, typed, rest);
	}
	const common = overlap(first, rest);
	// One common character is chance.
	return insertion(common > 1 || common === rest.length ? first.slice(0, first.length - common) : first);
}
