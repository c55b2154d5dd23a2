/** A valid byte-level BPE of any size for generated models: the first ranks of cl100k in GGUF's "gpt2" form. */

import type { Vocabulary } from '../../models/recipe/tokenizer';
import { firstRanks } from '../../models/recipe/tokenizer/ranks';
import { CONTROL, NORMAL } from '../../models/recipe/tokenizer/vocabulary';
import { root } from './root';

/** `llama_token_type` of tokens that only fill the vocabulary. */
const UNUSED = 5;

/**
 * `size` tokens: ranks of cl100k, then unused ones where cl100k has too few, then `specials`, by default as control tokens.
 * Throws a RangeError if the 256 bytes and the specials do not fit.
 */
export function generateTokenizer(
	size: number,
	specials: readonly string[],
	specialType = CONTROL,
): Vocabulary {
	const places = size - specials.length;
	if (places < 256) {
		throw new RangeError(`A vocabulary of ${size} has no room for 256 bytes and ${specials.length} specials`);
	}
	const ranks = firstRanks(root, 'cl100k_base', places);
	const tokens = [...ranks.tokens];
	const types = tokens.map(() => NORMAL);
	while (tokens.length < places) {
		tokens.push(`<|unused_${tokens.length}|>`);
		types.push(UNUSED);
	}
	for (const special of specials) {
		tokens.push(special);
		types.push(specialType);
	}
	return { tokens, types, merges: ranks.merges };
}
