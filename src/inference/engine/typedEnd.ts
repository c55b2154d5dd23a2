/**
 * The end of what was typed, which the model writes again. A cursor within a word cuts it into tokens that no whole text
 * has ("opt" and "ions", where "options" is one), and what follows them is hardly ever what was meant. So the last tokens
 * are taken out of the prompt, and the answer is held to their text until all of it stands there ("token healing").
 */

import type { PieceIndex } from './pieceIndex';
import type { Detokenize } from './textStream';

/** How a piece begins that goes on with the word before it: with a letter, digit or its byte; GPT-2's alphabet writes blanks as letters, too. */
const WITHIN_WORD = /^(?![\u0100-\u0121])[\p{L}\p{N}_]/u;
const BLANKS = /^[\u0100-\u0120\u2581\s]+$/;
/**
 * Tokens that are taken out at most. Taking out those of the whole word wrote 5.1 % of the rests of lines to the letter,
 * the last one alone 4.1 %, none 2.1 % (a starter model, `npm run starter:eval -- --stages lines`).
 */
const MOST_TOKENS = 4;
/** Tokens before a text that decide how it begins. */
const LOOK_BACK = 4;
const NONE = new Uint32Array();

export interface TypedEnd {
	/** What was taken out: how the text is written where it is not gone on with. */
	readonly tokens: readonly number[];
	/** UTF-16 units of its text, which are no part of the answer. */
	readonly characters: number;
	/** The text as the vocabulary writes it. */
	readonly text: string;
	readonly pieces: Pick<PieceIndex, 'canWrite' | 'next' | 'covering' | 'textOf'>;
}

/** A prompt without the end of what was typed. */
interface Opened {
	readonly prompt: readonly number[];
	readonly typedEnd: TypedEnd | undefined;
}

/**
 * Takes out the last token, and those before it that are of the same word, or of the same blanks.
 * @param prompt of which the tokens from `start` on were typed; at least one of them all stays.
 */
export function openTypedEnd(
	prompt: readonly number[],
	start: number,
	pieces: TypedEnd['pieces'],
	detokenize: Detokenize,
): Opened {
	const whole = { prompt, typedEnd: undefined };
	const first = Math.max(1, start, prompt.length - MOST_TOKENS);
	const texts: string[] = [];
	let kept = prompt.length;
	while (kept > first) {
		const text = pieces.textOf(prompt[kept - 1] ?? -1);
		const [after] = texts;
		if (text === undefined || (after !== undefined && !isOneWord(text, after))) {
			break;
		}
		texts.unshift(text);
		kept--;
	}
	const tokens = prompt.slice(kept);
	const characters = detokenize(tokens, prompt.slice(Math.max(0, kept - LOOK_BACK), kept));
	const text = texts.join('');
	// Part of a character is no text that could be told from the answer's.
	return characters === '' || characters.includes('\uFFFD') || !pieces.canWrite(text)
		? whole
		: {
				prompt: prompt.slice(0, kept),
				typedEnd: { tokens, characters: characters.length, text, pieces },
			};
}

/** The rest of an end behind its first tokens; undefined where nothing is left. @param prompt with those tokens. */
export function restOfTypedEnd(
	{ tokens, text, pieces }: TypedEnd,
	count: number,
	prompt: readonly number[],
	detokenize: Detokenize,
): TypedEnd | undefined {
	const rest = tokens.slice(count);
	const known = tokens
		.slice(0, count)
		.reduce((length, token) => length + (pieces.textOf(token)?.length ?? 0), 0);
	return rest.length === 0
		? undefined
		: {
				tokens: rest,
				characters: detokenize(rest, prompt.slice(-LOOK_BACK)).length,
				text: text.slice(known),
				pieces,
			};
}

/** Whether a cut between two tokens may be another in the whole text: that of a word, or of blanks. */
function isOneWord(before: string, after: string): boolean {
	return WITHIN_WORD.test(after) || (BLANKS.test(before) && BLANKS.test(after));
}

/** How much of the end an answer has written. */
export class TypedEndWriter {
	#rest: string;

	constructor(private readonly end: TypedEnd) {
		this.#rest = end.text;
	}

	/** How it was cut when it was typed. */
	get tokens(): readonly number[] {
		return this.end.tokens;
	}

	/** Whether all of it stands there. */
	get isDone(): boolean {
		return this.#rest === '';
	}

	/** Whether what is left is blanks alone. */
	get isBlank(): boolean {
		return BLANKS.test(this.#rest);
	}

	/** Whether a token is the rest, and nothing more. */
	isJust(token: number): boolean {
		return this.end.pieces.textOf(token) === this.#rest;
	}

	/** Whether a token is all of the rest, or more. */
	covers(token: number): boolean {
		return this.end.pieces.textOf(token)?.startsWith(this.#rest) === true;
	}

	/** Tokens one of which comes next; at least one. */
	get next(): Uint32Array {
		return this.isDone ? NONE : this.end.pieces.next(this.#rest);
	}

	/** Those of them that write all the rest. */
	get covering(): Uint32Array {
		return this.isDone ? NONE : this.end.pieces.covering(this.#rest);
	}

	/** Notes what came. Returns whether it is nothing but what was typed. */
	push(token: number): boolean {
		const text = this.end.pieces.textOf(token) ?? '';
		const isTyped = text.length <= this.#rest.length;
		this.#rest = this.#rest.slice(text.length);
		return isTyped;
	}
}
