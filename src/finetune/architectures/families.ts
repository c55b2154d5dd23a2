/** The families of models that can be trained; each entry follows the file of the same name in llama.cpp's src/models. */

import type { Architecture, ShapeKeys } from './architecture';

/** `rope.freq_base` where the file says nothing. */
export const DEFAULT_ROPE_BASE = 10_000;

const rmsSwiglu = {
	norm: 'rms',
	activation: 'silu',
	gated: true,
	queryKeyNorm: false,
	postNorms: false,
} as const;

const llama: Architecture = {
	name: 'llama',
	...rmsSwiglu,
	ropeKind: 0,
	terms: () => ({}),
};

const qwen2: Architecture = { name: 'qwen2', ...rmsSwiglu, ropeKind: 2, terms: () => ({}) };

const qwen3: Architecture = {
	name: 'qwen3',
	...rmsSwiglu,
	queryKeyNorm: true,
	ropeKind: 2,
	terms: () => ({}),
};

const starcoder2: Architecture = {
	name: 'starcoder2',
	norm: 'layer',
	activation: 'gelu',
	gated: false,
	queryKeyNorm: false,
	postNorms: false,
	ropeKind: 2,
	terms: () => ({}),
};

/** The GGUF's norm weights already hold Gemma's "+ 1". */
const gemma: Architecture = {
	name: 'gemma',
	...rmsSwiglu,
	activation: 'gelu',
	ropeKind: 2,
	terms: ({ width }) => ({ embeddingScale: Math.sqrt(width) }),
};

/** Layers of the 27B, whose attention is scaled by width / heads instead of by the head's size. */
const GEMMA2_27B_LAYERS = 46;

const gemma2: Architecture = {
	name: 'gemma2',
	...rmsSwiglu,
	activation: 'gelu',
	postNorms: true,
	ropeKind: 2,
	refusal: gemma2Refusal,
	terms: ({ layers, width, heads, headSize, number }) => ({
		embeddingScale: Math.sqrt(width),
		attentionScale: 1 / Math.sqrt(layers === GEMMA2_27B_LAYERS ? Math.trunc(width / heads) : headSize),
		attentionSoftCap: number('attn_logit_softcapping') ?? 50,
		finalSoftCap: number('final_logit_softcapping') ?? 30,
		windows: everyOther(layers, number('attention.sliding_window') ?? 4096),
	}),
};

const granite: Architecture = {
	name: 'granite',
	...rmsSwiglu,
	ropeKind: 0,
	refusal: ({ flag }) =>
		flag('rope.scaling.finetuned') === false
			? 'it has no positions (granite.rope.scaling.finetuned is false)'
			: undefined,
	terms: ({ number, headSize }) => ({
		// In files, 0 means that there is none.
		embeddingScale: number('embedding_scale') || 1,
		residualScale: number('residual_scale') || 1,
		attentionScale: number('attention.scale') || 1 / Math.sqrt(headSize),
		logitScale: 1 / (number('logit_scale') || 1),
	}),
};

/** By `general.architecture`. */
export const FAMILIES: ReadonlyMap<string, Architecture> = new Map(
	[llama, qwen2, qwen3, starcoder2, gemma, gemma2, granite].map((family) => [family.name, family]),
);

/** Layers 0, 2, 4… see a window, the others all (`set_swa_pattern(2)` of llama.cpp). */
function everyOther(layers: number, window: number): readonly number[] {
	return Array.from({ length: layers }, (_, layer) => (layer % 2 === 0 ? window : 0));
}

/** Windows in other layers, or other positions in those that have one. */
function gemma2Refusal({ number, numbers, has }: ShapeKeys): string | undefined {
	const key = 'attention.sliding_window_pattern';
	const pattern = numbers(key);
	const isUsual =
		pattern === undefined
			? !has(key) || number(key) === 2
			: pattern.every((value, layer) => value === (layer % 2 === 0 ? 1 : 0));
	if (!isUsual) {
		return `its layers with a sliding window are not every other one (gemma2.${key})`;
	}
	const base = number('rope.freq_base_swa');
	return base === undefined || base === (number('rope.freq_base') ?? DEFAULT_ROPE_BASE)
		? undefined
		: `its layers with a sliding window turn positions in another way (gemma2.rope.freq_base_swa is ${base})`;
}
