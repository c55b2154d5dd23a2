/** Draws files from the corpus, a few of each package, so that no package speaks louder than others. */

import { seedFor } from '../../../src/finetune/training/random';
import { throwIfAborted } from '../../../src/inference/cancel';
import { readDocuments, type SourceDocument } from '../document';

/** Characters of a file that is worth a look, and that is parsed fast. */
const SHORTEST = 200;
const LONGEST = 40_000;

/**
 * In an order that the seed draws.
 * @param perPackage most files of one package
 * @throws Error naming the stage that makes the file, where it is not there
 */
export async function drawDocuments(
	file: string,
	perPackage: number,
	seed: number,
	signal: AbortSignal,
): Promise<SourceDocument[]> {
	const drawn = new Map<string, { readonly lot: number; readonly document: SourceDocument }[]>();
	for await (const document of readDocuments(file)) {
		throwIfAborted(signal);
		if (document.text.length < SHORTEST || document.text.length > LONGEST) {
			continue;
		}
		const lot = lotOf(`${document.package}/${document.path}`, seed);
		const known = drawn.get(document.package) ?? [];
		drawn.set(document.package, known);
		known.push({ lot, document });
		if (known.length > perPackage) {
			known.sort((one, other) => one.lot - other.lot).pop();
		}
	}
	return [...drawn.values()]
		.flat()
		.sort((one, other) => one.lot - other.lot)
		.map(({ document }) => document);
}

/** A number that a text gets by the seed, uniform in [0, 1). */
export function lotOf(text: string, seed: number): number {
	const mixed = Math.imul(seedFor(seed, text) ^ (seedFor(seed, text) >>> 15), 0x2c1b3c6d);
	return ((mixed ^ (mixed >>> 12)) >>> 0) / 2 ** 32;
}
