/** Reads the shape of a model from its GGUF's header, and refuses what cannot be trained, by name. */

import type { GgufHeader } from '../../inference/gguf/gguf';
import type { RopeParameters } from '../ggml/graph';
import type { Architecture, ModelShape } from './architecture';
import { DEFAULT_ROPE_BASE, FAMILIES } from './families';

/** The model is of a kind that is not written, or its header lacks what training needs. */
export class UntrainableModel extends Error {
	override readonly name = 'UntrainableModel';
}

/**
 * @throws UntrainableModel naming architecture or key.
 */
export function readShape(header: GgufHeader): ModelShape {
	const architecture = text(header, 'general.architecture') ?? 'unnamed';
	const family = FAMILIES.get(architecture);
	if (family === undefined) {
		throw new UntrainableModel(
			`Models of the architecture ${architecture} cannot be fine-tuned yet. Those that can: ${[...FAMILIES.keys()].join(', ')}.`,
		);
	}
	const keys = metadataOf(header, architecture);
	const reason = refusal(header, family, keys);
	if (reason !== undefined) {
		throw new UntrainableModel(
			`This ${architecture} model cannot be fine-tuned: ${reason}. Choose another file or model.`,
		);
	}
	const layers = keys.need('block_count');
	const width = keys.need('embedding_length');
	const heads = keys.need('attention.head_count');
	const headSize = keys.number('attention.key_length') ?? width / heads;
	const embedding = header.tensors.find(({ name }) => name === 'token_embd.weight');
	if (embedding === undefined) {
		throw new UntrainableModel('The model has no token_embd.weight.');
	}
	const shape = { layers, width, heads, headSize };
	return {
		architecture,
		name: text(header, 'general.name') ?? architecture,
		...shape,
		keyValueHeads: keys.number('attention.head_count_kv') ?? heads,
		feedForward: keys.need('feed_forward_length'),
		vocabulary: embedding.shape[1] ?? 0,
		context: keys.number('context_length') ?? 0,
		norm: family.norm,
		epsilon: keys.need(
			family.norm === 'rms' ? 'attention.layer_norm_rms_epsilon' : 'attention.layer_norm_epsilon',
		),
		activation: family.activation,
		gated: family.gated,
		queryKeyNorm: family.queryKeyNorm,
		postNorms: family.postNorms,
		rope: ropeOf(keys, family, headSize),
		embeddingScale: 1,
		residualScale: 1,
		attentionScale: 1 / Math.sqrt(headSize),
		logitScale: 1,
		attentionSoftCap: 0,
		finalSoftCap: 0,
		windows: Array.from({ length: layers }, () => 0),
		...family.terms({ ...shape, ...keys }),
	};
}

/** The terms of these are written; what else llama.cpp knows changes what the model computes. */
const SCALINGS: readonly string[] = ['none', 'linear', 'yarn'];

const MATRICES = ['attn_q', 'attn_k', 'attn_v', 'attn_output', 'ffn_gate', 'ffn_up', 'ffn_down'];
const NORMS = ['attn_norm', 'ffn_norm', 'output_norm'];
const OTHERS = [
	'attn_q_norm',
	'attn_k_norm',
	'post_attention_norm',
	'post_ffw_norm',
	'token_embd',
	'output',
	'rope_freqs',
];

/** Names, without that of the layer, of the tensors that the forward pass reads. */
function knownTensors({ norm }: Architecture): ReadonlySet<string> {
	const biased = norm === 'layer' ? [...MATRICES, ...NORMS] : MATRICES;
	return new Set([
		...[...MATRICES, ...NORMS, ...OTHERS].map((name) => `${name}.weight`),
		...biased.map((name) => `${name}.bias`),
	]);
}

