/** What a run will take, from shapes alone: said before anything is loaded. */

import type { GgufTensor } from '../../inference/gguf/ggufTensors';
import type { ModelShape } from '../architectures/architecture';
import type { TrainingSettings } from '../settings';
import { blockEnds } from '../tape/attention';
import { lossRows } from '../tape/lossHead';
import { adaptedMatrices, firstTrainedLayer, type LoraSettings } from './lora';
import { movingBytes } from './slabs';

interface MemoryEstimate {
	/** Bytes of the matrices, their transposed copies, norms and embeddings. */
	readonly weights: number;
	/** Most bytes beside the weights while they are loaded; nothing of them is left afterwards. */
	readonly loading: number;
	/** Bytes of A and B, their gradients and both moments. */
	readonly optimiser: number;
	/** Bytes of intermediate results. */
	readonly activations: number;
	/** Numbers that are trained. */
	readonly parameters: number;
}

interface EstimateOptions {
	readonly settings: LoraSettings & Pick<TrainingSettings, 'dropout'>;
	/** Tokens of a row. */
	readonly length: number;
	/** Bytes of a number in the transposed copies: Q8_0 34 / 32. */
	readonly copyBytes: number;
	/** Factor of the bytes of Q8_0 matrices where they are repacked: AMX keeps a sum for each block of 34 bytes. */
	readonly repackedQ8: number;
	/** Bytes of a value that waits for the backward pass. */
	readonly keptBytes: number;
	readonly checkpointing: boolean;
	/** Different tokens in the data. */
	readonly tokens: number;
}

const FLOAT = 4;
/** Bytes of a number in copies whose rows are no whole blocks: BF16. */
const PLAIN_COPY = 2;
const BLOCK = 32;
/** Drawn rows of a dropout mask. */
const DROPOUT_POOL = 2_048;

export function estimateMemory(
	shape: ModelShape,
	tensors: readonly GgufTensor[],
	options: EstimateOptions,
): MemoryEstimate {
	const parameters = adaptedMatrices(shape, options.settings).reduce(
		(sum, { inputs, outputs }) => sum + options.settings.rank * (inputs + outputs),
		0,
	);
	return {
		...weightBytes(shape, tensors, options),
		optimiser: parameters * FLOAT * 4,
		activations: activationBytes(shape, options, parameters),
		parameters,
	};
}

function weightBytes(
	shape: ModelShape,
	tensors: readonly GgufTensor[],
	{ settings, copyBytes, repackedQ8, tokens }: EstimateOptions,
): Pick<MemoryEstimate, 'weights' | 'loading'> {
	const tied = !tensors.some(({ name }) => name === 'output.weight');
	const firstTrained = firstTrainedLayer(shape, settings.topLayers);
	let weights = tokens * shape.width * FLOAT;
	let largest = 0;
	let numbers = 0;
	let longest = shape.width;
	for (const tensor of tensors) {
		if (tensor.name === 'token_embd.weight' && !tied) {
			continue;
		}
		weights += tensor.bytes * (tensor.type.name === 'Q8_0' ? repackedQ8 : 1);
		const layer = /^blk\.(\d+)\./.exec(tensor.name)?.[1];
		const [inputs = 1, outputs = 1] = tensor.shape;
		largest = Math.max(largest, tensor.bytes);
		numbers = Math.max(numbers, inputs * outputs);
		longest = Math.max(longest, inputs);
		if (outputs > 1 && (layer === undefined || Number(layer) >= firstTrained)) {
			const copy = inputs * outputs * (outputs % BLOCK === 0 ? copyBytes : PLAIN_COPY);
			weights += copy;
			largest = Math.max(largest, copy);
		}
	}
	return { weights, loading: movingBytes(largest, numbers, longest) };
}

/**
 * The largest of three moments: the logits while everything waits for the backward pass, the backward pass of the last
 * layer, and that of the first, when the gradients of all others are there instead of what waited.
 */
function activationBytes(shape: ModelShape, options: EstimateOptions, parameters: number): number {
	const { settings, length, keptBytes, checkpointing } = options;
	const layers = shape.layers - firstTrainedLayer(shape, settings.topLayers);
	const query = shape.heads * shape.headSize;
	const keyValue = shape.keyValueHeads * shape.headSize;
	const ends = blockEnds(length);
	const block = length / ends.length;
	/** How often a position is looked at, by all heads. */
	const looks = shape.heads * (ends.reduce((sum, end) => sum + end, 0) / ends.length);
	const adapted = adaptedMatrices(shape, settings);
	/** Of each layer's pairs: what A gives, and with dropout the masks of what it sees. */
	const paired =
		adapted.reduce((sum, { inputs }) => sum + settings.rank + (settings.dropout > 0 ? inputs : 0), 0) /
		layers;
	/** Bytes of one position in one layer that wait. */
	const kept =
		(2 * shape.width +
			(shape.queryKeyNorm ? query + keyValue : 0) +
			(shape.postNorms ? 2 * shape.width : 0) +
			paired) *
			FLOAT +
		(2 * query +
			2 * keyValue +
			looks * (shape.attentionSoftCap === 0 ? 1 : 2) +
			(shape.gated ? 2 : 1) * shape.feedForward) *
			keptBytes;
	const mlp = (shape.gated && shape.activation === 'gelu' ? 5 : 3) * shape.feedForward + 4 * shape.width;
	const attention = 2 * shape.heads * block + 2 * (shape.width + query);
	const working = length * FLOAT * Math.max(mlp, attention);
	const rows = lossRows(shape.vocabulary);
	const logits = Math.min(rows, length) * shape.vocabulary * FLOAT;
	// Those with a cap stand beside the plain ones. Where little waits, ggml's allocator finds no room for the third ones
	// where the first stood.
	const copies = (shape.finalSoftCap === 0 ? 1 : 2) + (checkpointing && length > 2 * rows ? 1 : 0);
	const waiting = layers * length * (checkpointing ? shape.width * FLOAT : kept);
	const gradients = parameters * FLOAT;
	return (
		Math.max(
			waiting + copies * logits + length * shape.width * FLOAT * 4,
			Math.max(waiting, waiting / layers + gradients) + (checkpointing ? length * kept : 0) + working,
		) +
		length * (looks / shape.heads) * FLOAT * new Set(shape.windows).size +
		(settings.dropout > 0 ? DROPOUT_POOL * FLOAT * (shape.width + query + shape.feedForward) : 0)
	);
}
