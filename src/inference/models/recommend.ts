/** Which of the models of a role is recommended: by what this machine was measured to do, and what it has room for. */

import { type Fit, fitOf, isQuick, type Place } from '../fit/fit';
import { bitsOf, roughShape } from '../fit/roughShape';
import type { ModelShape } from '../fit/shape';
import type { CatalogueEntry } from './catalogue';

/** Of the machine's memory, for the weights: the editor, a browser and the context want some, too. */
const SHARE = 1 / 4;

/**
 * Bytes of weights, where a processor computes: it reads them all for each token, some 20 GB in a second on a usual machine, and
 * a completion that is slower than 20 tokens a second comes too late. Only where nothing was measured.
 */
const WITHOUT_GPU = 1e9;

/** Tokens of the vocabulary, by how a model fills in the middle. */
const VOCABULARIES: Readonly<Record<string, number>> = {
	qwen: 152_000,
	codegemma: 256_000,
	starcoder: 49_152,
	starcoder2: 49_152,
	deepseek: 32_256,
	codestral: 32_768,
};

export interface Machine extends Place {
	/** Bytes. */
	readonly memory: number;
	/** Whether the model runs on a GPU here; false also where none has run yet. */
	readonly hasGpu: boolean;
}

/** Bytes that its weights will take, roughly: only to choose by, the hub says the size. */
export function roughBytes({ parameters, quantisation }: CatalogueEntry): number {
	return (parameters * bitsOf(quantisation)) / 8;
}

/**
 * @param variant a file of it; default the one that is offered first, of a size that follows from its quantisation.
 */
export function entryShape(
	entry: CatalogueEntry,
	variant: { readonly bytes: number; readonly quantisation: string | undefined } = {
		bytes: roughBytes(entry),
		quantisation: entry.quantisation,
	},
): ModelShape {
	const vocabulary = VOCABULARIES[entry.fill ?? (entry.architecture.startsWith('qwen') ? 'qwen' : '')];
	return roughShape({
		...variant,
		parameters: entry.parameters,
		readParameters: entry.readParameters,
		layers: entry.layers,
		cacheWidth: entry.cacheWidth,
		context: entry.context,
		...(vocabulary === undefined ? {} : { vocabulary }),
	});
}

/**
 * The largest of the standard ones that fits and is quick enough, else the smallest; undefined where none is standard.
 * Where no model of about its size ran here: whose weights take at most a quarter of the memory, and 1 GB without a GPU.
 */
export function recommended(
	entries: readonly CatalogueEntry[],
	machine: Machine,
): CatalogueEntry | undefined {
	const bySize = entries
		.filter(({ isStandard }) => isStandard)
		.sort((one, other) => roughBytes(one) - roughBytes(other));
	return bySize.findLast((entry) => suits(entry, machine)) ?? bySize[0];
}

function suits(entry: CatalogueEntry, machine: Machine): boolean {
	const { memory, hasGpu, profile } = machine;
	const fit = fitOf(entryShape(entry), machine);
	const isMeasured = profile !== undefined && !fit.isRough;
	const most = Math.min(memory * SHARE, hasGpu ? Number.POSITIVE_INFINITY : WITHOUT_GPU);
	return (
		(profile === undefined || isComfortable(fit, entry.roles.includes('completion'))) &&
		(isMeasured || roughBytes(entry) <= most)
	);
}

/** Whether it fits with at least half of its context and, as far as is known, is quick enough. */
export function isComfortable(fit: Fit, forCompletion: boolean): boolean {
	const hasRoom = fit.fits && fit.contextSize >= fit.fullContext / 2;
	return hasRoom && fit.on !== 'both' && isQuick(fit, forCompletion) !== false;
}
