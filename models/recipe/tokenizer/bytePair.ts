/** Text to tokens and back by a byte-level BPE, token for token what llama.cpp makes of the same vocabulary. */

import { SPECIALS, type Special, type Tokenizer, type Vocabulary } from '../tokenizer';
import { bytesOf } from './bytes';
import { Merger } from './merger';
import { CONTROL } from './vocabulary';
import { splitWords } from './words';

/** Words whose tokens are remembered: 48 million characters of the corpus have 255,301 different ones. */
const REMEMBERED = 1 << 18;
/** Longer ones, in UTF-16 units, hardly come twice. */
const LONGEST_REMEMBERED = 64;

/** @throws RangeError where the vocabulary lacks a byte or what a merge needs. */
export function bytePairTokenizer(vocabulary: Vocabulary): Tokenizer {
	const ids = new Map(vocabulary.tokens.map((token, id) => [token, id]));
	const merger = new Merger(ids, vocabulary.merges);
	const remembered = new Map<string, readonly number[]>();
	const texts = vocabulary.tokens.map((token, id) =>
		vocabulary.types[id] === CONTROL ? Buffer.from(token) : bytesOf(token),
	);
	const specials = new Map(SPECIALS.map((special) => [special, ids.get(special)]));

	function tokensOf(word: string): readonly number[] {
		const known = remembered.get(word);
		if (known !== undefined) {
			return known;
		}
		// Buffer gives U+FFFD for halves of surrogate pairs, as llama.cpp is given them.
		const tokens = merger.tokens(Buffer.from(word));
		if (word.length <= LONGEST_REMEMBERED) {
			if (remembered.size >= REMEMBERED) {
				remembered.clear();
			}
			remembered.set(word, tokens);
		}
		return tokens;
	}

	return {
		vocabulary,
		encode: (text) => {
			const tokens: number[] = [];
			for (const word of splitWords(text)) {
				for (const token of tokensOf(word)) {
					tokens.push(token);
				}
			}
			return tokens;
		},
		decode: (tokens) => {
			const parts: Uint8Array[] = [];
			for (const token of tokens) {
				const bytes = texts[token];
				if (bytes === undefined) {
					throw new RangeError(`There is no token ${token}: the vocabulary has ${texts.length}.`);
				}
				parts.push(bytes);
			}
			return Buffer.concat(parts).toString('utf8');
		},
		idOf: (special: Special) => {
			const id = specials.get(special);
			if (id === undefined) {
				throw new RangeError(`The vocabulary has no token ${special}.`);
			}
			return id;
		},
	};
}
