/** Guesses against a scripted decoder: what is kept, what is cut, and that no answer changes. */
import * as assert from 'node:assert/strict';
import { BatchThreads } from '../../../../src/inference/engine/batchThreads';
import { type GreedySource, sampleGreedily } from '../../../../src/inference/engine/greedySampling';
import type { Sampled, Sampling } from '../../../../src/inference/engine/lane';

const END = 0;

/** A decoder whose model goes on with `answer` after the prompt, whatever is evaluated; token 99 after wrong tokens. */
class ScriptedSource implements GreedySource {
	readonly held: number[] = [];
	/** Tokens of each evaluation. */
	readonly batches: number[] = [];
	readonly threads = new BatchThreads();

	constructor(
		private readonly prompt: readonly number[],
		private readonly answer: readonly number[],
		readonly contextSize = 1_000,
	) {
		this.held.push(...prompt.slice(0, -1));
	}

	get decoder() {
		return this;
	}

	get length(): number {
		return this.held.length;
	}

	async evaluate(tokens: readonly number[], outputs: number): Promise<readonly number[]> {
		this.batches.push(tokens.length);
		this.held.push(...tokens);
		return Array.from({ length: outputs }, (_, index) => this.held.length - outputs + index);
	}

	async choose(output: number) {
		const right = [...this.prompt, ...this.answer];
		const isRight = this.held.slice(0, output + 1).every((token, index) => token === right[index]);
		return { token: isRight ? (right[output + 1] ?? END) : 99, logProbability: -0.5 };
	}

	async candidates(): Promise<readonly Sampled[]> {
		return [5, END, 7, 6].map((token, index) => ({ token, logProbability: -index - 1 }));
	}

	isEnd(token: number): boolean {
		return token === END;
	}

	async cut(length: number): Promise<void> {
		this.held.length = length;
	}
}

const sampling: Sampling = {
	temperature: 0,
	priority: 'interactive',
	alternative: 0,
	maxTokens: 50,
	guesses: true,
	stopTokens: new Set([7]),
};

async function answerOf(source: ScriptedSource, prompt: readonly number[], changes: Partial<Sampling> = {}) {
	const sampled: Sampled[] = [];
	const before = prompt.slice(0, -1);
	for await (const next of sampleGreedily(source, before, prompt.slice(-1), { ...sampling, ...changes })) {
		sampled.push(next);
	}
	return sampled.map(({ token }) => token);
}

const PROMPT = [1, 2, 3, 4, 5, 6, 8, 9, 10, 11, 1, 2, 3];

describe('greedy sampling', () => {
	it('keeps a guess as far as the model would have chosen it, and cuts the rest', async () => {
		const answer = [4, 5, 6, 20, 21, 22];
		const source = new ScriptedSource(PROMPT, answer);
		assert.deepEqual(await answerOf(source, PROMPT), answer);
		assert.deepEqual(source.held, [...PROMPT, ...answer]);
		assert.deepEqual(source.batches, [8, 1, 1, 1]);
	});

	it('answers the same without guesses, one token after the other', async () => {
		const answer = [4, 5, 6, 20];
		const source = new ScriptedSource(PROMPT, answer);
		assert.deepEqual(await answerOf(source, PROMPT, { guesses: false }), answer);
		assert.deepEqual(source.batches, [1, 1, 1, 1, 1]);
	});

	it('takes a whole right guess with the token after it', async () => {
		const answer = [4, 5, 6, 8, 9, 10, 11, 30];
		const source = new ScriptedSource(PROMPT, answer);
		assert.deepEqual(await answerOf(source, PROMPT), answer);
		assert.deepEqual(source.batches, [8, 1]);
	});

	it('rests after a wrong guess', async () => {
		const answer = [20, 21, 1, 2, 3, 4];
		const source = new ScriptedSource(PROMPT, answer);
		assert.deepEqual(await answerOf(source, PROMPT), answer);
		assert.deepEqual(source.batches, [8, 1, 1, 1, 1, 6, 1]);
	});

	it('never guesses beyond the limit of tokens or the context', async () => {
		const answer = [4, 5, 6, 8, 9, 10, 11];
		const limited = new ScriptedSource(PROMPT, answer);
		assert.deepEqual(await answerOf(limited, PROMPT, { maxTokens: 3 }), [4, 5, 6]);
		assert.deepEqual(limited.batches, [3]);
		const full = new ScriptedSource(PROMPT, answer, PROMPT.length + 3);
		assert.deepEqual((await answerOf(full, PROMPT, { maxTokens: 3 })).length, 3);
		assert.ok(full.held.length < full.contextSize);
	});

	it('begins with the n-th other candidate that does not end the text', async () => {
		for (const [alternative, first] of [
			[1, 6],
			[2, undefined],
		] as const) {
			const source = new ScriptedSource(PROMPT, [6, 20]);
			const [begins] = await answerOf(source, PROMPT, { alternative });
			assert.equal(begins, first);
		}
	});
});
