/** A sequence of a context as generations use it. Types only. */

import type { Priority } from '../model';
import type { Lock } from './lock';

/** It holds the tokens of the last request, so that the next one can reuse them. */
export interface Lane {
	/** Held by the one request that owns the sequence. */
	readonly lock: Lock;
	/** Most tokens of prompt and answer. */
	readonly contextSize: number;
	/** Forgets everything behind the start shared with `tokens`; the number of tokens that are left. */
	keep(tokens: readonly number[]): Promise<number>;
	/** Evaluates tokens without sampling. */
	feed(tokens: readonly number[], priority: Priority): Promise<void>;
	/** Evaluates tokens, then samples and evaluates one after another; ends at the end of the text. */
	sample(tokens: readonly number[], sampling: Sampling): AsyncGenerator<Sampled, void>;
}

export interface Sampling {
	/** 0 is greedy. */
	readonly temperature: number;
	readonly priority: Priority;
	/** Greedy only: n begins with the n-th of the other likeliest tokens that do not end the text; 0 with the likeliest. */
	readonly alternative: number;
	/** Most tokens of the answer. */
	readonly maxTokens: number;
	/** Greedy only: whether what was there before may be guessed and evaluated at once; changes no answer. */
	readonly guesses: boolean;
	/** Tokens that end the text and are not part of it. */
	readonly stopTokens: ReadonlySet<number>;
}

export interface Sampled {
	readonly token: number;
	/** Natural logarithm of its probability; undefined where the temperature is not 0. */
	readonly logProbability: number | undefined;
}
