/** Guesses against a scripted decoder: what is kept, what is cut, and that no answer changes. */
import * as assert from 'node:assert/strict';
import { BatchThreads } from '../../../../src/inference/engine/batchThreads';
import { type GreedySource, sampleGreedily } from '../../../../src/inference/engine/greedySampling';
import type { Sampled, Sampling } from '../../../../src/inference/engine/lane';
import { PieceIndex } from '../../../../src/inference/engine/pieceIndex';
import type { TypedEnd } from '../../../../src/inference/engine/typedEnd';

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

	async choose(output: number, among?: Uint32Array) {
		const right = [...this.prompt, ...this.answer];
		const isRight = this.held.slice(0, output + 1).every((token, index) => token === right[index]);
		const token = isRight ? (right[output + 1] ?? END) : 99;
		return { token: among?.includes(token) === false ? (among[0] ?? END) : token, logProbability: -0.5 };
	}

	async candidates(_output: number, count: number, among?: Uint32Array): Promise<readonly Sampled[]> {
		return (among === undefined ? [5, END, 7, 6] : [33, 34, 35].filter((token) => among.includes(token)))
			.slice(0, count)
			.map((token, index) => ({ token, logProbability: -index - 1 }));
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

/** "opt" was typed, after which a text goes on with "option" or "options": 31 pt, 32 op, 33 opt, 34 option, 35 options. */
const TEXTS = new Map([
	...[...'abcdefghijklmnopqrstuvw'].map((letter, index) => [200 + index, letter] as const),
	...['pt', 'op', 'opt', 'option', 'options'].map((text, index) => [31 + index, text] as const),
	...['Ġ', 'ĠĠ', 'Ġoption'].map((text, index) => [50 + index, text] as const),
]);
const TYPED_END: TypedEnd = {
	tokens: [33],
	characters: 3,
	text: 'opt',
	pieces: new PieceIndex(
		{
			size: 300,
			text: (token) => TEXTS.get(token),
			find: (text) => [...TEXTS].find(([, other]) => other === text)?.[0],
		},
		new Set(),
	),
};

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

	describe('with the end of what was typed', () => {
		const typedEnd = TYPED_END;
		async function written(answer: readonly number[], changes: Partial<Sampling> = {}) {
			const source = new ScriptedSource(PROMPT, answer);
			const sampled: Sampled[] = [];
			const given = { ...sampling, guesses: false, typedEnd, ...changes };
			for await (const next of sampleGreedily(source, PROMPT.slice(0, -1), PROMPT.slice(-1), given)) {
				sampled.push(next);
			}
			return {
				source,
				tokens: sampled.map(({ token }) => token),
				typed: sampled.map(({ isTyped }) => isTyped),
			};
		}

		it('goes on from it as it was typed, read at once with the prompt', async () => {
			const { source, tokens, typed } = await written([33, 20, 21]);
			assert.deepEqual(tokens, [33, 20, 21]);
			assert.deepEqual(typed, [true, undefined, undefined]);
			assert.deepEqual(source.batches, [2, 1, 1]);
		});

		it('writes a token that begins with it instead, and forgets what was typed', async () => {
			const { source, tokens, typed } = await written([35, 20]);
			assert.deepEqual(tokens, [35, 20]);
			assert.deepEqual(typed, [false, undefined]);
			assert.deepEqual(source.held, [...PROMPT, 35, 20]);
		});

		it('writes blanks in other parts, held to them until they are done', async () => {
			const blanks = { ...typedEnd, tokens: [51], characters: 2, text: 'ĠĠ' };
			const { source, tokens, typed } = await written([50, 52, 20], { typedEnd: blanks });
			assert.deepEqual(tokens, [50, 52, 20]);
			assert.deepEqual(typed, [true, false, undefined]);
			assert.deepEqual(source.held, [...PROMPT, 50, 52, 20]);
		});

		it('leaves a word as it was typed where the model would write other parts of it', async () => {
			const letter = 214;
			const { source, tokens } = await written([letter, 31], { maxTokens: 1 });
			assert.deepEqual(tokens.slice(0, 1), [33]);
			assert.deepEqual(source.batches[0], 2);
		});

		it('writes nothing else, whatever the model would like', async () => {
			const { tokens } = await written([20, 21]);
			const [first = 0] = tokens;
			assert.ok('opt'.startsWith(TEXTS.get(first) ?? '-') || TEXTS.get(first)?.startsWith('opt'));
		});

		it('counts no token of it as one of the answer', async () => {
			const { tokens } = await written([33, 20, 21, 22, 23], { maxTokens: 2 });
			assert.deepEqual(tokens, [33, 20, 21]);
		});

		it('begins otherwise with other words of it, and where there are none behind it', async () => {
			const apart: PieceIndex = new PieceIndex(
				{ size: 300, text: (token) => (token === 33 ? undefined : TEXTS.get(token)), find: () => 1 },
				new Set(),
			);
			const goneOnWith = { ...typedEnd, pieces: apart };
			const first = async (alternative: number, end: TypedEnd) =>
				(await written([], { alternative, typedEnd: end, maxTokens: 1 })).tokens;
			// The likeliest covers more than was typed: 34, so that the first other is 35.
			assert.deepEqual((await first(1, goneOnWith)).slice(0, 1), [35]);
			// There is no further one: as it stands, and the first other behind it.
			assert.deepEqual((await first(2, goneOnWith)).slice(0, 2), [33, 6]);
			// The likeliest is what was typed.
			assert.deepEqual((await first(1, typedEnd)).slice(0, 2), [33, 6]);
		});
	});
});
