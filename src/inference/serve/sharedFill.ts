/** A completion for another program, in slices: between any two of them the editor's own completions go first. */

import { isAbort, throwIfAborted } from '../cancel';
import {
	CHUNK_MILLISECONDS,
	type FillRequest,
	type GenerationEvent,
	type Generator,
	type ModelDescription,
	type Prefilled,
	type PromptEvaluated,
	type Unsupported,
} from '../model';

/** Most tokens of a slice. */
export const LARGEST_SLICE = 32;
/** A prompt that the editor's own completions interrupted so often is evaluated all the same. */
const MOST_INTERRUPTIONS = 100;

/** Tokens that the model writes in the time that somebody at the cursor may wait. */
function sliceOf({ decodeTokensPerSecond }: ModelDescription): number {
	const tokens = Math.round((decodeTokensPerSecond * CHUNK_MILLISECONDS) / 1000);
	return Math.min(LARGEST_SLICE, Math.max(1, tokens));
}

/**
 * As `fill`. The prompt is evaluated in the background, and gives way; then each slice goes on where the one before ended,
 * from the KV cache: what it costs is the question alone.
 */
export async function* sharedFill(
	model: Pick<Generator, 'fill' | 'prefill'>,
	description: ModelDescription,
	request: FillRequest,
	signal: AbortSignal,
): AsyncGenerator<GenerationEvent, void> {
	const start = performance.now();
	const slice = sliceOf(description);
	const evaluated = await evaluate(model, { ...request, maxTokens: slice }, signal);
	if (evaluated?.type === 'unsupported') {
		yield evaluated;
		return;
	}
	let read: PromptEvaluated | undefined;
	if (evaluated !== undefined) {
		const { promptTokens, reusedTokens } = evaluated;
		read = { type: 'prefilled', promptTokens, reusedTokens, prefillMilliseconds: performance.now() - start };
		yield read;
	}
	const most = Math.min(request.maxTokens, description.contextSize - (read?.promptTokens ?? 0));
	let { typed, alternative = 0 } = request;
	let generatedTokens = 0;
	let reason: 'end-of-text' | 'length' = 'length';
	while (generatedTokens < most) {
		const maxTokens = Math.min(slice, most - generatedTokens);
		let written = 0;
		for await (const event of model.fill({ ...request, typed, alternative, maxTokens }, signal)) {
			if (event.type === 'unsupported') {
				yield event;
				return;
			}
			if (event.type === 'prefilled' && read === undefined) {
				read = event;
				yield read;
			}
			if (event.type === 'text') {
				typed += event.text;
				yield event;
			} else if (event.type === 'end') {
				({ reason } = event);
				written = event.statistics.generatedTokens;
			}
		}
		throwIfAborted(signal);
		generatedTokens += written;
		alternative = 0;
		if (reason === 'end-of-text' || written === 0) {
			break;
		}
	}
	const { promptTokens = 0, reusedTokens = 0, prefillMilliseconds = 0 } = read ?? {};
	const decodeMilliseconds = performance.now() - start - prefillMilliseconds;
	yield {
		type: 'end',
		reason,
		statistics: { promptTokens, reusedTokens, generatedTokens, prefillMilliseconds, decodeMilliseconds },
	};
}

/** Undefined where it was interrupted too often: what writes the first text evaluates the rest. */
async function evaluate(
	model: Pick<Generator, 'prefill'>,
	request: FillRequest,
	signal: AbortSignal,
): Promise<Prefilled | Unsupported | undefined> {
	for (let interruptions = 0; interruptions < MOST_INTERRUPTIONS; interruptions++) {
		try {
			return await model.prefill(request, signal);
		} catch (error) {
			throwIfAborted(signal);
			if (!isAbort(error)) {
				throw error;
			}
		}
	}
	return undefined;
}
