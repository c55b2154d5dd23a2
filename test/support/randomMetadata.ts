/** The metadata of generated models: the keys that llama.cpp reads for an architecture, and a tokenizer. */
import { SPECIALS } from '../../models/recipe/tokenizer';
import { SPECIAL_IDS } from '../../models/recipe/tokenizer/metadata';
import type { MetadataValue } from './ggufWriter';
import type { Architecture, RandomModelOptions } from './randomModel';
import { headSizeOf } from './randomTensors';
import { generateTokenizer } from './randomTokenizer';

/** Numbers of `llama_ftype`: all F32, or mostly the type. */
const FILE_TYPES = { F32: 0, F16: 1, BF16: 32, Q8_0: 7, Q4_0: 2 } as const;

/** As in the models that people use. */
const FREQUENCY_BASES: Readonly<Record<Architecture, number>> = {
	llama: 1e4,
	qwen2: 1e6,
	qwen3: 1e6,
	starcoder2: 1e5,
	gemma: 1e4,
	gemma2: 1e4,
	granite: 1e4,
};

export const text = (value: string): MetadataValue => ({ type: 'string', value });
const whole = (value: number): MetadataValue => ({ type: 'uint32', value });
export const real = (value: number): MetadataValue => ({ type: 'float32', value });

export function modelMetadata(options: RandomModelOptions): Record<string, MetadataValue> {
	const specials: readonly string[] = options.specials ?? SPECIALS;
	const { tokens, types, merges } = generateTokenizer(options.vocabulary, specials, options.specialType);
	const { architecture } = options;
	const norm = architecture === 'starcoder2' ? 'layer_norm_epsilon' : 'layer_norm_rms_epsilon';
	const metadata: Record<string, MetadataValue> = {
		'general.architecture': text(architecture),
		'general.type': text('model'),
		'general.name': text(`random ${architecture} ${options.layers}x${options.width}`),
		'general.file_type': whole(FILE_TYPES[options.type]),
		[`${architecture}.block_count`]: whole(options.layers),
		[`${architecture}.context_length`]: whole(options.contextLength),
		[`${architecture}.embedding_length`]: whole(options.width),
		[`${architecture}.feed_forward_length`]: whole(options.feedForward),
		[`${architecture}.attention.head_count`]: whole(options.heads),
		[`${architecture}.attention.head_count_kv`]: whole(options.keyValueHeads),
		[`${architecture}.attention.${norm}`]: real(options.normEpsilon ?? 1e-6),
		[`${architecture}.rope.freq_base`]: real(FREQUENCY_BASES[architecture]),
		'tokenizer.ggml.model': text('gpt2'),
		'tokenizer.ggml.pre': text('qwen2'),
		'tokenizer.ggml.tokens': { type: 'array', of: 'string', values: tokens },
		'tokenizer.ggml.token_type': { type: 'array', of: 'int32', values: types },
		'tokenizer.ggml.merges': { type: 'array', of: 'string', values: merges },
		'tokenizer.ggml.add_bos_token': { type: 'bool', value: false },
		...architectureKeys(options),
	};
	for (const [key, token] of Object.entries(SPECIAL_IDS)) {
		const place = specials.indexOf(token);
		if (place >= 0 && ((options.fillTokens ?? true) || !key.startsWith('fim_'))) {
			metadata[`tokenizer.ggml.${key}`] = whole(options.vocabulary - specials.length + place);
		}
	}
	if (options.chatTemplate !== undefined) {
		metadata['tokenizer.chat_template'] = text(options.chatTemplate);
	}
	return metadata;
}

/** What only some architectures and options have. */
function architectureKeys(options: RandomModelOptions): Record<string, MetadataValue> {
	const { architecture } = options;
	const keys: Record<string, MetadataValue> = {};
	if (architecture === 'llama') {
		keys['rope.dimension_count'] = whole(headSizeOf(options));
		keys['vocab_size'] = whole(options.vocabulary);
	}
	if (architecture === 'gemma2') {
		// Defaults as in Gemma 2.
		const { attention, final } = options.softCaps ?? { attention: 50, final: 30 };
		keys['attn_logit_softcapping'] = real(attention);
		keys['final_logit_softcapping'] = real(final);
		keys['attention.sliding_window'] = whole(options.window ?? 4096);
	}
	if (architecture === 'granite') {
		// Defaults as in Granite 3 with 2 billion parameters.
		const scales = options.scales ?? { embedding: 12, residual: 0.22, attention: 1 / 64, logits: 8 };
		keys['embedding_scale'] = real(scales.embedding);
		keys['residual_scale'] = real(scales.residual);
		keys['attention.scale'] = real(scales.attention);
		keys['logit_scale'] = real(scales.logits);
	}
	if (options.headSize !== undefined) {
		keys['attention.key_length'] = whole(options.headSize);
		keys['attention.value_length'] = whole(options.headSize);
	}
	Object.assign(keys, scalingKeys(options));
	return Object.fromEntries(Object.entries(keys).map(([key, value]) => [`${architecture}.${key}`, value]));
}

function scalingKeys({ rope }: RandomModelOptions): Record<string, MetadataValue> {
	const scaling = rope?.scaling;
	if (scaling === undefined) {
		return {};
	}
	return {
		'rope.scaling.type': text(scaling.type),
		'rope.scaling.factor': real(scaling.factor),
		...(scaling.type === 'yarn'
			? {
					'rope.scaling.original_context_length': whole(scaling.originalContext),
					'rope.scaling.attn_factor': real(scaling.attentionFactor ?? 1),
				}
			: {}),
	};
}
