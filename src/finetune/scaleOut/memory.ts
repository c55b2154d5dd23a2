/**
 * What each GPU must hold, by how the training is spread over them.
 *
 * Rajbhandari et al. 2020 (ZeRO, table 1), for weights in 16 bits and Adam in 32: of every trained number 2 bytes are its
 * weight, 2 its gradient and 12 the optimiser's. Of a LoRA only the adapter's p numbers are trained; the base's Ψ are frozen:
 *
 *   DDP       2Ψ + 16p                 every GPU holds all
 *   ZeRO-1    2Ψ + 4p + 12p/N          the optimiser's numbers are shared out
 *   ZeRO-2    2Ψ + 2p + 14p/N          and the gradients
 *   ZeRO-3    (2Ψ + 16p)/N             and the weights; FSDP is the same
 *   4 bits    0.55Ψ + 16p              DDP over a base in NF4 with double quantisation, embeddings in 16 bits
 *
 * Activations come on top of it.
 */

/** Bytes of a number of the base in 4 bits: 4.127 bits in the linear layers, 16 in the embeddings. */
const FOUR_BIT_BYTES = 0.55;

export type Spread = 'DDP' | 'ZeRO-1' | 'ZeRO-2' | 'ZeRO-3 or FSDP' | '4 bits, DDP';

/** Bytes on each GPU, by spread. */
export type Memory = Readonly<Record<Spread, number>>;

/**
 * @param base parameters of the base model (Ψ).
 * @param trained parameters of the adapter (p).
 * @param gpus N, at least 1.
 */
export function memoryOf(base: number, trained: number, gpus: number): Memory {
	return {
		DDP: 2 * base + 16 * trained,
		'ZeRO-1': 2 * base + 4 * trained + (12 * trained) / gpus,
		'ZeRO-2': 2 * base + 2 * trained + (14 * trained) / gpus,
		'ZeRO-3 or FSDP': (2 * base + 16 * trained) / gpus,
		'4 bits, DDP': FOUR_BIT_BYTES * base + 16 * trained,
	};
}

export interface ActivationShape {
	readonly layers: number;
	/** Length of an embedding. */
	readonly width: number;
	readonly vocabulary: number;
	/** Tokens of a sequence. */
	readonly tokens: number;
	/** Sequences at once. */
	readonly sequences: number;
}

/**
 * Bytes of activations on each GPU, with gradient checkpointing and an attention that keeps no matrix of scores: what
 * enters each layer in 16 bits, one layer being computed (34 bytes a number, Korthikanti et al. 2022), and the logits in 16
 * bits, and twice in 32 for the loss and its gradient.
 */
export function activationsOf({ layers, width, vocabulary, tokens, sequences }: ActivationShape): number {
	return tokens * sequences * (2 * layers * width + 34 * width + 10 * vocabulary);
}

/** As Markdown, in GB of 10⁹ bytes. */
export function memoryTable(base: number, trained: number, gpus: number, activations: number): string {
	const counts = [...new Set([1, 2, 4, 8, gpus])].sort((one, other) => one - other);
	const columns = counts.map((count) => memoryOf(base, trained, count));
	const spreads: readonly Spread[] = ['DDP', 'ZeRO-1', 'ZeRO-2', 'ZeRO-3 or FSDP', '4 bits, DDP'];
	const row = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
	return [
		row(['GB on each GPU', ...counts.map((count) => (count === 1 ? '1 GPU' : `${count} GPUs`))]),
		row(['---', ...counts.map(() => '---:')]),
		...spreads.map((spread) => row([spread, ...columns.map((memory) => gigabytes(memory[spread]))])),
		row(['activations on top', ...counts.map(() => gigabytes(activations))]),
	].join('\n');
}

/** Two digits that count. */
export function gigabytes(bytes: number): string {
	const value = bytes / 1e9;
	return value >= 10 ? value.toFixed(1) : value.toFixed(2);
}
