/** Small models of every architecture that is trained, with every feature that changes what one computes. */
import type { ModelShape, RandomModelOptions } from './randomModel';

const SHAPE: Omit<ModelShape, 'architecture'> & Omit<RandomModelOptions, keyof ModelShape> = {
	layers: 2,
	width: 64,
	heads: 4,
	keyValueHeads: 2,
	feedForward: 96,
	vocabulary: 320,
	contextLength: 256,
	type: 'F32',
	varied: true,
	normEpsilon: 1e-2,
};

/** Its embeddings are scaled up: beside them a smaller epsilon would not show. */
const GEMMA: RandomModelOptions = { ...SHAPE, architecture: 'gemma', normEpsilon: 0.1 };

/** By name, `architecture` or `architecture, feature`. Weights are F32; spread another `type` over them. */
export const TRAINED_SHAPES: Readonly<Record<string, RandomModelOptions>> = {
	llama: { ...SHAPE, architecture: 'llama' },
	'llama, tied': { ...SHAPE, architecture: 'llama', ownOutput: false },
	'llama, biases': { ...SHAPE, architecture: 'llama', biases: true },
	'llama, long heads': { ...SHAPE, architecture: 'llama', headSize: 32 },
	'llama, linear scaling': {
		...SHAPE,
		architecture: 'llama',
		rope: { scaling: { type: 'linear', factor: 4 } },
	},
	'llama, YaRN': {
		...SHAPE,
		architecture: 'llama',
		rope: { scaling: { type: 'yarn', factor: 8, originalContext: 2048 } },
	},
	'llama, frequency factors': { ...SHAPE, architecture: 'llama', rope: { factors: true } },
	qwen2: { ...SHAPE, architecture: 'qwen2' },
	'qwen2, own output': { ...SHAPE, architecture: 'qwen2', ownOutput: true },
	'qwen2, YaRN': {
		...SHAPE,
		architecture: 'qwen2',
		rope: { scaling: { type: 'yarn', factor: 4, originalContext: 2048, attentionFactor: 1.5 } },
	},
	qwen3: { ...SHAPE, architecture: 'qwen3' },
	'qwen3, long heads': { ...SHAPE, architecture: 'qwen3', headSize: 32, ownOutput: true },
	starcoder2: { ...SHAPE, architecture: 'starcoder2' },
	'starcoder2, own output': { ...SHAPE, architecture: 'starcoder2', ownOutput: true },
	gemma: { ...GEMMA, keyValueHeads: 1 },
	'gemma, long heads': { ...GEMMA, headSize: 32 },
	gemma2: {
		...SHAPE,
		architecture: 'gemma2',
		headSize: 32,
		softCaps: { attention: 1.5, final: 3 },
		window: 12,
	},
	'gemma2, 27B': {
		...SHAPE,
		architecture: 'gemma2',
		layers: 46,
		heads: 2,
		feedForward: 64,
		headSize: 16,
		softCaps: { attention: 1.5, final: 3 },
		window: 12,
	},
	granite: {
		...SHAPE,
		architecture: 'granite',
		scales: { embedding: 3, residual: 0.6, attention: 0.4, logits: 0.5 },
	},
	'granite, biases and own output': {
		...SHAPE,
		architecture: 'granite',
		scales: { embedding: 3, residual: 0.6, attention: 0.4, logits: 2 },
		biases: true,
		ownOutput: true,
	},
};
