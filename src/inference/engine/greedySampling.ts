/** Greedy decoding with guesses: several tokens are evaluated at once, and those that the model chooses itself are kept. */

import { isPrefillSize } from './batching';
import type { BatchThreads } from './batchThreads';
import type { GreedyDecoder } from './greedyDecoder';
import type { Sampled, Sampling } from './lane';
import { PromptLookup } from './promptLookup';

/** Candidates for the first token of an alternative. */
const CANDIDATES = 64;

export interface GreedySource {
	readonly decoder: Pick<GreedyDecoder, 'length' | 'evaluate' | 'choose' | 'candidates'>;
	/** Most tokens in the KV cache. */
	readonly contextSize: number;
	readonly threads: BatchThreads;
	/** Whether a token ends any text. */
	isEnd(token: number): boolean;
	/** Forgets the tokens behind the first `length`. */
	cut(length: number): Promise<void>;
}

/** @param before what the KV cache holds. @param tokens evaluated first; at least one. */
export async function* sampleGreedily(
	source: GreedySource,
	before: readonly number[],
	tokens: readonly number[],
	sampling: Sampling,
): AsyncGenerator<Sampled, void> {
	const lookup = sampling.guesses ? new PromptLookup([...before, ...tokens]) : undefined;
	let left = sampling.maxTokens;
	let input = tokens;
	if (sampling.alternative > 0) {
		const first = await beginOtherwise(source, input, sampling);
		if (first === undefined) {
			return;
		}
		yield first;
		left--;
		lookup?.push([first.token], 0, 0);
		input = [first.token];
	}
	while (left > 0) {
		const room = source.contextSize - 1 - source.decoder.length - input.length;
		const guess = lookup?.guess(Math.max(0, Math.min(room, left - 1))) ?? [];
		const came = await decode(source, input, guess);
		const last = came.at(-1);
		if (last === undefined) {
			return;
		}
		lookup?.push(
			came.map(({ token }) => token),
			guess.length,
			came.length - 1,
		);
		for (const sampled of came) {
			if (source.isEnd(sampled.token)) {
				return;
			}
			yield sampled;
		}
		left -= came.length;
		input = [last.token];
	}
}

/** What the model chooses after `input`, and after as much of the guess as it would have chosen itself. */
async function decode(
	source: GreedySource,
	input: readonly number[],
	guess: readonly number[],
): Promise<readonly Sampled[]> {
	const { decoder } = source;
	const kept = decoder.length + input.length;
	const outputs = await evaluate(source, [...input, ...guess], guess.length + 1);
	const came: Sampled[] = [];
	for (const [index, output] of outputs.entries()) {
		const sampled = await decoder.choose(output);
		came.push(sampled);
		if (sampled.token !== guess[index]) {
			break;
		}
	}
	if (came.length <= guess.length) {
		await source.cut(kept + came.length - 1);
	}
	return came;
}

async function beginOtherwise(
	source: GreedySource,
	input: readonly number[],
	{ alternative, stopTokens }: Sampling,
): Promise<Sampled | undefined> {
	const [output = 0] = await evaluate(source, input, 1);
	const [, ...others] = await source.decoder.candidates(output, CANDIDATES);
	return others.filter(({ token }) => !stopTokens.has(token) && !source.isEnd(token))[alternative - 1];
}

async function evaluate({ decoder, threads }: GreedySource, tokens: readonly number[], outputs: number) {
	const kind = isPrefillSize(tokens.length) ? 'prefill' : 'decode';
	const start = performance.now();
	const indexes = await decoder.evaluate(tokens, outputs, threads.next(kind));
	threads.observe(kind, tokens.length, performance.now() - start);
	return indexes;
}
