/** Which matrix of a GGUF a module of Hugging Face's model is, for every architecture that can be fine-tuned. */

/** Names within a layer: of Hugging Face's module, and of the GGUF's tensor. */
type ModuleNames = Readonly<Record<string, string>>;

const ATTENTION: ModuleNames = {
	'self_attn.q_proj': 'attn_q',
	'self_attn.k_proj': 'attn_k',
	'self_attn.v_proj': 'attn_v',
	'self_attn.o_proj': 'attn_output',
};
const GATED: ModuleNames = {
	...ATTENTION,
	'mlp.gate_proj': 'ffn_gate',
	'mlp.up_proj': 'ffn_up',
	'mlp.down_proj': 'ffn_down',
};
const PLAIN: ModuleNames = { ...ATTENTION, 'mlp.c_fc': 'ffn_up', 'mlp.c_proj': 'ffn_down' };

interface Family {
	readonly modules: ModuleNames;
	/**
	 * Whether the rows of q and k stand in another order in the GGUF: `undo_permute` of `LlamaModel` in llama.cpp's
	 * conversion/llama.py (v0.5.0), which `GraniteModel` inherits; the others have no such step.
	 */
	readonly permutes: boolean;
}

/** By `general.architecture`; names as in gguf-py/gguf/tensor_mapping.py of llama.cpp v0.5.0. */
const FAMILIES: ReadonlyMap<string, Family> = new Map([
	['llama', { modules: GATED, permutes: true }],
	['granite', { modules: GATED, permutes: true }],
	['qwen2', { modules: GATED, permutes: false }],
	['qwen3', { modules: GATED, permutes: false }],
	['gemma', { modules: GATED, permutes: false }],
	['gemma2', { modules: GATED, permutes: false }],
	['starcoder2', { modules: PLAIN, permutes: false }],
]);

/** What of a base model's GGUF an adapter has to fit. */
export interface AdapterBase {
	/** `general.architecture`. */
	readonly architecture: string;
	readonly layers: number;
	readonly heads: number;
	readonly keyValueHeads: number;
	/** Inputs and outputs of a matrix by its name in the GGUF; undefined where there is none of that name. */
	readonly shapeOf: (name: string) => readonly [inputs: number, outputs: number] | undefined;
}

/** A matrix that an adapter may change, under both its names. */
export interface AdaptedModule {
	readonly layer: number;
	/** Within the layer, for example `self_attn.q_proj`. */
	readonly module: string;
	/** For example `blk.0.attn_q.weight`. */
	readonly tensor: string;
	/** Heads by which its rows are permuted in the GGUF; undefined where they stand as they are. */
	readonly permutedHeads: number | undefined;
}

export function knownArchitectures(): readonly string[] {
	return [...FAMILIES.keys()];
}

/** Of a module's path such as `model.layers.3.self_attn.q_proj`, for a known architecture. */
export function moduleOfPath(path: string, base: AdapterBase): AdaptedModule | undefined {
	const [, layer, module = ''] = /^(?:model\.)?layers\.(0|[1-9]\d{0,3})\.(.+)$/.exec(path) ?? [];
	const names = FAMILIES.get(base.architecture)?.modules ?? {};
	const tensor = Object.hasOwn(names, module) ? names[module] : undefined;
	return tensor === undefined ? undefined : adapted(Number(layer), module, tensor, base);
}

/** Of a tensor's name such as `blk.3.attn_q.weight`, for a known architecture. */
export function moduleOfTensor(name: string, base: AdapterBase): AdaptedModule | undefined {
	const [, layer, matrix] = /^blk\.(0|[1-9]\d{0,3})\.(\w+)\.weight$/.exec(name) ?? [];
	const names = Object.entries(FAMILIES.get(base.architecture)?.modules ?? {});
	const [module, tensor] = names.find(([, tensor]) => tensor === matrix) ?? [];
	return module === undefined || tensor === undefined
		? undefined
		: adapted(Number(layer), module, tensor, base);
}

function adapted(layer: number, module: string, tensor: string, base: AdapterBase): AdaptedModule {
	const heads = { attn_q: base.heads, attn_k: base.keyValueHeads } as const;
	const permutes = FAMILIES.get(base.architecture)?.permutes === true;
	return {
		layer,
		module,
		tensor: `blk.${layer}.${tensor}.weight`,
		permutedHeads: permutes && (tensor === 'attn_q' || tensor === 'attn_k') ? heads[tensor] : undefined,
	};
}
