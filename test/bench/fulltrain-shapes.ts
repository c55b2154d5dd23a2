/** The small models that are trained as a whole: about 5, 15 and 30 million parameters, embeddings tied. */
import type { BenchShape } from './finetune-rig';

/** Tokens of a sequence, and sequences of a step. */
export const LENGTH = 256;
export const SEQUENCES = 8;

const common = { architecture: 'qwen2', contextLength: LENGTH } as const;

export const SHAPES = {
	'5M': { ...common, layers: 5, width: 256, heads: 4, keyValueHeads: 4, feedForward: 704, vocabulary: 4096 },
	'15M': {
		...common,
		layers: 6,
		width: 384,
		heads: 6,
		keyValueHeads: 6,
		feedForward: 1088,
		vocabulary: 8192,
	},
	'30M': {
		...common,
		layers: 8,
		width: 512,
		heads: 8,
		keyValueHeads: 8,
		feedForward: 1408,
		vocabulary: 8192,
	},
} as const satisfies Readonly<Record<string, BenchShape>>;

export type Size = keyof typeof SHAPES;
