/** Which of the models of a role is recommended, by the memory of this machine alone. */

import type { CatalogueEntry } from './catalogue';

/** Of the machine's memory, for the weights: the editor, a browser and the context want some, too. */
const SHARE = 1 / 4;

/** Bits of a weight on average, as llama.cpp's `quantize` states them. */
const BITS: Readonly<Record<string, number>> = { Q4_K_M: 4.9, Q8_0: 8.5 };
/** Of the others: better too much than too little. */
const MOST_BITS = 16;

/** Bytes that its weights will take, roughly: only to choose by, the hub says the size. */
export function roughBytes({ parameters, quantisation }: CatalogueEntry): number {
	return (parameters * (BITS[quantisation] ?? MOST_BITS)) / 8;
}

/**
 * The largest of the standard ones whose weights take at most a quarter of the memory, else the smallest; undefined
 * where none is standard.
 *
 * @param memory bytes.
 */
export function recommended(entries: readonly CatalogueEntry[], memory: number): CatalogueEntry | undefined {
	const bySize = entries
		.filter(({ isStandard }) => isStandard)
		.sort((one, other) => roughBytes(one) - roughBytes(other));
	return bySize.findLast((entry) => roughBytes(entry) <= memory * SHARE) ?? bySize[0];
}
