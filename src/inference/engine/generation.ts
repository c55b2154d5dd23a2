/** One generation: reuse what is cached, feed the rest in chunks, then token by token; ends on any abort. */

import type { EndReason, GenerationEvent, Priority } from '../model';
import type { Gate } from './gate';
import type { Lock } from './lock';
import { ChunkSize } from './prefill';
import { type Detokenize, TextStream } from './textStream';
import { Turn } from './turn';

/** A sequence of a context: it holds the tokens of the last request, so that the next one can reuse them. */
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
	sample(tokens: readonly number[], sampling: Sampling): AsyncGenerator<number, void>;
}

export interface Sampling {
	/** 0 is greedy. */
	readonly temperature: number;
	readonly priority: Priority;
}

export interface Generation extends Sampling {
	/** At least one token, and fewer than the lane's context holds. */
	readonly prompt: readonly number[];
	readonly maxTokens: number;
	/** Tokens that end the text and are not part of it. */
	readonly stopTokens: ReadonlySet<number>;
	/** Texts that end the text and are not part of it. */
	readonly stopTexts: readonly string[];
	/** Prompt tokens at once to begin with. */
	readonly chunk: number;
}

/**
 * Streams the text of one generation. The lane keeps what was evaluated, also after an abort.
 * @throws AbortError within a moment of the signal, whatever the model is doing.
 */
export async function* generate(
	lane: Lane,
	gate: Gate,
	generation: Generation,
	detokenize: Detokenize,
	signal: AbortSignal,
): AsyncGenerator<GenerationEvent, void> {
	const { prompt, priority } = generation;
	const start = performance.now();
	const turn = new Turn(lane.lock, gate, priority, signal);
	try {
		await turn.begin();
		const last = prompt.slice(-1);
		const reusedTokens = await turn.step(() => lane.keep(prompt.slice(0, -1)));
		const chunk = new ChunkSize(generation.chunk);
		for (let fed = reusedTokens; fed < prompt.length - 1; ) {
			const size = chunk.next(priority === 'background' && gate.isLively);
			const tokens = prompt.slice(fed, Math.min(fed + size, prompt.length - 1));
			await turn.step(async () => {
				const before = performance.now();
				await lane.feed(tokens, priority);
				chunk.observe(tokens.length, performance.now() - before);
			});
			fed += tokens.length;
		}
		const text = new TextStream(detokenize, generation.stopTexts, prompt);
		const tokens = turn.owns(lane.sample(last, generation));
		const room = Math.min(generation.maxTokens, lane.contextSize - prompt.length);
		let generatedTokens = 0;
		let reason: EndReason = 'length';
		let evaluated = start;
		while (generatedTokens < room) {
			const next = await turn.step(() => tokens.next());
			if (generatedTokens === 0) {
				evaluated = performance.now();
			}
			if (next.done === true || generation.stopTokens.has(next.value)) {
				reason = 'end-of-text';
				break;
			}
			generatedTokens++;
			const piece = text.push(next.value);
			if (piece !== '') {
				yield { type: 'text', text: piece };
			}
			if (text.stopped) {
				reason = 'end-of-text';
				break;
			}
		}
		const rest = text.flush();
		if (rest !== '') {
			yield { type: 'text', text: rest };
		}
		yield {
			type: 'end',
			reason,
			statistics: {
				promptTokens: prompt.length,
				reusedTokens,
				generatedTokens,
				prefillMilliseconds: evaluated - start,
				decodeMilliseconds: performance.now() - evaluated,
			},
		};
	} finally {
		turn.end();
	}
}
