/** Models and adapters with random weights: small and quick to make, they run the real native path. */
import {
	elementCount,
	type MetadataValue,
	type WrittenFile,
	type WrittenTensor,
	writeGguf,
} from './ggufWriter';
import { generateTokenizer } from './randomTokenizer';
import { gaussianFillers } from './randomWeights';

/** The tokens that the Qwen2.5-Coder family has, by the same names. */
export const QWEN_SPECIALS: readonly string[] = [
	'<|endoftext|>',
	'<|fim_prefix|>',
	'<|fim_middle|>',
	'<|fim_suffix|>',
	'<|fim_pad|>',
	'<|repo_name|>',
	'<|file_sep|>',
	'<|im_start|>',
	'<|im_end|>',
];

export interface ModelShape {
	readonly architecture: 'llama' | 'qwen2';
	readonly layers: number;
	/** Length of an embedding; a multiple of `heads`, and of 32 for Q8_0. */
	readonly width: number;
	readonly heads: number;
	/** Divides `heads`. */
	readonly keyValueHeads: number;
	/** A multiple of 32 for Q8_0. */
	readonly feedForward: number;
}

export interface RandomModelOptions extends ModelShape {
	/** Tokens, the specials included; at least 256 more than those. */
	readonly vocabulary: number;
	/** Tokens of context that the model claims to be trained with. */
	readonly contextLength: number;
	readonly type: 'F32' | 'Q8_0';
	/** Control tokens at the end of the vocabulary; default `QWEN_SPECIALS`. */
	readonly specials?: readonly string[];
	/** Whether the metadata names the fill-in-the-middle tokens that are among the specials; default true. */
	readonly fillTokens?: boolean;
	/** Jinja template; none by default. */
	readonly chatTemplate?: string;
	/** Same seed, same file; default 1. */
	readonly seed?: number;
}

/** A model of 0.6 MB that loads in a moment. */
export const TINY_MODEL: RandomModelOptions = {
	architecture: 'qwen2',
	layers: 2,
	width: 64,
	heads: 4,
	keyValueHeads: 2,
	feedForward: 128,
	vocabulary: 1024,
	contextLength: 2048,
	type: 'F32',
};

/** The least that llama.cpp loads, about 0.1 MB: for tests that write hundreds of files. */
export const SMALLEST_MODEL: RandomModelOptions = {
	...TINY_MODEL,
	layers: 1,
	width: 32,
	heads: 2,
	keyValueHeads: 1,
	feedForward: 32,
	vocabulary: 288,
	contextLength: 256,
};

/** The shape of Qwen2.5-Coder-0.5B with a smaller vocabulary; about 0.4 GB in Q8_0. */
export const HALF_BILLION_SHAPE: RandomModelOptions = {
	architecture: 'qwen2',
	layers: 24,
	width: 896,
	heads: 14,
	keyValueHeads: 2,
	feedForward: 4864,
	vocabulary: 32_000,
	contextLength: 32_768,
	type: 'Q8_0',
};

/** Metadata key of each special token's id. */
const SPECIAL_KEYS: readonly (readonly [key: string, token: string])[] = [
	['bos_token_id', '<|endoftext|>'],
	['eos_token_id', '<|endoftext|>'],
	['padding_token_id', '<|endoftext|>'],
	['eot_token_id', '<|im_end|>'],
];
const FILL_KEYS: readonly (readonly [key: string, token: string])[] = [
	['fim_pre_token_id', '<|fim_prefix|>'],
	['fim_suf_token_id', '<|fim_suffix|>'],
	['fim_mid_token_id', '<|fim_middle|>'],
	['fim_pad_token_id', '<|fim_pad|>'],
	['fim_rep_token_id', '<|repo_name|>'],
	['fim_sep_token_id', '<|file_sep|>'],
];

/** Numbers from 0 to 1, the same for the same seed (mulberry32). */
export function seededRandom(seed: number): () => number {
	let state = seed | 0;
	return () => {
		state = (state + 0x6d2b79f5) | 0;
		let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
		mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
		return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
	};
}

type Fill = WrittenTensor['fill'];

