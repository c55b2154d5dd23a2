/** The two ways to a first token: after a keystroke, and at a place that the model has never read. */

import type { ModelShape } from './shape';
import { firstTokenMilliseconds, type Speed, writeMilliseconds } from './speed';

/** Seconds that reading the current file may take when nothing of it is in the KV cache. */
const COLD_SECONDS = 0.6;
const LEAST_PROMPT = 256;
const MOST_PROMPT = 2_048;
/** Tokens that a keystroke adds: one, and the one before it that is cut anew. */
const KEYSTROKE_TOKENS = 2;

export interface FirstToken {
	/** Milliseconds after a keystroke, with everything else in the KV cache. */
	readonly warm: number;
	/** Milliseconds where nothing of the prompt is in the KV cache. */
	readonly cold: number;
	/** Tokens of that prompt. */
	readonly tokens: number;
	/** Tokens that are written a second. */
	readonly perSecond: number;
}

/**
 * Tokens of the current file that a prompt holds: what this machine reads in 0.6 s, 256 to 2,048.
 * @param tokensPerSecond that are read.
 */
export function promptTokens(tokensPerSecond: number): number {
	return Math.min(MOST_PROMPT, Math.max(LEAST_PROMPT, Math.round(tokensPerSecond * COLD_SECONDS)));
}

export function expectFirstToken(speed: Speed, shape: ModelShape): FirstToken {
	const reading = firstTokenMilliseconds(speed, shape, { tokens: 129, cached: 0 });
	const tokens = Math.min(promptTokens(128_000 / reading), shape.trainedContext ?? MOST_PROMPT);
	return {
		warm: firstTokenMilliseconds(speed, shape, { tokens: KEYSTROKE_TOKENS, cached: tokens }),
		cold: firstTokenMilliseconds(speed, shape, { tokens, cached: 0 }),
		tokens,
		perSecond: 1_000 / writeMilliseconds(speed, shape, tokens),
	};
}
