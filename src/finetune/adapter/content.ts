/** What a LoRA adapter holds, apart from how it is written (GGUF by ggml, PEFT by safetensors). Types only. */

import type { AdapterFacts } from '../../inference/gguf/adapterKeys';

export interface AdapterMatrix {
	/** Name of the base's tensor in GGUF, for example `blk.0.attn_q.weight`. */
	readonly name: string;
	/** Inputs of the base's matrix. */
	readonly inputs: number;
	/** Outputs of the base's matrix. */
	readonly outputs: number;
	readonly rank: number;
	/** rank rows of `inputs` numbers, row by row (ggml: ne = [inputs, rank]). */
	readonly a: Float32Array;
	/** `outputs` rows of rank numbers, row by row (ggml: ne = [rank, outputs]). */
	readonly b: Float32Array;
}

export interface AdapterContent {
	/** `general.architecture` of the base. */
	readonly architecture: string;
	/** ΔW = (alpha / rank)·B·A, as llama.cpp computes it: a rank-stabilised scale is already folded in. */
	readonly alpha: number;
	readonly matrices: readonly AdapterMatrix[];
	readonly facts: AdapterFacts;
}
