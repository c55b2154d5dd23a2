/** Models and adapters with random weights: small and quick to make, they run the real native path. */
import { SPECIALS } from '../../models/recipe/tokenizer';
import {
	elementCount,
	type MetadataValue,
	type WrittenFile,
	type WrittenTensor,
	writeGguf,
} from './ggufWriter';
import { modelMetadata, real, text } from './randomMetadata';
import { matrices, modelTensors } from './randomTensors';
import { gaussianFillers } from './randomWeights';
import type { TensorType } from './tensorEncoding';

/** What `general.architecture` says of the models that can be made. */
export type Architecture = 'llama' | 'qwen2' | 'qwen3' | 'starcoder2' | 'gemma' | 'gemma2' | 'granite';

export interface ModelShape {
	readonly architecture: Architecture;
	readonly layers: number;
	/**
	 * Length of an embedding; a multiple of `heads`, and of 32 for Q8_0 and Q4_0. There 64 at least: with rows of one
	 * block, llama.cpp's AMX kernels can give NaN from 32 tokens on.
	 */
	readonly width: number;
	readonly heads: number;
	/** Divides `heads`. */
	readonly keyValueHeads: number;
	/** A multiple of 32 for Q8_0 and Q4_0. */
	readonly feedForward: number;
	/** Length of a head, even; default `width / heads`, and nothing else in qwen2 and starcoder2. */
	readonly headSize?: number;
}

export interface RopeOptions {
	/** Positions are stretched by the factor: all alike, or as YaRN does. */
	readonly scaling?:
		| { readonly type: 'linear'; readonly factor: number }
		| {
				readonly type: 'yarn';
				readonly factor: number;
				/** Tokens. */
				readonly originalContext: number;
				/** On top of YaRN's own; default 1. */
				readonly attentionFactor?: number;
		  };
	/** A divisor for each frequency (`rope_freqs.weight`), as in Llama 3; llama and granite only. Default false. */
	readonly factors?: boolean;
}

export interface RandomModelOptions extends ModelShape {
	/** Tokens, the specials included; at least 256 more than those. */
	readonly vocabulary: number;
	/** Tokens of context that the model claims to be trained with. */
	readonly contextLength: number;
	/** Of the matrices; norms and biases are F32. */
	readonly type: TensorType;
	/** Control tokens at the end of the vocabulary; default those of Qwen2.5-Coder. */
	readonly specials?: readonly string[];
	/** Their `llama_token_type`; default 3: control. 4: user-defined, which are found in any text. */
	readonly specialType?: number;
	/** Whether the metadata names the fill-in-the-middle tokens that are among the specials; default true. */
	readonly fillTokens?: boolean;
	/** Jinja template; none by default. */
	readonly chatTemplate?: string;
	/** Same seed, same file; default 1. */
	readonly seed?: number;
	/** Norm weights around 1, biases far from 0, larger embeddings: a forgotten term shows. Default false. */
	readonly varied?: boolean;
	/** Whether the output is another matrix than the embedding; default only in llama, never in gemma and gemma2. */
	readonly ownOutput?: boolean;
	/** Biases of all matrices in llama and granite; default false. Those of qwen2 and starcoder2 are always there. */
	readonly biases?: boolean;
	/** Default 1e-6. */
	readonly normEpsilon?: number;
	readonly rope?: RopeOptions;
	/** Of gemma2: logits become cap·tanh(logit / cap). Default as in the real models. */
	readonly softCaps?: { readonly attention: number; readonly final: number };
	/** Of gemma2: tokens that the layers 0, 2, 4 … see, their own included; default 4096. */
	readonly window?: number;
	/** Of granite; default as in the real models. */
	readonly scales?: {
		readonly embedding: number;
		readonly residual: number;
		/** Of queries times keys. */
		readonly attention: number;
		/** Logits are divided by it. */
		readonly logits: number;
	};
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

/** What `writeRandomModel` writes, for tests that change it. */
export function randomModel(options: RandomModelOptions): WrittenFile {
	const controls = (options.specials ?? SPECIALS).length;
	const gaussian = gaussianFillers(seededRandom(options.seed ?? 1));
	return { metadata: modelMetadata(options), tensors: modelTensors(options, gaussian, controls) };
}

/** Writes a model that loads and generates nonsense, the same for the same options. */
export function writeRandomModel(file: string, options: RandomModelOptions): void {
	writeGguf(file, randomModel(options));
}

/** Parameters of the model that `writeRandomModel` writes. */
export function parameterCount(options: RandomModelOptions): number {
	const unfilled = () => () => undefined;
	return modelTensors(options, unfilled, 0).reduce((sum, tensor) => sum + elementCount(tensor.shape), 0);
}

export interface RandomAdapterOptions extends ModelShape {
	readonly rank: number;
	/** The adapter's strength is `alpha / rank`. */
	readonly alpha: number;
	/** Names of matrices as in the model, for example `attn_q`; default all of the architecture. */
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
			const fill = (deviation: number): WrittenTensor['fill'] =>
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
