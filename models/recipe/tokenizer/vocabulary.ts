/** A vocabulary out of its merges: the bytes, what each merge makes, and the control tokens last. */

import { SPECIALS, type Vocabulary } from '../tokenizer';
import { BYTE_CHARACTERS } from './bytes';

/** `llama_token_type` of tokens that text becomes. */
export const NORMAL = 1;
/** `llama_token_type` of tokens that no text becomes. */
export const CONTROL = 3;

/**
 * Tokens in all. Half as many again would make 5 % fewer tokens, and twice as many 7 %; but in a model of ten million
 * parameters beside its embedding, 384 wide, each byte would cost 7 % and 16 % more to compute.
 */
export const SIZE = 8_192;

/** Merges that a vocabulary of a size has room for. */
export function mergesOf(size: number): number {
	return size - BYTE_CHARACTERS.length - SPECIALS.length;
}

export function vocabularyOf(merges: readonly string[]): Vocabulary {
	const normal = [...BYTE_CHARACTERS, ...merges.map((merge) => merge.replace(' ', ''))];
	return {
		tokens: [...normal, ...SPECIALS],
		types: [...normal.map(() => NORMAL), ...SPECIALS.map(() => CONTROL)],
		merges,
	};
}
