/** How many sequences a step takes, however many GPUs share them. */

/** More sequences a step harm LoRA (Schulman et al. 2025, "LoRA Without Regret"). */
export const MOST_SEQUENCES = 32;
/** Sequences that a GPU takes at once, at most; the rest is accumulated. */
const MOST_AT_ONCE = 4;

export interface Batch {
	/** Sequences of one GPU at once. */
	readonly perDevice: number;
	/** Batches whose gradients are added up before a step. */
	readonly accumulation: number;
	/** perDevice · accumulation · GPUs: as many as were wanted, or the next number that the GPUs can share. */
	readonly effective: number;
}

/**
 * The same number of sequences a step on any number of GPUs, so that the learning rate stays right.
 *
 * @param sequences wanted for a step; at least 1.
 * @param gpus at least 1. More GPUs than sequences: one sequence each.
 */
export function batchFor(sequences: number, gpus: number): Batch {
	const each = Math.max(1, Math.round(sequences / gpus));
	let perDevice = MOST_AT_ONCE;
	while (each % perDevice !== 0) {
		perDevice--;
	}
	return { perDevice, accumulation: each / perDevice, effective: each * gpus };
}

/**
 * Sequences a step that see as many tokens as a step here does, where several short samples share a row.
 *
 * @param rows of a step.
 * @param rowTokens of a full row.
 * @param meanTokens of a sample.
 */
export function sequencesOf(rows: number, rowTokens: number, meanTokens: number): number {
	const perRow = Math.max(1, Math.floor(rowTokens / Math.max(1, meanTokens)));
	return Math.min(MOST_SEQUENCES, rows * perRow);
}

/** GPUs on machines of at most eight, shared evenly; with an odd number the last machine has some to spare. */
export function machinesFor(gpus: number): { readonly nodes: number; readonly perNode: number } {
	const nodes = Math.ceil(gpus / MOST_PER_NODE);
	return { nodes, perNode: Math.ceil(gpus / nodes) };
}

const MOST_PER_NODE = 8;