const ones: Fill = (values) => {
	values.fill(1);
};

/** Rows of the vocabulary; control tokens get weights near zero, so that greedy text never ends by chance. */
function vocabularyFill(gaussian: Fill, width: number, firstControl: number): Fill {
	return (values, first) => {
		gaussian(values, first);
		for (let index = Math.max(0, firstControl * width - first); index < values.length; index++) {
			values[index] = (values[index] ?? 0) * 0.01;
		}
	};
}

/** The matrices of a layer that an adapter can target: input and output size. */
function matrices(shape: ModelShape): Readonly<Record<string, readonly [input: number, output: number]>> {
	const keyValue = (shape.width / shape.heads) * shape.keyValueHeads;
	return {
		attn_q: [shape.width, shape.width],
		attn_k: [shape.width, keyValue],
		attn_v: [shape.width, keyValue],
		attn_output: [shape.width, shape.width],
		ffn_gate: [shape.width, shape.feedForward],
		ffn_up: [shape.width, shape.feedForward],
		ffn_down: [shape.feedForward, shape.width],
	};
}

function modelTensors(options: RandomModelOptions, controls: number): readonly WrittenTensor[] {
	const { type, width, vocabulary } = options;
	const gaussian = gaussianFillers(seededRandom(options.seed ?? 1));
	const rows = (deviation: number) => vocabularyFill(gaussian(deviation), width, vocabulary - controls);
	const norm = (name: string): WrittenTensor => ({ name, shape: [width], type: 'F32', fill: ones });
	const tensors: WrittenTensor[] = [
		{ name: 'token_embd.weight', shape: [width, vocabulary], type, fill: rows(0.02) },
	];
	for (let layer = 0; layer < options.layers; layer++) {
		const block = `blk.${layer}`;
		tensors.push(norm(`${block}.attn_norm.weight`), norm(`${block}.ffn_norm.weight`));
		for (const [name, [input, output]] of Object.entries(matrices(options))) {
			// What adds to the residual stream is scaled down with the depth, as GPT-2's initialisation does.
			const depth = name === 'attn_output' || name === 'ffn_down' ? 2 * options.layers : 1;
			const fill = gaussian(1 / Math.sqrt(input * depth));
			tensors.push({ name: `${block}.${name}.weight`, shape: [input, output], type, fill });
			if (options.architecture === 'qwen2' && /^attn_[qkv]$/.test(name)) {
				tensors.push({ name: `${block}.${name}.bias`, shape: [output], type: 'F32', fill: gaussian(0.02) });
			}
		}
	}
	tensors.push(norm('output_norm.weight'));
	if (options.architecture === 'llama') {
		// Qwen2's small models share the embedding, llama's have an output of their own.
		tensors.push({ name: 'output.weight', shape: [width, vocabulary], type, fill: rows(0.02) });
	}
	return tensors;
}

const text = (value: string): MetadataValue => ({ type: 'string', value });
const whole = (value: number): MetadataValue => ({ type: 'uint32', value });
const real = (value: number): MetadataValue => ({ type: 'float32', value });

