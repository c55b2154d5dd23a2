/** The vocabulary as a GGUF file says it: tokens, merges, what the control tokens mean, and ChatML. */

import type { MetadataValue } from '../../../test/support/ggufWriter';
import type { Special, Vocabulary } from '../tokenizer';
import { PRE_TOKENIZER } from './words';

/** Keys below `tokenizer.ggml.` that hold the id of a control token, as in Qwen2.5-Coder's files. */
export const SPECIAL_IDS: Readonly<Record<string, Special>> = {
	bos_token_id: '<|endoftext|>',
	eos_token_id: '<|endoftext|>',
	padding_token_id: '<|endoftext|>',
	eot_token_id: '<|im_end|>',
	fim_pre_token_id: '<|fim_prefix|>',
	fim_suf_token_id: '<|fim_suffix|>',
	fim_mid_token_id: '<|fim_middle|>',
	fim_pad_token_id: '<|fim_pad|>',
	fim_rep_token_id: '<|repo_name|>',
	fim_sep_token_id: '<|file_sep|>',
};

/** Jinja, in which `\n` stands for a line end: ChatML without tools, and without a system message where none is given. */
const CHAT_TEMPLATE = [
	'{% for message in messages %}',
	"{{ '<|im_start|>' + message['role'] + '\\n' + message['content'] + '<|im_end|>\\n' }}",
	'{% endfor %}',
	"{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}",
].join('');

/**
 * All `tokenizer.*` keys of a GGUF file.
 * @throws RangeError where the vocabulary lacks a control token.
 */
export function vocabularyMetadata(vocabulary: Vocabulary): Record<string, MetadataValue> {
	const metadata: Record<string, MetadataValue> = {
		'tokenizer.ggml.model': { type: 'string', value: 'gpt2' },
		'tokenizer.ggml.pre': { type: 'string', value: PRE_TOKENIZER },
		'tokenizer.ggml.tokens': { type: 'array', of: 'string', values: vocabulary.tokens },
		'tokenizer.ggml.token_type': { type: 'array', of: 'int32', values: vocabulary.types },
		'tokenizer.ggml.merges': { type: 'array', of: 'string', values: vocabulary.merges },
		'tokenizer.ggml.add_bos_token': { type: 'bool', value: false },
		'tokenizer.chat_template': { type: 'string', value: CHAT_TEMPLATE },
	};
	for (const [key, special] of Object.entries(SPECIAL_IDS)) {
		const id = vocabulary.tokens.indexOf(special);
		if (id < 0) {
			throw new RangeError(`The vocabulary has no token ${special}.`);
		}
		metadata[`tokenizer.ggml.${key}`] = { type: 'uint32', value: id };
	}
	return metadata;
}
