/** What is said where memory is short: what became smaller by itself, and what a user's own choice would have to be. */

import { messageOf } from '../failure';
import { contextThatFits, layersThatFit } from '../fit/memory';
import type { ModelShape } from '../fit/shape';
import type { LoadOptions } from '../model';

/** Whether an error says that something did not fit. */
export function isMemoryError(error: unknown): boolean {
	return (
		/memory|alloc|too large for the available/i.test(messageOf(error)) ||
		(error instanceof Error && error.name === 'InsufficientMemoryError')
	);
}

/** Of what is chosen automatically; 0 wanted where nothing is. */
interface Shrinking {
	readonly layers: { readonly wanted: number; readonly given: number };
	/** Tokens of a sequence. */
	readonly context: { readonly wanted: number; readonly given: number };
}

/** Undefined where nothing is smaller than it would be with enough memory. */
export function explainShrinking({ layers, context }: Shrinking): string | undefined {
	const reasons = [
		...(layers.given < layers.wanted
			? [
					`The GPU has room for ${layers.given} of ${layers.wanted} layers, so the processor computes the others.`,
				]
			: []),
		...(context.given < context.wanted
			? [
					`There is memory for a context of ${context.given} tokens, so these are used instead of ${context.wanted}.`,
				]
			: []),
	];
	return reasons.length === 0 ? undefined : reasons.join(' ');
}

/**
 * Which setting of the user does not fit, and what would. What was chosen is never changed.
 * @param contextSize tokens of a sequence that were asked for. @param free bytes; undefined where nobody knows.
 * @returns undefined where nothing was chosen
 */
export function adviseOnMemory(
	shape: ModelShape,
	options: Pick<LoadOptions, 'contextSize' | 'gpuLayers'>,
	contextSize: number,
	free: { readonly host: number; readonly gpu: number } | undefined,
): string | undefined {
	const isOnGpu = free !== undefined && free.gpu > 0;
	const gpuLayers = options.gpuLayers >= 0 ? options.gpuLayers : isOnGpu ? shape.layers + 1 : 0;
	const advice: string[] = [];
	if (options.contextSize > 0) {
		const fits =
			free === undefined
				? undefined
				: contextThatFits(shape, { gpuLayers: isOnGpu ? gpuLayers : 0 }, contextSize - 1, {
						host: free.host,
						gpu: isOnGpu ? free.gpu : Number.POSITIVE_INFINITY,
					});
		advice.push(
			`familiar.model.contextSize is ${options.contextSize}: ${fits === undefined ? 'choose a smaller one, or 0 for what fits' : `about ${fits} would fit, and 0 chooses what fits`}.`,
		);
	}
	if (options.gpuLayers > 0) {
		const fits = isOnGpu ? layersThatFit(shape, { contextSize }, free.gpu) : 0;
		advice.push(
			`familiar.model.gpuLayers is ${options.gpuLayers}: ${isOnGpu && fits < options.gpuLayers ? `about ${fits} would fit, and -1 chooses what fits` : 'choose fewer, or -1 for what fits'}.`,
		);
	}
	return advice.length === 0 ? undefined : advice.join(' ');
}