function modelMetadata(options: RandomModelOptions): Record<string, MetadataValue> {
	const specials = options.specials ?? QWEN_SPECIALS;
	const { tokens, types, merges } = generateTokenizer(options.vocabulary, specials);
	const architecture = options.architecture;
	const metadata: Record<string, MetadataValue> = {
		'general.architecture': text(architecture),
		'general.type': text('model'),
		'general.name': text(`random ${architecture} ${options.layers}x${options.width}`),
		// Numbers of llama_ftype: all F32, mostly Q8_0.
		'general.file_type': whole(options.type === 'F32' ? 0 : 7),
		[`${architecture}.block_count`]: whole(options.layers),
		[`${architecture}.context_length`]: whole(options.contextLength),
		[`${architecture}.embedding_length`]: whole(options.width),
		[`${architecture}.feed_forward_length`]: whole(options.feedForward),
		[`${architecture}.attention.head_count`]: whole(options.heads),
		[`${architecture}.attention.head_count_kv`]: whole(options.keyValueHeads),
		[`${architecture}.attention.layer_norm_rms_epsilon`]: real(1e-6),
		[`${architecture}.rope.freq_base`]: real(architecture === 'qwen2' ? 1e6 : 1e4),
		'tokenizer.ggml.model': text('gpt2'),
		'tokenizer.ggml.pre': text('qwen2'),
		'tokenizer.ggml.tokens': { type: 'array', of: 'string', values: tokens },
		'tokenizer.ggml.token_type': { type: 'array', of: 'int32', values: types },
		'tokenizer.ggml.merges': { type: 'array', of: 'string', values: merges },
		'tokenizer.ggml.add_bos_token': { type: 'bool', value: false },
	};
	if (architecture === 'llama') {
		metadata['llama.rope.dimension_count'] = whole(options.width / options.heads);
		metadata['llama.vocab_size'] = whole(options.vocabulary);
	}
	for (const [key, token] of [...SPECIAL_KEYS, ...((options.fillTokens ?? true) ? FILL_KEYS : [])]) {
		const place = specials.indexOf(token);
		if (place >= 0) {
			metadata[`tokenizer.ggml.${key}`] = whole(options.vocabulary - specials.length + place);
		}
	}
	if (options.chatTemplate !== undefined) {
		metadata['tokenizer.chat_template'] = text(options.chatTemplate);
	}
	return metadata;
}

/** What `writeRandomModel` writes, for tests that change it. */
export function randomModel(options: RandomModelOptions): WrittenFile {
	const controls = (options.specials ?? QWEN_SPECIALS).length;
	return { metadata: modelMetadata(options), tensors: modelTensors(options, controls) };
}

/** Writes a model that loads and generates nonsense, the same for the same options. */
export function writeRandomModel(file: string, options: RandomModelOptions): void {
	writeGguf(file, randomModel(options));
}

/** Parameters of the model that `writeRandomModel` writes. */
export function parameterCount(options: RandomModelOptions): number {
	return modelTensors(options, 0).reduce((sum, tensor) => sum + elementCount(tensor.shape), 0);
}

export interface RandomAdapterOptions extends ModelShape {
	readonly rank: number;
	/** The adapter's strength is `alpha / rank`. */
	readonly alpha: number;
	/** Names of matrices as in the model, for example `attn_q`; default all seven. */
	readonly targets?: readonly string[];
	/** Default 2. */
	readonly seed?: number;
	/** Fills everything with NaN, as a training run that diverged would. Default false. */
	readonly notANumber?: boolean;
}

/**
 * Writes a LoRA adapter for models of the shape. Both factors are random, so that it changes what is generated.
 * Keys as in convert_lora_to_gguf.py of llama.cpp. Throws a RangeError for an unknown target.
 */
export function writeRandomAdapter(file: string, options: RandomAdapterOptions): void {
	const sizes = matrices(options);
	const gaussian = gaussianFillers(seededRandom(options.seed ?? 2));
	const tensors: WrittenTensor[] = [];
	for (let layer = 0; layer < options.layers; layer++) {
		for (const target of options.targets ?? Object.keys(sizes)) {
			const size = sizes[target];
			if (size === undefined) {
				throw new RangeError(`No matrix ${target}`);
			}
			const [input, output] = size;
			const name = `blk.${layer}.${target}.weight`;
			const fill = (deviation: number): Fill =>
				options.notANumber === true ? (values) => void values.fill(Number.NaN) : gaussian(deviation);
			tensors.push(
				{
					name: `${name}.lora_a`,
					shape: [input, options.rank],
					type: 'F32',
					fill: fill(1 / Math.sqrt(input)),
				},
				{ name: `${name}.lora_b`, shape: [options.rank, output], type: 'F32', fill: fill(0.5) },
			);
		}
	}
	const metadata: Record<string, MetadataValue> = {
		'general.architecture': text(options.architecture),
		'general.type': text('adapter'),
		'adapter.type': text('lora'),
		'adapter.lora.alpha': real(options.alpha),
	};
	writeGguf(file, { metadata, tensors });
}
