/** What must hold of the tokenizer in a model's metadata; llama.cpp aborts on some that do not. */
import { invalid, type Metadata } from './ggufMetadata';

/** Key of the array of strings that the rules need to see. */
export const TOKENS_KEY = 'tokenizer.ggml.tokens';

/** Jinja templates are rendered by an interpreter; the longest in use have about 20 kB. */
const MAX_TEMPLATE_CHARACTERS = 256 << 10;
/** Vocabularies that `llama_vocab::impl::load` knows and that have tokens in the file. */
const TOKENIZERS: readonly string[] = [
	'llama',
	'gpt2',
	'bert',
	't5',
	'rwkv',
	'plamo2',
	'gemma4',
	'hybriddna',
	'whitespace',
];
/** In a token id: none. Some converters write it, and llama.cpp ignores it. */
const NO_TOKEN = 0xffff_ffff;

/** Returns the number of tokens. Throws a `GgufError` that names the key. */
export function checkTokenizer(metadata: Metadata, isRecurrent: boolean): number {
	const model =
		metadata.string('tokenizer.ggml.model') ?? invalid('metadata key "tokenizer.ggml.model" is missing');
	if (!TOKENIZERS.includes(model)) {
		invalid(`metadata key "tokenizer.ggml.model" is "${model}", an unknown kind of tokenizer`);
	}
	// Without RWKV's own vocabulary its tokenizer runs past the end of the table.
	if (model === 'rwkv' && !isRecurrent) {
		invalid('metadata key "tokenizer.ggml.model" is "rwkv", which belongs to other architectures');
	}
	metadata.string('tokenizer.ggml.pre');
	metadata.array('tokenizer.ggml.merges', ['string']);
	const tokens = metadata.array(TOKENS_KEY, ['string']) ?? invalid(`metadata key "${TOKENS_KEY}" is missing`);
	if (tokens.length === 0) {
		invalid(`metadata key "${TOKENS_KEY}" is empty`);
	}
	const names = distinctTokens(tokens.byteStrings ?? []);
	if (model === 'llama') {
		checkBytes(names);
	}
	for (const [key, types] of [
		['tokenizer.ggml.token_type', ['int32']],
		['tokenizer.ggml.scores', ['float32', 'int32']],
	] as const) {
		const length = metadata.array(key, types)?.length;
		if (length !== undefined && length < tokens.length) {
			invalid(`metadata key "${key}" has ${length} elements for ${tokens.length} tokens`);
		}
	}
	for (const [key, value] of metadata.entries()) {
		if (/^tokenizer\.ggml\.\w+_token_id$/.test(key)) {
			const id = metadata.number(key, 'uint32');
			if (id !== undefined && id >= tokens.length && id !== NO_TOKEN) {
				invalid(`metadata key "${key}" is ${id}, but there are ${tokens.length} tokens`);
			}
		}
		if (key.startsWith('tokenizer.chat_template') && value.type === 'string') {
			if (value.value.length > MAX_TEMPLATE_CHARACTERS) {
				invalid(
					`metadata key "${key}" has ${value.value.length} characters (limit ${MAX_TEMPLATE_CHARACTERS})`,
				);
			}
		}
	}
	return tokens.length;
}

/** llama.cpp aborts on two equal tokens. It reads them as C strings and names the empty ones by number. */
function distinctTokens(tokens: readonly string[]): ReadonlySet<string> {
	const names = new Set<string>();
	for (const [index, token] of tokens.entries()) {
		const end = token.indexOf('\0');
		const text = end < 0 ? token : token.slice(0, end);
		const name = text === '' ? `[EMPTY_${index}]` : text;
		if (names.has(name)) {
			invalid(`metadata key "${TOKENS_KEY}" has the same token twice, the second time as number ${index}`);
		}
		names.add(name);
	}
	return names;
}

/** A SentencePiece vocabulary falls back to bytes; llama.cpp ends the process where one is missing. */
function checkBytes(tokens: ReadonlySet<string>): void {
	for (let byte = 0; byte < 256; byte++) {
		const name = `<0x${byte.toString(16).toUpperCase().padStart(2, '0')}>`;
		if (!tokens.has(name) && !tokens.has(String.fromCharCode(byte))) {
			invalid(`metadata key "${TOKENS_KEY}" has no token ${name}`);
		}
	}
}
