/** One sequence of a llama.cpp context, as generation and scoring use it. */

import { randomInt } from 'node:crypto';
import type { LlamaContextSequence, Token } from 'node-llama-cpp';
import type { Priority } from '../model';
import { EVALUATION_PRIORITY, isPrefillSize } from './batching';
import type { BatchThreads } from './batchThreads';
import { GreedyDecoder } from './greedyDecoder';
import { sampleGreedily } from './greedySampling';
import type { Lane, Sampled, Sampling } from './lane';
import { Lock } from './lock';
import { nativeSequence } from './nativeSequence';
import type { ScoredChunk, ScoringLane } from './scoring';
import { asTokens } from './tokenIds';
import { TypedMemory } from './typedMemory';

const CHAT_TOP_P = 0.95;
const CHAT_TOP_K = 40;
/**
 * Candidates for the next token whose probabilities are compared. The library's own confidence sorts the whole
 * vocabulary for every token: 24 ms for 151,936 words, where choosing among these takes less than one.
 */
const CANDIDATES = 64;
/** Candidates less likely than this share of the likeliest are not counted. */
const LEAST_SHARE = 0.001;
/** The library's own seed is the time in seconds, so that a regenerated answer could be the same. */
const MOST_SEED = 2 ** 31;

export class SequenceLane implements ScoringLane {
	readonly lock = new Lock();
	readonly contextSize: number;
	readonly knownTyped: Lane['knownTyped'];
	/** Undefined where the library has no such parts, or the model's state cannot be rewound to a token. */
	readonly #decoder: GreedyDecoder | undefined;
	readonly #typed = new TypedMemory();

	/** @param threads hear how long each batch took. */
	constructor(
		private readonly sequence: LlamaContextSequence,
		private readonly threads: BatchThreads,
	) {
		this.contextSize = sequence.contextSize;
		const native = sequence.needsCheckpoints ? undefined : nativeSequence(sequence);
		this.#decoder = native && new GreedyDecoder(native);
		this.knownTyped = native && ((prompt, typedEnd) => this.#typed.known(prompt, typedEnd));
	}

	/** Before the context is disposed of. */
	dispose(): void {
		this.#decoder?.dispose();
	}

	async keep(tokens: readonly number[]): Promise<number> {
		await this.sequence.adaptStateToTokens(asTokens(tokens), false);
		return this.sequence.nextTokenIndex;
	}

	async feed(tokens: readonly number[], priority: Priority): Promise<void> {
		const start = performance.now();
		await this.sequence.evaluateWithoutGeneratingNewTokens(asTokens(tokens), {
			evaluationPriority: EVALUATION_PRIORITY[priority],
		});
		this.threads.observe(
			isPrefillSize(tokens.length) ? 'prefill' : 'decode',
			tokens.length,
			performance.now() - start,
		);
		// Models whose state cannot be rewound reuse a prefix only from a checkpoint.
		if (this.sequence.needsCheckpoints) {
			await this.sequence.takeCheckpoint();
		}
	}

	sample(tokens: readonly number[], sampling: Sampling): AsyncGenerator<Sampled, void> {
		if (sampling.temperature > 0 || sampling.constraint !== undefined) {
			return this.#sampleAny(tokens, sampling);
		}
		const { sequence, contextSize, threads } = this;
		const decoder = this.#decoder;
		if (decoder === undefined) {
			return this.#sampleBest(tokens, sampling);
		}
		const source = {
			decoder,
			contextSize,
			threads,
			isEnd: (token: number) => asTokens([token]).some((token) => sequence.model.isEogToken(token)),
			cut: (length: number) => sequence.eraseContextTokenRanges([{ start: length, end: decoder.length }]),
		};
		const before = sequence.contextTokens;
		const sampled = sampleGreedily(source, before, tokens, sampling);
		const { typedEnd } = sampling;
		return typedEnd === undefined ? sampled : this.#typed.note([...before, ...tokens], typedEnd, sampled);
	}

	async *#sampleAny(
		tokens: readonly number[],
		{ temperature, priority, constraint }: Sampling,
	): AsyncGenerator<Sampled, void> {
		let isHeld = constraint !== undefined && constraint.after === undefined;
		const sampled = this.sequence.evaluate(asTokens(tokens), {
			temperature,
			topK: CHAT_TOP_K,
			topP: CHAT_TOP_P,
			seed: randomInt(MOST_SEED),
			evaluationPriority: EVALUATION_PRIORITY[priority],
			...(constraint && {
				grammarEvaluationState: () => (isHeld ? constraint.state : undefined),
				tokenBias: () => (isHeld ? constraint.bias : constraint.noBias),
			}),
		});
		try {
			for (;;) {
				const next = await this.#timed(() => sampled.next());
				if (next.done === true) {
					return;
				}
				isHeld ||= next.value === constraint?.after;
				yield { token: next.value, logProbability: undefined };
			}
		} finally {
			await sampled.return();
		}
	}

