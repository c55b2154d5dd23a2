/** Pairs A with B by the names in a file of weights, and says of every other tensor why it cannot be imported. */

import { AdapterFileError } from './adapterFileError';
import type { SafeTensor, Safetensors } from './safetensors';

export interface FactorPair {
	/** The module's path in the base, for example `model.layers.0.self_attn.q_proj`. */
	readonly path: string;
	readonly a: SafeTensor;
	readonly b: SafeTensor;
}

/** Parts: the module's path, and `A` or `B`. Where not `save_pretrained` wrote it, the adapter's name is there too. */
export const PEFT_NAMES = /^base_model\.model\.(.+)\.lora_([AB])(?:\.default)?\.weight$/;
/** As `PEFT_NAMES`, in small letters. */
export const MLX_NAMES = /^(.+)\.lora_([ab])$/;

/** Kinds of tensors that are known and cannot be imported: the first that matches gives the reason. */
const REASONS: readonly (readonly [kind: RegExp, reason: string])[] = [
	[/lora_magnitude_vector|\.m$/, 'belongs to DoRA, which a GGUF adapter cannot hold; train without use_dora'],
	[
		/lora_embedding_|embed_tokens|lm_head|wte\b/,
		'changes the embeddings or the output; train with target_modules in the layers only, and without new tokens',
	],
	[/modules_to_save/, 'is a whole module that was trained beside the adapter; train without modules_to_save'],
	[/lora_E|ranknum/, 'belongs to AdaLoRA, which cannot be imported; use plain LoRA'],
	[/_(scales|biases)$/, 'belongs to quantised factors; save the adapter before it is quantised'],
	[/bias/, 'is a trained bias, which a GGUF adapter cannot hold; train with bias="none"'],
	[
		/qkv|c_attn|query_key_value|gate_up_proj/i,
		'changes several matrices of the base that are one in the trained model; such fused layers cannot be imported',
	],
];

/** Throws an `AdapterFileError` that names the file and the tensor. */
export function factorPairs({ file, tensors }: Safetensors, names: RegExp): readonly FactorPair[] {
	const found = new Map<string, { a?: SafeTensor; b?: SafeTensor }>();
	for (const tensor of tensors) {
		const reason = REASONS.find(([kind]) => kind.test(tensor.name))?.[1];
		const [, path, letter] = names.exec(tensor.name) ?? [];
		if (reason !== undefined || path === undefined || letter === undefined) {
			const what =
				reason ?? 'is no factor of a LoRA as PEFT (lora_A, lora_B) or mlx-lm (lora_a, lora_b) names them';
			throw new AdapterFileError(`${file}: tensor "${tensor.name}" ${what}`);
		}
		if (tensor.shape.length !== 2) {
			throw new AdapterFileError(
				`${file}: tensor "${tensor.name}" has ${tensor.shape.length} dimensions instead of 2`,
			);
		}
		const pair = found.get(path) ?? {};
		const side = letter.toLowerCase() === 'a' ? 'a' : 'b';
		if (pair[side] !== undefined) {
			throw new AdapterFileError(
				`${file}: "${path}" has its ${side.toUpperCase()} twice: two adapters in one file`,
			);
		}
		pair[side] = tensor;
		found.set(path, pair);
	}
	if (found.size === 0) {
		throw new AdapterFileError(`${file} holds no tensors`);
	}
	return [...found].map(([path, { a, b }]) => {
		if (a === undefined || b === undefined) {
			throw new AdapterFileError(
				`${file}: "${path}" has no ${a === undefined ? 'A' : 'B'}: the file is incomplete`,
			);
		}
		return { path, a, b };
	});
}
