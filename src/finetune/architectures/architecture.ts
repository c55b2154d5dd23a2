/** What distinguishes one transformer from another, as data: the forward pass in `tape/transformer.ts` reads nothing else. */

import type { RopeParameters } from '../ggml/graph';

/** The shape and the terms of one model. */
export interface ModelShape {
	/** `general.architecture`. */
	readonly architecture: string;
	readonly name: string;
	readonly layers: number;
	/** Length of an embedding. */
	readonly width: number;
	readonly heads: number;
	/** Divides `heads`: grouped-query attention. */
	readonly keyValueHeads: number;
	readonly headSize: number;
	readonly feedForward: number;
	readonly vocabulary: number;
	/** Tokens of context that the model was trained with. */
	readonly context: number;
	readonly norm: 'rms' | 'layer';
	readonly epsilon: number;
	readonly activation: 'silu' | 'gelu';
	/** down(activation(gate(x))·up(x)); plain: down(activation(up(x))). */
	readonly gated: boolean;
	/** An RMS norm of each head of q and k before rope. */
	readonly queryKeyNorm: boolean;
	/** A norm of what attention and MLP give, before it is added. */
	readonly postNorms: boolean;
	readonly rope: RopeParameters;
	/** Factor of the embeddings. */
	readonly embeddingScale: number;
	/** Factor of what attention and MLP add. */
	readonly residualScale: number;
	/** Factor of q·k. */
	readonly attentionScale: number;
	/** Factor of the logits. */
	readonly logitScale: number;
	/** cap·tanh(x / cap) of the attention's logits; 0 = none. */
	readonly attentionSoftCap: number;
	/** The same of the logits; 0 = none. */
	readonly finalSoftCap: number;
	/** Tokens that a layer sees back; 0 = all. By layer. */
	readonly windows: readonly number[];
}

/** One family: which keys and terms it has beside those that all share. */
export interface Architecture {
	/** `general.architecture`. */
	readonly name: string;
	readonly norm: ModelShape['norm'];
	readonly activation: ModelShape['activation'];
	readonly gated: boolean;
	readonly queryKeyNorm: boolean;
	readonly postNorms: boolean;
	/** Pairs of rope: neighbours or halves (`LLAMA_ROPE_TYPE_*` by architecture in llama-model.cpp). */
	readonly ropeKind: RopeParameters['kind'];
	/** What a file may say that is not written here; undefined where all is well. */
	refusal?(keys: ShapeKeys): string | undefined;
	/** Terms that follow from metadata or shape; those left out are neutral. */
	terms(
		metadata: ShapeMetadata,
	): Partial<
		Pick<
			ModelShape,
			| 'embeddingScale'
			| 'residualScale'
			| 'attentionScale'
			| 'logitScale'
			| 'attentionSoftCap'
			| 'finalSoftCap'
			| 'windows'
		>
	>;
}

/** The file's metadata under `ARCHITECTURE.key`; undefined where it has none of that type. */
export interface ShapeKeys {
	/** @throws UntrainableModel for an array whose numbers differ. */
	number(key: string): number | undefined;
	numbers(key: string): readonly number[] | undefined;
	flag(key: string): boolean | undefined;
	/** Whether there is anything. */
	has(key: string): boolean;
}

/** What `terms` may look at. */
interface ShapeMetadata extends ShapeKeys {
	readonly layers: number;
	readonly width: number;
	readonly heads: number;
	readonly headSize: number;
}
