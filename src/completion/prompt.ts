/** Cursor → the request to the model, within what this machine reads in time. */

import { fillPieces } from '../inference/fillPieces';
import type { FillRequest, ModelDescription, Priority } from '../inference/model';
import type { Settings } from '../manifest';
import type { Cursor } from './cursor';

/** Seconds that the prefill of a prompt may take when nothing of it is in the KV cache. */
const COLD_SECONDS = 0.6;

/**
 * Tokens for the prompt: what this machine reads in 0.6 s, 256 to 2,048, and never more than the model's context
 * leaves beside `maxTokens` of output.
 */
export function promptBudget(model: ModelDescription, maxTokens: number): number {
	const affordable = Math.min(2_048, Math.max(256, Math.round(model.prefillTokensPerSecond * COLD_SECONDS)));
	const contexts = [model.contextSize, model.trainedContext].filter((size) => size > 0);
	// Special tokens and the header with the path take some 32.
	return Math.max(32, Math.min(affordable, ...contexts.map((size) => size - maxTokens - 32)));
}

export function fillRequest(
	cursor: Cursor,
	model: ModelDescription,
	settings: Settings['completion'],
	priority: Priority,
): FillRequest {
	return {
		...fillPieces(cursor, promptBudget(model, settings.maxTokens)),
		maxTokens: settings.maxTokens,
		leftToRight: settings.leftToRight,
		priority,
	};
}
