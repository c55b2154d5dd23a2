/** What is searched for next places: a bounded part of the document, read into tokens a slice at a time. */

import type { Pace } from '../pace';
import type { Lexicon } from './lexicon';
import { type ReaderState, type Token, TokenReader } from './tokens';

/** Characters that are read, around the last edit. */
export const WINDOW = 120_000;
/** Characters, or tokens, between two looks at the clock. */
export const STRIDE = 2_048;

export interface Page {
	readonly text: string;
	/** Of the text in the document. */
	readonly offset: number;
	readonly languageId: string;
	/** In the whole text. */
	readonly tokens: readonly Token[];
	/** How lines that do not start in code start, by their offset in the text. */
	readonly states: ReadonlyMap<number, ReaderState>;
}

/** Reads around `offset`. Rejects with an AbortError when cancelled. */
export async function readPage(
	document: { readonly text: string; readonly languageId: string },
	lexicon: Lexicon,
	offset: number,
	pace: Pace,
	signal: AbortSignal,
): Promise<Page> {
	const start = windowStart(document.text, offset);
	const end = Math.min(document.text.length, start + WINDOW);
	const text = document.text.slice(start, end);
	const reader = new TokenReader(text, lexicon);
	while (!reader.advance(STRIDE)) {
		await pace.rest(signal);
	}
	return {
		text,
		offset: start,
		languageId: document.languageId,
		tokens: reader.tokens,
		states: reader.states,
	};
}

/** The start of a line half a window above; of the document where that is near. */
function windowStart(text: string, offset: number): number {
	if (text.length <= WINDOW) {
		return 0;
	}
	const start = Math.max(0, Math.min(offset - WINDOW / 2, text.length - WINDOW));
	return start === 0 ? 0 : text.indexOf('\n', start) + 1;
}

/** Index of the first token that ends behind `offset` (of the page's text). */
export function tokenAt(tokens: readonly Token[], offset: number): number {
	let [low, high] = [0, tokens.length];
	while (low < high) {
		const middle = (low + high) >> 1;
		if ((tokens[middle]?.end ?? 0) <= offset) {
			low = middle + 1;
		} else {
			high = middle;
		}
	}
	return low;
}

/** State at the start of the line in which `offset` of the page's text lies. */
export function stateAt(page: Page, offset: number): ReaderState | undefined {
	return page.states.get(offset <= 0 ? 0 : page.text.lastIndexOf('\n', offset - 1) + 1);
}