	/** Greedy: the library chooses any of the candidates, and is told the likeliest instead. */
	async *#sampleBest(
		tokens: readonly number[],
		{ priority, alternative, stopTokens }: Sampling,
	): AsyncGenerator<Sampled, void> {
		const sampled = this.sequence.evaluateWithMetadata(
			asTokens(tokens),
			{ probabilities: true },
			{
				temperature: 1,
				topK: CANDIDATES,
				topP: 1,
				minP: alternative > 0 ? 0 : LEAST_SHARE,
				yieldEogToken: true,
				evaluationPriority: EVALUATION_PRIORITY[priority],
			},
		);
		try {
			let next = await this.#timed(() => sampled.next());
			let rank = alternative;
			while (next.done !== true) {
				const chosen = choose(next.value.probabilities ?? new Map(), rank, stopTokens);
				if (chosen === undefined || this.sequence.model.isEogToken(chosen.token)) {
					return;
				}
				yield chosen;
				rank = 0;
				next = await this.#timed(() => sampled.next(chosen.token));
			}
		} finally {
			await sampled.return();
		}
	}

	async #timed<T>(work: () => Promise<T>): Promise<T> {
		const start = performance.now();
		const result = await work();
		this.threads.observe('decode', 1, performance.now() - start);
		return result;
	}

	async score({ tokens, from, end, first }: ScoredChunk, priority: Priority): Promise<number[]> {
		const all = asTokens(tokens);
		const input = all.slice(from, end).map((token, index) => {
			const next = all[from + index + 1];
			const wanted = from + index >= first && next !== undefined ? [next] : [];
			return [token, wanted.length === 0 ? {} : { generateNext: probabilityOf(wanted) }] satisfies [
				Token,
				object,
			];
		});
		const output = await this.sequence.controlledEvaluate(input, {
			evaluationPriority: EVALUATION_PRIORITY[priority],
		});
		const scores: number[] = [];
		for (let index = Math.max(0, first - from); index < input.length; index++) {
			const next = output[index]?.next;
			const token = all[from + index + 1];
			const logit = token === undefined ? undefined : next?.logits?.get(token);
			if (logit === undefined || next?.logits === undefined || next.totalLogitWeight === undefined) {
				throw new Error('The model gave no probability for a token.');
			}
			scores.push(logit - Math.max(...next.logits.values()) - Math.log(next.totalLogitWeight));
		}
		return scores;
	}
}

/**
 * Asks for the logits of these tokens, the largest one, and what they are all measured against. The largest is the one
 * that would be chosen: the library's own `includeMax` adds it only where it is among the tokens already.
 */
function probabilityOf(tokens: Token[]) {
	return { logits: { filter: { tokens, includeSelected: true } }, totalLogitWeight: true } as const;
}

/** @param probabilities the likeliest first. @param rank 0 is the likeliest, n the n-th other one that is no stop. */
function choose(
	probabilities: ReadonlyMap<Token, number>,
	rank: number,
	stops: ReadonlySet<number>,
): { readonly token: Token; readonly logProbability: number } | undefined {
	const [likeliest, ...others] = probabilities;
	const entry = rank === 0 ? likeliest : others.filter(([token]) => !stops.has(token))[rank - 1];
	if (entry === undefined) {
		return undefined;
	}
	const [token, probability] = entry;
	return { token, logProbability: Math.log(Math.max(probability, Number.MIN_VALUE)) };
}
