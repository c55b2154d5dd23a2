/** The starter's tokeniser as the recipe uses it: the vocabulary in GGUF's form, and text to token ids and back. */

/** Control tokens, named and used as Qwen2.5-Coder does: what serves it serves the starter. They stand last. */
export const SPECIALS = [
	'<|endoftext|>',
	'<|fim_prefix|>',
	'<|fim_middle|>',
	'<|fim_suffix|>',
	'<|fim_pad|>',
	'<|repo_name|>',
	'<|file_sep|>',
	'<|im_start|>',
	'<|im_end|>',
] as const;
export type Special = (typeof SPECIALS)[number];

/** What `tokenizer.ggml.*` of a GGUF holds. */
export interface Vocabulary {
	/** Printable form of GPT-2's byte-level BPE; the index is the token id. */
	readonly tokens: readonly string[];
	/** `llama_token_type`: 1 normal, 3 control. */
	readonly types: readonly number[];
	/** Two tokens with a blank between, the earlier ones first. */
	readonly merges: readonly string[];
}

export interface Tokenizer {
	readonly vocabulary: Vocabulary;
	/** As llama.cpp does without special tokens: a text that spells one is plain text. No token is put before or behind. */
	encode(text: string): number[];
	/** Control tokens give their names; bytes that are no UTF-8 give U+FFFD. */
	decode(tokens: Iterable<number>): string;
	idOf(special: Special): number;
}
