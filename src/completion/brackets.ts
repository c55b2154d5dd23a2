/** Which brackets and quotes a piece of text opens and closes. A reading by eye, not a parser. */

/** The bracket that closes what a bracket opens. */
export const CLOSER_OF: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}' };
const AUTO_CLOSED: Readonly<Record<string, string>> = {
	...CLOSER_OF,
	'<': '>',
	'"': '"',
	"'": "'",
	'`': '`',
};
const CLOSERS = ')]}';
const QUOTES = '"\'`';

interface Brackets {
	/** Closers that the text still owes, outermost first. */
	readonly owed: readonly string[];
	/** Index of the first bracket or quote that closes something opened before the text. */
	readonly firstUnmatched: number | undefined;
}

/** Index of the quote that ends the string opened at `start`, on the same line. */
function endOfString(text: string, start: number): number | undefined {
	const quote = text[start];
	for (let index = start + 1; index < text.length; index++) {
		const character = text[index];
		if (character === '\n' && quote !== '`') {
			return undefined;
		}
		if (character === '\\') {
			index++;
		} else if (character === quote) {
			return index;
		}
	}
	return undefined;
}

/** Code in the template of which it is the end. */
const INTERPOLATED = /\$\{([^}]*)$/;

/** The quote of the string in which a line ends, if it does. */
export function openQuote(line: string): string | undefined {
	for (let index = 0; index < line.length; index++) {
		const character = line[index] ?? '';
		if (QUOTES.includes(character)) {
			const end = endOfString(line, index);
			if (end === undefined) {
				// An apostrophe inside a word opens nothing.
				if (character === "'" && /\w/.test(line[index - 1] ?? '')) {
					continue;
				}
				const code = character === '`' ? INTERPOLATED.exec(line.slice(index + 1))?.[1] : undefined;
				return code === undefined ? character : openQuote(code);
			}
			index = end;
		}
	}
	return undefined;
}

/** A regular expression: behind what a value stands behind, and before what may follow one. */
const EXPRESSION =
	/(?<=[=(,:[!&|?]\s*|\breturn\s+|^\s*)\/(?![*/\s])(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\[\n])+\/(?=[dgimsuvy]*(?:\s*[.,;)\]]|\s*$))/gm;

/** Reads brackets outside strings and regular expressions. `quote`: the string in which the text starts. */
export function readBrackets(text: string, quote?: string): Brackets {
	const owed: string[] = [];
	if (quote !== undefined) {
		const end = text.indexOf(quote);
		return { owed, firstUnmatched: end === -1 ? undefined : end };
	}
	const code = text.includes('/') ? text.replace(EXPRESSION, (found) => ' '.repeat(found.length)) : text;
	for (let start = 0; start < code.length; start++) {
		const character = code[start] ?? '';
		if (QUOTES.includes(character)) {
			start = endOfString(code, start) ?? start;
			continue;
		}
		const closer = CLOSER_OF[character];
		if (closer !== undefined) {
			owed.push(closer);
		} else if (CLOSERS.includes(character)) {
			if (owed.pop() !== character) {
				return { owed, firstUnmatched: start };
			}
		}
	}
	return { owed, firstUnmatched: undefined };
}

/** The brackets of a text that close what was opened before it, in order; brackets in strings do not count. */
export function unmatchedClosers(text: string): readonly string[] {
	const found: string[] = [];
	let rest = text;
	for (;;) {
		const index = readBrackets(rest).firstUnmatched;
		if (index === undefined) {
			return found;
		}
		found.push(rest[index] ?? '');
		rest = rest.slice(index + 1);
	}
}

/** Characters read back for the bracket in which a place stands; further away nothing is certain by eye. */
const LOOK_BACK = 4_000;

/**
 * The closer of the innermost bracket that is open at the end of the text; undefined where none is found, or where
 * the brackets on the way do not match (some stand in strings).
 */
export function expectedCloser(text: string): string | undefined {
	const closed: string[] = [];
	for (let index = text.length - 1; index >= Math.max(0, text.length - LOOK_BACK); index--) {
		const character = text[index] ?? '';
		const closer = CLOSER_OF[character];
		if (CLOSERS.includes(character)) {
			closed.push(character);
		} else if (closer !== undefined) {
			if (closed.length === 0) {
				return closer;
			}
			if (closed.pop() !== closer) {
				return undefined;
			}
		}
	}
	return undefined;
}

/** Whether the text, from the start of a document, leaves no bracket open; false where it is too long to tell. */
export function isNothingOpen(text: string): boolean {
	if (text.length > LOOK_BACK) {
		return false;
	}
	const { owed, firstUnmatched } = readBrackets(text);
	return owed.length === 0 && firstUnmatched === undefined;
}

/** Whether the semicolon at the end of a line ends a statement, and does not part the head of a loop. */
export function endsStatement(line: string): boolean {
	const code = line.trimEnd();
	// Go's `for` has no brackets around what the semicolons part.
	return readBrackets(code).owed.length === 0 && !/^\s*for\s[^(]*;$/.test(code);
}

/** Whether a line starts with a closing bracket. */
export function startsWithCloser(line: string): boolean {
	return /^\s*[)\]}]/.test(line);
}

/**
 * How many characters at the start of `after` an editor may have put there by itself while `typed` was typed: at
 * most one closer for each opener or quote, of its kind.
 */
export function autoClosed(typed: string, after: string): number {
	const openers = [...typed].filter((character) => character in AUTO_CLOSED);
	const closers = openers.map((opener) => AUTO_CLOSED[opener]);
	let count = 0;
	while (count < openers.length && closers.includes(after[count])) {
		count++;
	}
	return count;
}

/**
 * Whether text right of the cursor is only what editors close by themselves: brackets, quotes, punctuation and
 * end tags. There a suggestion does not push code aside.
 */
export function isOnlyClosing(text: string): boolean {
	return /^(?:<\/[\w.:-]*>|[\s)\]}>"'`;,:{])*$/.test(text);
}
