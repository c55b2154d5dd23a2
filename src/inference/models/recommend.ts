/** Which of the models of a role is recommended: by the memory of this machine, and whether it has a GPU. */

import type { CatalogueEntry } from './catalogue';

/** Of the machine's memory, for the weights: the editor, a browser and the context want some, too. */
const SHARE = 1 / 4;

/**
 * Bytes of weights, where a processor computes: it reads them all for each token, some 20 GB in a second on a usual machine, and
 * a completion that is slower than 20 tokens a second comes too late.
 */
const WITHOUT_GPU = 1e9;

/** Bits of a weight on average, as llama.cpp's `quantize` states them. */
const BITS: Readonly<Record<string, number>> = { Q4_K_M: 4.9, Q8_0: 8.5 };
/** Of the others: better too much than too little. */
const MOST_BITS = 16;

export interface Machine {
	/** Bytes. */
	readonly memory: number;
	/** Whether the model runs on a GPU here; false also where none has run yet. */
	readonly hasGpu: boolean;
}

/** Bytes that its weights will take, roughly: only to choose by, the hub says the size. */
export function roughBytes({ parameters, quantisation }: CatalogueEntry): number {
	return (parameters * (BITS[quantisation] ?? MOST_BITS)) / 8;
}

/**
 * The largest of the standard ones whose weights take at most a quarter of the memory, and 1 GB without a GPU, else the
 * smallest; undefined where none is standard.
 */
export function recommended(
	entries: readonly CatalogueEntry[],
	{ memory, hasGpu }: Machine,
): CatalogueEntry | undefined {
	const most = Math.min(memory * SHARE, hasGpu ? Number.POSITIVE_INFINITY : WITHOUT_GPU);
	const bySize = entries
		.filter(({ isStandard }) => isStandard)
		.sort((one, other) => roughBytes(one) - roughBytes(other));
	return bySize.findLast((entry) => roughBytes(entry) <= most) ?? bySize[0];
}
