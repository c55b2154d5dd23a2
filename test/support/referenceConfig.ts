/** How an architecture computes, in the reference's words: one flat description, from the metadata of a model. */
import type { RopeConfig } from './referenceRope';
import type { ReferenceFile } from './referenceTensors';

export interface ReferenceConfig {
	readonly layers: number;
	readonly width: number;
	readonly heads: number;
	readonly keyValueHeads: number;
	readonly headSize: number;
	/** `layer` subtracts the mean first and may have a bias. */
	readonly norm: 'rms' | 'layer';
	readonly normEpsilon: number;
	/** `gelu` is the one with tanh; `gelu-half` the same in half precision, as ggml's table on the CPU has it. */
	readonly activation: 'silu' | 'gelu' | 'gelu-half';
	readonly rope: RopeConfig;
	/** Embeddings are multiplied by it. */
	readonly embeddingScale: number;
	/** What attention and MLP add to the residual stream is multiplied by it. */
	readonly residualScale: number;
	/** Queries times keys are multiplied by it. */
	readonly attentionScale: number;
	/** Logits are multiplied by it. */
	readonly logitScale: number;
	/** Scores become cap·tanh(score / cap); Infinity = no cap. */
	readonly attentionCap: number;
	readonly finalCap: number;
	/** Positions that a layer sees, its own included; Infinity = all before it. */
	readonly window: (layer: number) => number;
}

/** The architectures whose pairs to rotate are neighbours; in the others they lie half a head apart. */
const NEIGHBOURS: readonly string[] = ['llama', 'granite'];

/** Layers of Gemma 2 with 27 billion parameters, whose queries are scaled by another length (Gemma 2, table 1). */
const GEMMA2_27B_LAYERS = 46;

/** Throws an Error for an architecture that is not written here. */
export function referenceConfig(file: ReferenceFile): ReferenceConfig {
	const { architecture } = file;
	const width = file.number('embedding_length');
	const heads = file.number('attention.head_count');
	const headSize = file.number('attention.key_length', width / heads);
	const layers = file.number('block_count');
	const plain: ReferenceConfig = {
		layers,
		width,
		heads,
		keyValueHeads: file.number('attention.head_count_kv', heads),
		headSize,
		norm: 'rms',
		normEpsilon: file.number('attention.layer_norm_rms_epsilon', 0),
		activation: 'silu',
		rope: ropeConfig(file, headSize),
		embeddingScale: 1,
		residualScale: 1,
		attentionScale: 1 / Math.sqrt(headSize),
		logitScale: 1,
		attentionCap: Number.POSITIVE_INFINITY,
		finalCap: Number.POSITIVE_INFINITY,
		window: () => Number.POSITIVE_INFINITY,
	};
	switch (architecture) {
		case 'llama':
		case 'qwen2':
		case 'qwen3':
			return plain;
		case 'starcoder2':
			return {
				...plain,
				norm: 'layer',
				normEpsilon: file.number('attention.layer_norm_epsilon'),
				activation: 'gelu',
			};
		case 'gemma':
			return { ...plain, activation: 'gelu', embeddingScale: Math.sqrt(width) };
		case 'gemma2': {
			const sliding = file.number('attention.sliding_window', 4096);
			return {
				...plain,
				activation: 'gelu',
				embeddingScale: Math.sqrt(width),
				attentionScale: 1 / Math.sqrt(layers === GEMMA2_27B_LAYERS ? width / heads : headSize),
				attentionCap: file.number('attn_logit_softcapping', 50),
				finalCap: file.number('final_logit_softcapping', 30),
				window: (layer) => (layer % 2 === 0 ? sliding : Number.POSITIVE_INFINITY),
			};
		}
		case 'granite':
			return {
				...plain,
				embeddingScale: file.number('embedding_scale', 1),
				residualScale: file.number('residual_scale', 1),
				attentionScale: file.number('attention.scale', 1 / Math.sqrt(headSize)),
				logitScale: 1 / file.number('logit_scale'),
			};
		default:
			throw new Error(`The reference does not know ${architecture}`);
	}
}

function ropeConfig(file: ReferenceFile, headSize: number): RopeConfig {
	const type = file.text(`${file.architecture}.rope.scaling.type`) ?? 'linear';
	const factor = type === 'none' ? 1 : file.number('rope.scaling.factor', 1);
	return {
		pairs: NEIGHBOURS.includes(file.architecture) ? 'neighbours' : 'halves',
		headSize,
		base: file.number('rope.freq_base', 10_000),
		factor,
		yarn:
			type === 'yarn'
				? {
						originalContext: file.number(
							'rope.scaling.original_context_length',
							file.number('context_length'),
						),
						attentionFactor: file.number('rope.scaling.attn_factor', 1),
					}
				: undefined,
		divisors: file.tensors.get('rope_freqs.weight')?.values,
	};
}
