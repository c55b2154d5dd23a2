/** Decides whether a text is code that says something: shares of letters, digits and comments, words, and how it splits into tokens. */

import { commentShare } from './languages';
import { type Out, out } from './verdict';

/** What a text must have, or must not have more of. */
export const QUALITY = {
	/** Of all characters. */
	leastAlphanumericShare: 0.25,
	mostDigitShare: 0.3,
	/** Of the lines that are not blank. */
	mostCommentShare: 0.8,
	fewestWords: 20,
	/** With a vocabulary of the field: code has 2.5 to 4.5, keys and tables in text form fewer than 2. */
	leastCharactersPerToken: 2,
} as const;
/** Pieces of a text whose tokens are counted, and the characters of each: counting all would take most of an audit's time. */
const PIECES = 2;
const PIECE = 512;

/** Tokens of a short text, exactly. */
export type CountTokens = (text: string) => number;

/** What the text's own measures decide; undefined where nothing speaks against it. */
export function judgeQuality(text: string, path: string): Out | undefined {
	const { alphanumeric, digits } = sharesOf(text);
	if (alphanumeric < QUALITY.leastAlphanumericShare) {
		return share(alphanumeric, `at least ${percent(QUALITY.leastAlphanumericShare)} letters and digits`);
	}
	if (digits > QUALITY.mostDigitShare) {
		return share(digits, `at most ${percent(QUALITY.mostDigitShare)} digits`);
	}
	const comments = commentShare(text.split('\n'), path);
	if (comments > QUALITY.mostCommentShare) {
		return share(comments, `at most ${percent(QUALITY.mostCommentShare)} of the lines comment`);
	}
	const words = countWords(text, QUALITY.fewestWords);
	return words < QUALITY.fewestWords
		? out('quality', `${words} of at least ${QUALITY.fewestWords} different words`, {
				value: `${words} words`,
				threshold: `at least ${QUALITY.fewestWords} different words`,
			})
		: undefined;
}

/** Characters in a token, by pieces from the text; 0 for an empty text. */
export function charactersPerToken(text: string, count: CountTokens): number {
	const pieces =
		text.length <= PIECES * PIECE
			? [text]
			: Array.from({ length: PIECES }, (_, index) => {
					const start = Math.floor(((index + 0.5) / PIECES) * text.length - PIECE / 2);
					return text.slice(start, start + PIECE);
				});
	const tokens = pieces.reduce((sum, piece) => sum + count(piece), 0);
	return tokens === 0 ? 0 : pieces.join('').length / tokens;
}

/** Undefined where so many characters make a token as in code. */
export function judgeTokens(perToken: number): Out | undefined {
	const value = perToken.toFixed(1);
	return perToken < QUALITY.leastCharactersPerToken
		? out('quality', `${value} of at least ${QUALITY.leastCharactersPerToken} characters a token`, {
				value,
				threshold: `at least ${QUALITY.leastCharactersPerToken} characters a token`,
			})
		: undefined;
}

function share(value: number, threshold: string): Out {
	const measured = percent(value);
	return out('quality', `${measured} of ${threshold}`, { value: measured, threshold });
}

/** To a tenth: what misses a threshold by little must not read as if it met it. */
function percent(value: number): string {
	return `${Number((value * 100).toFixed(1))} %`;
}

/** Of all characters, blanks too. */
function sharesOf(text: string): { readonly alphanumeric: number; readonly digits: number } {
	let letters = 0;
	let digits = 0;
	for (let index = 0; index < text.length; index++) {
		const code = text.charCodeAt(index);
		if (code >= 48 && code <= 57) {
			digits++;
		} else if (code < 128 ? (code | 32) >= 97 && (code | 32) <= 122 : LETTER.test(text.charAt(index))) {
			letters++;
		}
	}
	const all = Math.max(1, text.length);
	return { alphanumeric: (letters + digits) / all, digits: digits / all };
}

/** Half of a character that takes two units counts as a letter: those are ideographs more often than signs. */
const LETTER = /[\p{L}\p{N}\ud800-\udfff]/u;
const WORD = /[\p{L}_$][\p{L}\p{N}_$]*/gu;

/** Different words, up to `most`. */
function countWords(text: string, most: number): number {
	const words = new Set<string>();
	for (const [word] of text.matchAll(WORD)) {
		words.add(word);
		if (words.size >= most) {
			break;
		}
	}
	return words.size;
}
