/** What memory and speed of a model depend on, as the header of its file says it. */

import type { GgufHeader, GgufValue } from '../gguf/gguf';
import type { GgufTensor } from '../gguf/ggufTensors';

/** How weights are stored: processors multiply by each kind at a speed of its own. */
type WeightKind = 'quantised' | 'float';

export interface ModelShape {
	readonly layers: number;
	/** Length of an embedding. */
	readonly width: number;
	/** Attention heads of the layer that has most. */
	readonly heads: number;
	/** Numbers of a token that the KV cache keeps, of all layers. */
	readonly cacheLength: number;
	/** Length of the queries of all layers together: what attention computes for a token grows with it. */
	readonly queryLength: number;
	/** Tokens. */
	readonly vocabulary: number;
	/** Bytes of all weights in the layers. */
	readonly layerBytes: number;
	/** Bytes of the table of embeddings, of which a token reads one row. */
	readonly embeddingBytes: number;
	/** Bytes that are read to choose a token: the output's, or the embeddings' where the model has no other. */
	readonly outputBytes: number;
	/** Whether the embeddings are the output. */
	readonly isTied: boolean;
	/** Bytes of the layers that one token reads: fewer than all where experts are chosen. */
	readonly readBytes: number;
	/** Weights of the layers that one token is multiplied by. */
	readonly readWeights: number;
	readonly kind: WeightKind;
	/** Tokens that the model was trained with; undefined where nobody says. */
	readonly trainedContext: number | undefined;
}

type Header = Pick<GgufHeader, 'metadata' | 'tensors'>;

/** Bytes of all weights. */
export function weightBytes({
	layerBytes,
	embeddingBytes,
	outputBytes,
	isTied,
}: Pick<ModelShape, 'layerBytes' | 'embeddingBytes' | 'outputBytes' | 'isTied'>): number {
	return layerBytes + embeddingBytes + (isTied ? 0 : outputBytes);
}

/** What a file does not say is taken for the most common. */
export function shapeOf({ metadata, tensors }: Header): ModelShape {
	const architecture = metadata.get('general.architecture');
	const name = architecture?.type === 'string' ? architecture.value : '';
	const numbers = (key: string) => numbersOf(metadata.get(`${name}.${key}`));
	const first = (key: string) => numbers(key)[0];
	const layers = first('block_count') ?? 1;
	const width = first('embedding_length') ?? 1;
	const heads = perLayer(numbers('attention.head_count'), layers, 1);
	const keyHeads = perLayer(numbers('attention.head_count_kv'), layers, heads[0] ?? 1);
	const most = Math.max(1, ...heads);
	const keyLength = first('attention.key_length') ?? width / most;
	const valueLength = first('attention.value_length') ?? width / most;
	// Hybrid models have attention in one of so many layers only.
	const interval = first('full_attention_interval') ?? 1;
	const latent = first('attention.kv_lora_rank');
	const cacheLength =
		(latent === undefined
			? sum(keyHeads) * (keyLength + valueLength)
			: layers * (latent + (first('rope.dimension_count') ?? 0))) / interval;
	const experts = (first('expert_used_count') ?? 1) / (first('expert_count') ?? 1);
	const inLayers = tensors.filter((tensor) => isLayer(tensor));
	const matrices = inLayers.filter(({ shape }) => shape.length > 1);
	const share = (tensor: GgufTensor) => (tensor.name.includes('_exps') ? experts : 1);
	const embedding = tensors.find((tensor) => tensor.name === 'token_embd.weight');
	const output = tensors.find((tensor) => tensor.name === 'output.weight');
	const read = sum(matrices.map((tensor) => tensor.bytes * share(tensor)));
	const floats = sum(matrices.map((tensor) => (/^B?F\d/.test(tensor.type.name) ? tensor.bytes : 0)));
	return {
		layers,
		width,
		heads: most,
		cacheLength,
		queryLength: (sum(heads) * keyLength) / interval,
		vocabulary: embedding?.shape[1] ?? 0,
		layerBytes: sum(inLayers.map(({ bytes }) => bytes)),
		embeddingBytes: embedding?.bytes ?? 0,
		outputBytes: (output ?? embedding)?.bytes ?? 0,
		isTied: output === undefined,
		readBytes: read,
		readWeights: sum(matrices.map((tensor) => elements(tensor) * share(tensor))),
		kind: floats * 2 > sum(matrices.map(({ bytes }) => bytes)) ? 'float' : 'quantised',
		trainedContext: first('context_length'),
	};
}

function isLayer({ name }: GgufTensor): boolean {
	return name.startsWith('blk.');
}

function elements({ shape }: GgufTensor): number {
	return shape.reduce((product, size) => product * size, 1);
}

function numbersOf(value: GgufValue | undefined): readonly number[] {
	if (value === undefined || value.type === 'string' || value.type === 'bool') {
		return [];
	}
	return value.type === 'array' ? (value.numbers ?? []) : [value.value];
}

/** One number for all layers stands for each of them. */
function perLayer(numbers: readonly number[], layers: number, missing: number): readonly number[] {
	return numbers.length > 1 ? numbers : Array.from({ length: layers }, () => numbers[0] ?? missing);
}

function sum(numbers: readonly number[]): number {
	return numbers.reduce((total, one) => total + one, 0);
}
