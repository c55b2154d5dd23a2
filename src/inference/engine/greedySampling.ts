/** Greedy decoding with guesses: several tokens are evaluated at once, and those that the model chooses itself are kept. */

import { isPrefillSize } from './batching';
import type { BatchThreads } from './batchThreads';
import type { GreedyDecoder } from './greedyDecoder';
import type { Sampled, Sampling } from './lane';
import { PromptLookup } from './promptLookup';
import { TypedEndWriter } from './typedEnd';

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
	const end = sampling.typedEnd && new TypedEndWriter(sampling.typedEnd);
	let left = sampling.maxTokens + (end?.tokens.length ?? 0);
	let input = tokens;
	// What was typed, as it was cut, is the likeliest beginning by far; where it is not, nothing but the guess is lost.
	let typed = end?.tokens ?? [];
	if (sampling.alternative > 0) {
		const begun = await beginOtherwise(source, input, sampling, end);
		const first = begun.at(-1);
		if (first === undefined) {
			return;
		}
		yield* begun;
		typed = [];
		left -= begun.length;
		lookup?.push(
			begun.map(({ token }) => token),
			0,
			0,
		);
		input = [first.token];
	}
	while (left > 0) {
		const room = source.contextSize - 1 - source.decoder.length - input.length;
		const most = Math.max(0, Math.min(room, left - 1));
		// What is left of it is no place to guess what comes after it.
		const guess = end?.isDone === false ? typed.slice(0, most) : (lookup?.guess(most) ?? []);
		const came = await decode(source, input, guess, end);
		const last = came.at(-1);
		if (last === undefined) {
			return;
		}
		lookup?.push(
			came.map(({ token }) => token),
			typed.length > 0 ? 0 : guess.length,
			came.length - 1,
		);
		typed = [];
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
	end: TypedEndWriter | undefined,
): Promise<readonly Sampled[]> {
	const { decoder } = source;
	const kept = decoder.length + input.length;
	const outputs = await evaluate(source, [...input, ...guess], guess.length + 1);
	const came: Sampled[] = [];
	for (const [index, output] of outputs.entries()) {
		const sampled =
			end === undefined || end.isDone
				? await decoder.choose(output)
				: await writeEnd(decoder, output, guess[index], end);
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

/**
 * A token of the end of what was typed. A word is left as it was typed where the model would not write more of it at once:
 * other parts of the same letters mean nothing, and each would take an evaluation.
 * @param typed the token that was typed there, where it was evaluated.
 */
async function writeEnd(
	decoder: GreedySource['decoder'],
	output: number,
	typed: number | undefined,
	end: TypedEndWriter,
): Promise<Sampled> {
	const chosen = await decoder.choose(output, end.next);
	const isKept = typed === undefined || chosen.token === typed || end.covers(chosen.token) || end.isBlank;
	return written(isKept ? chosen : { token: typed, logProbability: 0 }, end);
}

/** The first token, behind what was typed where that is gone on from as it stands; empty where there is no such other. */
async function beginOtherwise(
	source: GreedySource,
	input: readonly number[],
	{ alternative, stopTokens }: Sampling,
	end: TypedEndWriter | undefined,
): Promise<readonly Sampled[]> {
	const { decoder } = source;
	let [output = 0] = await evaluate(source, input, 1);
	let rank = alternative;
	let typed: readonly Sampled[] = [];
	if (end !== undefined) {
		const { covering } = end;
		const count = Math.min(CANDIDATES, covering.length);
		const [likeliest, ...others] = count === 0 ? [] : await decoder.candidates(output, count, covering);
		// Where the likeliest way is to leave what was typed as it is, the others are those to go on from there.
		if (likeliest !== undefined && !end.isJust(likeliest.token)) {
			const other = others[rank - 1];
			if (other !== undefined) {
				return [written(other, end)];
			}
			rank -= others.length;
		}
		typed = end.tokens.map((token) => written({ token, logProbability: 0 }, end));
		[output = 0] = await evaluate(source, end.tokens, 1);
	}
	const [, ...others] = await decoder.candidates(output, CANDIDATES);
	const other = others.filter(({ token }) => !stopTokens.has(token) && !source.isEnd(token))[rank - 1];
	return other === undefined ? [] : [...typed, other];
}

/** Notes that a token was chosen. */
function written(sampled: Sampled, end: TypedEndWriter): Sampled {
	return { ...sampled, isTyped: end.push(sampled.token) };
}

async function evaluate({ decoder, threads }: GreedySource, tokens: readonly number[], outputs: number) {
	const kind = isPrefillSize(tokens.length) ? 'prefill' : 'decode';
	const start = performance.now();
	const indexes = await decoder.evaluate(tokens, outputs, threads.next(kind));
	threads.observe(kind, tokens.length, performance.now() - start);
	return indexes;
}
