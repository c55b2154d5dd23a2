/** One sequence of a llama.cpp context, as generation and scoring use it. */

import { randomInt } from 'node:crypto';
import type { LlamaContextSequence, Token } from 'node-llama-cpp';
import type { Priority } from '../model';
import { EVALUATION_PRIORITY, isPrefillSize } from './batching';
import type { BatchThreads } from './batchThreads';
import type { Sampling } from './generation';
import { Lock } from './lock';
import type { ScoredChunk, ScoringLane } from './scoring';
import { asTokens } from './tokenIds';

const CHAT_TOP_P = 0.95;
const CHAT_TOP_K = 40;
/** The library's own seed is the time in seconds, so that a regenerated answer could be the same. */
const MOST_SEED = 2 ** 31;

export class SequenceLane implements ScoringLane {
	readonly lock = new Lock();
	readonly contextSize: number;

	/** @param threads hear how long each batch took. */
	constructor(
		private readonly sequence: LlamaContextSequence,
		private readonly threads: BatchThreads,
	) {
		this.contextSize = sequence.contextSize;
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

	async *sample(
		tokens: readonly number[],
		{ temperature, priority }: Sampling,
	): AsyncGenerator<number, void> {
		const sampled = this.sequence.evaluate(asTokens(tokens), {
			temperature,
			...(temperature > 0 ? { topK: CHAT_TOP_K, topP: CHAT_TOP_P, seed: randomInt(MOST_SEED) } : {}),
			evaluationPriority: EVALUATION_PRIORITY[priority],
		});
		try {
			while (true) {
				const start = performance.now();
				const next = await sampled.next();
				if (next.done === true) {
					return;
				}
				this.threads.observe('decode', 1, performance.now() - start);
				yield next.value;
			}
		} finally {
			await sampled.return();
		}
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
