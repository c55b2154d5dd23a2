/** How much memory a model takes before it is loaded, from its shape alone. */

import { type ModelShape, weightBytes } from './shape';

/** Tokens of one batch: no chunk of the engine is larger. */
export const BATCH = 128;
/** One sequence for completion, one for chat. */
export const SEQUENCES = 2;
const FLOAT_BYTES = 4;
/** A number in the KV cache is kept in F16. */
const CACHE_BYTES = 2;
/** Bytes of the host process without a model: Node.js and llama.cpp, as measured on Linux. */
const BASE = 105e6;
/** Bytes for each token of the vocabulary: its text, its merges, and what looks it up. */
const VOCABULARY_BYTES = 700;
/** Bytes that a driver takes for itself. */
const DRIVER = 250e6;

/** Without flash attention, the scores of all tokens of a batch against the whole context stand in memory at once. */
const MOST_SCORE_BYTES = 256 * 1024 * 1024;

export interface MemoryQuestion {
	/** Tokens of each sequence. */
	readonly contextSize: number;
	/** Default 2. */
	readonly sequences?: number;
	/** Layers on the GPU, the output counted as one; default 0. */
	readonly gpuLayers?: number;
	/** Tokens of the largest batch; default 128. */
	readonly batch?: number;
}

export interface MemoryEstimate {
	/** Bytes of the machine's own memory that are needed. */
	readonly host: number;
	/** Bytes on the GPU. */
	readonly gpu: number;
	/**
	 * Bytes that the process holds on the host once it is loaded. llama.cpp may keep weights in an order of its own: then
	 * the file's pages count once more, until the system wants them back. The scores are not touched yet.
	 */
	readonly resident: number;
	/** Bytes of the above, on both. */
	readonly parts: {
		readonly weights: number;
		readonly cache: number;
		readonly buffers: number;
		readonly base: number;
	};
}

/** Bytes of the scores of a batch against the context, where flash attention does not save them. */
function scoreBytes(heads: number, contextSize: number, batch: number): number {
	return contextSize * batch * heads * FLOAT_BYTES;
}

/** Whether the scores would take more than they may, so that flash attention is used on a processor too. */
export function hasTooManyScores(heads: number, contextSize: number, batch: number): boolean {
	return scoreBytes(heads, contextSize, batch) > MOST_SCORE_BYTES;
}

/** @param copies of the weights that a processor holds, 1 to 2: what was measured here; default 2 for quantised ones. */
export function estimateMemory(
	shape: ModelShape,
	question: MemoryQuestion,
	copies = shape.kind === 'quantised' ? 2 : 1,
): MemoryEstimate {
	const { contextSize, sequences = SEQUENCES, gpuLayers = 0, batch = BATCH } = question;
	const { layers, width, heads, vocabulary } = shape;
	const share = Math.min(1, gpuLayers / Math.max(1, layers));
	const hasOutput = gpuLayers > layers;
	const weights = {
		gpu: shape.layerBytes * share + (hasOutput ? shape.outputBytes : 0),
		// The table of embeddings stays on the host.
		host:
			weightBytes(shape) - shape.layerBytes * share - (hasOutput && !shape.isTied ? shape.outputBytes : 0),
	};
	const cache = shape.cacheLength * CACHE_BYTES * contextSize * sequences;
	const logits = batch * vocabulary * FLOAT_BYTES;
	// What flows from layer to layer, with the wider middle of the feed-forward part.
	const flowing = batch * width * FLOAT_BYTES * 16;
	const isFlash = gpuLayers > 0 || hasTooManyScores(heads, contextSize, batch);
	const scores = isFlash ? 0 : scoreBytes(heads, contextSize, batch);
	const texts = vocabulary * VOCABULARY_BYTES;
	const gpuBuffers = gpuLayers > 0 ? flowing + logits + DRIVER : 0;
	const hostBuffers = logits + texts + flowing;
	const settled = BASE + cache * (1 - share) + hostBuffers;
	return {
		host: settled + weights.host + scores,
		gpu: weights.gpu + cache * share + gpuBuffers,
		resident: settled + weights.host * (share === 0 ? copies : 1),
		parts: {
			weights: weights.host + weights.gpu,
			cache,
			buffers: hostBuffers + gpuBuffers + scores,
			base: BASE,
		},
	};
}

/**
 * Layers that fit into so many bytes of a GPU, the output counted as one; 0 where not even one does.
 */
export function layersThatFit(shape: ModelShape, question: MemoryQuestion, gpuBytes: number): number {
	let layers = shape.layers + 1;
	while (layers > 0 && estimateMemory(shape, { ...question, gpuLayers: layers }).gpu > gpuBytes) {
		layers--;
	}
	return layers;
}

/** Below this many tokens no useful prompt fits. */
const SMALLEST_CONTEXT = 512;

/**
 * Most tokens of a sequence, a multiple of 256, for which the model fits; undefined where not even 512 do.
 * @param most tokens. @param free bytes that there are.
 */
export function contextThatFits(
	shape: ModelShape,
	question: Omit<MemoryQuestion, 'contextSize'>,
	most: number,
	free: { readonly host: number; readonly gpu: number },
): number | undefined {
	for (let contextSize = most; contextSize >= Math.min(most, SMALLEST_CONTEXT); ) {
		const { host, gpu } = estimateMemory(shape, { ...question, contextSize });
		if (host <= free.host && gpu <= free.gpu) {
			return contextSize;
		}
		contextSize = Math.floor((contextSize - 1) / 256) * 256;
	}
	return undefined;
}
