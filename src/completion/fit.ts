/** Fits a text into the rest of its line so that the editor sees an insertion only, and the line is balanced after it. */

// VS Code does not show a suggestion that would delete something, or whose range leaves the line
// (computeGhostText.ts).

import { openQuote, readBrackets, unmatchedClosers } from './brackets';

interface Fitted {
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

function withoutBlanks(text: string): string {
	return text.replace(/\s+/g, '');
}

/**
 * The text without what is the start of the rest as well, whatever blanks stand in it, and whatever comma or semicolon
 * ends it. One common character is chance, unless it is all.
 */
function withoutOverlap(text: string, rest: string): string {
	const sought = withoutBlanks(rest);
	const whole = text.trimEnd();
	for (const candidate of [whole, whole.replace(/[,;]$/, '')]) {
		for (let start = 0; start < candidate.length; start++) {
			const tail = withoutBlanks(candidate.slice(start));
			const isBlank = /\s/.test(candidate[start] ?? '');
			if (!isBlank && sought.startsWith(tail) && (tail.length > 1 || tail === sought)) {
				// The blanks in front of it are there, too.
				return /^\s/.test(rest) ? text.slice(0, start).trimEnd() : text.slice(0, start);
			}
		}
	}
	return text;
}

/** In comments quotes are apostrophes, and brackets pictures. */
const COMMENT = /^\s*(?:\/\/|\/?\*|#|--|;|%|<!--)|\s(?:\/\/|#)\s/;
/** Missing closers that are added; more were not meant for this line. */
const MOST_ADDED = 3;

/** The text with what it opened and left open; one that ends by opening something wants to go on inside. */
function closed(text: string, typed: string, rest: string): string {
	const quote = openQuote(text);
	const code = quote === undefined ? text : text.slice(0, text.lastIndexOf(quote));
	const missing = [quote ?? '', ...readBrackets(code).owed.toReversed()].join('');
	const isOpening = /[({[]\s*$/.test(text) || COMMENT.test(typed) || openQuote(typed) !== undefined;
	const isBalanced = unmatchedClosers(rest).length >= Math.max(1, readBrackets(typed).owed.length);
	return isOpening || !isBalanced || missing.length > MOST_ADDED ? text : text + missing;
}

/** Next to code: what the rest of the line closes, the text must not close before it. */
function fitCode(text: string, typed: string, rest: string): Fitted {
	const own = withoutOverlap(text, rest);
	const quote = openQuote(typed);
	const start = readBrackets(own, quote).firstUnmatched;
	if (start === undefined) {
		return insertion(closed(own, typed, rest));
	}
	const isClosedByRest =
		quote === undefined
			? unmatchedClosers(rest).length >= Math.max(1, readBrackets(typed).owed.length)
			: rest.includes(quote);
	return insertion(isClosedByRest ? own.slice(0, start) : own);
}

/** Brackets and quotes to the right, as editors close them: the text's own closers tell what belongs to whom. */
function fitClosers(text: string, typed: string, rest: string): Fitted {
	const quote = openQuote(typed);
	const whole = text.trimEnd();
	if (quote !== undefined && rest.startsWith('}') && whole.endsWith(rest)) {
		// Code in a string, as in `f"{a}"`: the text ends both as the line does.
		return insertion(whole.slice(0, -rest.length));
	}
	const start = readBrackets(text, quote).firstUnmatched;
	if (start === undefined) {
		// All brackets of the text are its own. A comma or semicolon that is there already is not repeated.
		const punctuation = /^[;,]/.test(rest) ? /\s*[;,]$/ : /^:/.test(rest) ? /\s*:$/ : undefined;
		return insertion(closed(punctuation === undefined ? text : text.replace(punctuation, ''), typed, rest));
	}
	const tail = text.slice(start);
	if (withoutBlanks(tail) === withoutBlanks(rest)) {
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
	return /^[\s)\]}>"'`;,:{]*$/.test(rest) ? fitClosers(first, typed, rest) : fitCode(first, typed, rest);
}
