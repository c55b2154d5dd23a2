/** How many tokens of context a model is given, and in plain words why not as many as were chosen. */

import type { GgufHeader } from '../gguf/gguf';

/** Tokens of context that are taken when nobody chose: what completion and chat need, within little memory. */
const DEFAULT_CONTEXT = 8_192;
/** Below this many tokens no useful prompt fits. */
const SMALLEST_CONTEXT = 512;

export interface ContextPlan {
	/** Tokens of each sequence; a range where the memory decides. */
	readonly size: number | { readonly min: number; readonly max: number };
	/** Why it is not what was chosen; undefined where it is. */
	readonly reason: string | undefined;
}

/**
 * A chosen size is kept, but never beyond what the model was trained with: it makes no sense of tokens so far
 * apart, and a million of them took 43 s and 11 GB. A size too small for a prompt is raised.
 * @param chosen tokens; 0 chooses.
 * @param trained tokens; undefined where the file does not say.
 */
export function planContext(chosen: number, trained: number | undefined): ContextPlan {
	if (chosen <= 0) {
		const max = Math.min(trained ?? DEFAULT_CONTEXT, DEFAULT_CONTEXT);
		return { size: { min: Math.min(SMALLEST_CONTEXT, max), max }, reason: undefined };
	}
	const least = Math.min(SMALLEST_CONTEXT, trained ?? SMALLEST_CONTEXT);
	if (chosen < least) {
		return {
			size: least,
			reason: `No useful prompt fits into a context of the chosen ${chosen} tokens, so ${least} are used instead.`,
		};
	}
	if (trained === undefined || chosen <= trained) {
		return { size: chosen, reason: undefined };
	}
	return {
		size: trained,
		reason: `The model was trained with a context of ${trained} tokens, so these are used instead of the chosen ${chosen}.`,
	};
}

/** Most tokens of a sequence. */
export function mostTokens({ size }: Pick<ContextPlan, 'size'>): number {
	return typeof size === 'number' ? size : size.max;
}

/** Tokens of context that the model was trained with, if its file says so. */
export function trainedContextOf({ metadata }: Pick<GgufHeader, 'metadata'>): number | undefined {
	const architecture = metadata.get('general.architecture');
	if (architecture?.type !== 'string') {
		return undefined;
	}
	const length = metadata.get(`${architecture.value}.context_length`);
	return length?.type === 'uint32' && length.value > 0 ? length.value : undefined;
}
