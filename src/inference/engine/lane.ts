/** A sequence of a context as generations use it. Types only. */

import type { LlamaGrammarEvaluationState, TokenBias } from 'node-llama-cpp';
import type { Priority } from '../model';
import type { Lock } from './lock';
import type { TypedEnd } from './typedEnd';

/** It holds the tokens of the last request, so that the next one can reuse them. */
export interface Lane {
	/** Held by the one request that owns the sequence. */
	readonly lock: Lock;
	/** Most tokens of prompt and answer. */
	readonly contextSize: number;
	/**
	 * How many of the first tokens of what was typed the model is known to write so behind the prompt. Undefined where an
	 * answer cannot begin with what was typed.
	 */
	readonly knownTyped?: ((prompt: readonly number[], typedEnd: TypedEnd) => number) | undefined;
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
	/** Greedy only: what the text begins with. Default: nothing. */
	readonly typedEnd?: TypedEnd | undefined;
	/** Default: the text is free. */
	readonly constraint?: Constraint;
}

/** What a text must look like, from a token on. */
export interface Constraint {
	/** The token behind which it holds; undefined: from the start. */
	readonly after: number | undefined;
	/** Whether what it holds for is the call of a function, and no text for anybody. */
	readonly isCall: boolean;
	/** How far the text has come in its grammar; for one generation. */
	readonly state: LlamaGrammarEvaluationState;
	/** Keeps tokens of control out of it, which a grammar takes for the text that is written for them. */
	readonly bias: TokenBias;
	/** For the text before it. */
	readonly noBias: TokenBias;
}

export interface Sampled {
	readonly token: number;
	/** Natural logarithm of its probability; undefined where the temperature is not 0. */
	readonly logProbability: number | undefined;
	/** Whether it was typed before. Default: no. */
	readonly isTyped?: boolean;
}