/** Why a model of a known family cannot be trained all the same: what it has beside what is written here. */
function refusal(header: GgufHeader, family: Architecture, keys: Keys): string | undefined {
	const parts = header.metadata.get('split.count');
	if (parts !== undefined && 'value' in parts && Number(parts.value) > 1) {
		return `it is split into ${parts.value} files, and only a single one can be`;
	}
	const experts = keys.number('expert_count') ?? 0;
	if (experts > 0) {
		return `it is a mixture of ${experts} experts, and only dense models can be`;
	}
	const scaling = keys.string('rope.scaling.type') ?? 'linear';
	if (!SCALINGS.includes(scaling)) {
		return `it scales its positions by "${scaling}", and only ${SCALINGS.join(', ')} are known`;
	}
	const usual = keys.need('embedding_length') / keys.need('attention.head_count');
	const [keyLength, valueLength] = ['key', 'value'].map(
		(kind) => keys.number(`attention.${kind}_length`) ?? usual,
	);
	if (keyLength !== valueLength) {
		return `its keys are ${keyLength} numbers long and its values ${valueLength}`;
	}
	if ((keys.number('nextn_predict_layers') ?? 0) > 0) {
		return 'it has layers that predict several tokens at once';
	}
	if (header.tensors.some(({ name }) => name.endsWith('.attn_qkv.weight'))) {
		return 'it keeps q, k and v in one matrix';
	}
	const known = knownTensors(family);
	const unknown = header.tensors.find(({ name }) => !known.has(name.replace(/^blk\.\d+\./, '')));
	if (unknown !== undefined) {
		return `it has a tensor ${unknown.name}, which is not known`;
	}
	return family.refusal?.(keys);
}

type Keys = ReturnType<typeof metadataOf>;

function metadataOf(header: GgufHeader, architecture: string) {
	const value = (key: string) => header.metadata.get(`${architecture}.${key}`);
	const number = (key: string): number | undefined => {
		const found = value(key);
		if (found?.type === 'array') {
			// One value a layer: fine where all are alike.
			const [first] = found.numbers ?? [];
			if (first === undefined || found.numbers?.some((other) => other !== first) === true) {
				throw new UntrainableModel(
					`${architecture}.${key} differs between layers; such models cannot be fine-tuned.`,
				);
			}
			return first;
		}
		return found === undefined || found.type === 'string' || found.type === 'bool' ? undefined : found.value;
	};
	return {
		number,
		numbers: (key: string) => {
			const found = value(key);
			return found?.type === 'array' ? found.numbers : undefined;
		},
		flag: (key: string) => {
			const found = value(key);
			return found?.type === 'bool' ? found.value : undefined;
		},
		has: (key: string) => value(key) !== undefined,
		string: (key: string) => text(header, `${architecture}.${key}`),
		need: (key: string): number => {
			const found = number(key);
			if (found === undefined || !(found > 0)) {
				throw new UntrainableModel(`The model's header lacks ${architecture}.${key}, which training needs.`);
			}
			return found;
		},
	};
}

function text(header: GgufHeader, key: string): string | undefined {
	const found = header.metadata.get(key);
	return found?.type === 'string' ? found.value : undefined;
}

/**
 * As llama.cpp reads it: load_hparams in llama-model.cpp and the context's parameters in llama-context.cpp. The keys of
 * YaRN's betas and of its multiplier are read for other architectures only.
 */
function ropeOf(keys: Keys, family: Architecture, headSize: number): RopeParameters {
	const scaling = keys.string('rope.scaling.type') ?? 'linear';
	const factor =
		scaling === 'none'
			? 1
			: (keys.number('rope.scaling.factor') ?? keys.number('rope.scale_linear') ?? 0) || 1;
	const isYarn = scaling === 'yarn';
	// ggml multiplies by 1 + 0.1·ln(factor) itself, which is not meant for factors below 1.
	const correction = isYarn && factor < 1 ? 1 / (1 + 0.1 * Math.log(factor)) : 1;
	return {
		dimensions: keys.number('rope.dimension_count') ?? headSize,
		kind: family.ropeKind,
		originalContext:
			keys.number('rope.scaling.original_context_length') ?? keys.number('context_length') ?? 0,
		base: keys.number('rope.freq_base') ?? DEFAULT_ROPE_BASE,
		frequencyScale: 1 / factor,
		extrapolation: isYarn ? 1 : 0,
		attentionFactor: correction * (keys.number('rope.scaling.attn_factor') ?? 1),
		betaFast: 32,
		betaSlow: 1,
	};
}
