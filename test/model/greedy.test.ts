/** Greedy decoding on the native path: guesses change no token, probabilities are those of a score, both ways agree. */
import * as assert from 'node:assert/strict';
import { getLlama, type Llama, type LlamaContextSequence, LlamaLogLevel } from 'node-llama-cpp';
import { BatchThreads } from '../../src/inference/engine/batchThreads';
import { GreedyDecoder } from '../../src/inference/engine/greedyDecoder';
import type { Sampled, Sampling } from '../../src/inference/engine/lane';
import { ModelTokens } from '../../src/inference/engine/modelTokens';
import { nativeSequence } from '../../src/inference/engine/nativeSequence';
import { SequenceLane } from '../../src/inference/engine/sequenceLane';
import { asTokens } from '../../src/inference/engine/tokenIds';
import { openTypedEnd } from '../../src/inference/engine/typedEnd';
import { codeOf, LONG_CONTEXT, randomModelFile, starter } from '../support/engines';

/** Says how many tokens were evaluated at once. */
class CountingThreads extends BatchThreads {
	readonly batches: number[] = [];

	override observe(...[kind, tokens, milliseconds]: Parameters<BatchThreads['observe']>): void {
		this.batches.push(tokens);
		super.observe(kind, tokens, milliseconds);
	}
}

const sampling: Sampling = {
	temperature: 0,
	priority: 'interactive',
	alternative: 0,
	maxTokens: 60,
	guesses: false,
	stopTokens: new Set(),
};

for (const [name, file] of [
	['the starter', () => starter],
	['random weights', () => randomModelFile(LONG_CONTEXT)],
] as const) {
	describe(`greedy decoding with ${name}`, function () {
		this.timeout(60_000);
		let llama: Llama;
		let sequence: LlamaContextSequence;
		let prompt: readonly number[];

		before(async () => {
			llama = await getLlama({
				gpu: false,
				build: 'never',
				skipDownload: true,
				logLevel: LlamaLogLevel.error,
			});
			const model = await llama.loadModel({ modelPath: file() });
			const context = await model.createContext({ contextSize: 1024, batchSize: 128, threads: 1 });
			sequence = context.getSequence();
			prompt = model.tokenize(codeOf(30));
		});
		after(() => llama.dispose());

		/** The answer, and how many tokens each evaluation of it had. */
		async function sample(changes: Partial<Sampling> = {}, from = sequence, limit = 60) {
			const threads = new CountingThreads();
			const lane = new SequenceLane(from, threads);
			const fed = await lane.keep(prompt.slice(0, -1));
			if (fed < prompt.length - 1) {
				await lane.feed(prompt.slice(fed, -1), 'interactive');
			}
			threads.batches.length = 0;
			const sampled: Sampled[] = [];
			for await (const next of lane.sample(prompt.slice(-1), { ...sampling, ...changes })) {
				sampled.push(next);
				if (sampled.length === limit) {
					break;
				}
			}
			return { lane, sampled, tokens: sampled.map(({ token }) => token), batches: threads.batches };
		}

		/** The likeliest first tokens. */
		async function beginnings(count: number): Promise<readonly Sampled[]> {
			const found: Sampled[] = [];
			for (let alternative = 0; alternative < count; alternative++) {
				found.push(...(await sample({ alternative }, sequence, 1)).sampled);
			}
			return found;
		}

		it('finds the private parts of the library that is installed', () => {
			assert.ok(nativeSequence(sequence) !== undefined);
		});

		it('chooses the same tokens with guesses, in fewer evaluations', async () => {
			const plain = await sample();
			assert.ok(plain.tokens.length > 10);
			assert.ok(plain.batches.every((tokens) => tokens === 1));
			const guessed = await sample({ guesses: true });
			assert.deepEqual(guessed.tokens, plain.tokens);
			assert.ok(Math.max(...guessed.batches) > 1);
			// Random weights soon repeat themselves.
			assert.ok(name === 'the starter' || guessed.batches.length < plain.batches.length);
			for (const [index, { logProbability = Number.NaN }] of guessed.sampled.entries()) {
				assert.ok(Math.abs(logProbability - (plain.sampled[index]?.logProbability ?? 0)) < 0.05);
			}
		});

		it('leaves what it chose in the cache, and nothing else, also for a consumer that leaves', async () => {
			for (const limit of [60, 7, 1]) {
				const { tokens } = await sample({ guesses: true, maxTokens: 60 }, sequence, limit);
				const held = sequence.contextTokens.slice(prompt.length);
				const whole = await sample();
				assert.deepEqual(held, whole.tokens.slice(0, held.length));
				assert.ok(held.length >= tokens.length - 1);
			}
		});

		it('says probabilities as a score does', async () => {
			const { lane, sampled, tokens } = await sample({ maxTokens: 8 });
			const all = [...prompt, ...tokens];
			const first = prompt.length - 1;
			await lane.keep(prompt.slice(0, first));
			const end = all.length - 1;
			const scores = await lane.score({ tokens: all, from: first, end, first }, 'interactive');
			assert.equal(scores.length, tokens.length);
			for (const [index, score] of scores.entries()) {
				assert.ok(Math.abs(score - (sampled[index]?.logProbability ?? 0)) < 0.05, `${score}`);
			}
		});

		it('chooses the same by the public way alone', async () => {
			const hidden = new Proxy(sequence, {
				get: (target, name) => {
					const value: unknown = name === '_context' ? undefined : Reflect.get(target, name);
					return typeof value === 'function' ? value.bind(target) : value;
				},
			});
			assert.equal(nativeSequence(hidden), undefined);
			const expected = await sample({ maxTokens: 12 }, sequence, 12);
			assert.deepEqual((await sample({ maxTokens: 12 }, hidden, 12)).tokens, expected.tokens);
			const [other, publicOther] = [
				await sample({ alternative: 2, maxTokens: 4 }, sequence, 4),
				await sample({ alternative: 2, maxTokens: 4 }, hidden, 4),
			];
			assert.deepEqual(publicOther.tokens, other.tokens);
			assert.notEqual(other.tokens[0], expected.tokens[0]);
		});

		it('goes on greedily behind another beginning', async () => {
			const { lane, tokens } = await sample({ alternative: 2, maxTokens: 8 });
			const [first = 0, ...rest] = tokens;
			const fed = await lane.keep(prompt);
			await lane.feed(prompt.slice(fed), 'interactive');
			const again: number[] = [];
			for await (const { token } of lane.sample([first], { ...sampling, maxTokens: rest.length })) {
				again.push(token);
			}
			assert.ok(rest.length > 0);
			assert.deepEqual(again, rest);
		});

		it('chooses the best of few tokens, as likely as it is beside them', async () => {
			const { tokens } = await sample({ maxTokens: 1 }, sequence, 1);
			const all = await beginnings(8);
			const few = all.filter((_, index) => index % 3 === 1).map(({ token }) => token);
			const native = nativeSequence(sequence);
			assert.ok(native !== undefined && tokens.length === 1 && few.length === 3);
			const decoder = new GreedyDecoder(native);
			await sequence.adaptStateToTokens(asTokens(prompt.slice(0, -1)), false);
			const [output = 0] = await decoder.evaluate(prompt.slice(-1), 1, 1);
			const chosen = await decoder.choose(output, Uint32Array.from(few));
			assert.equal(chosen.token, few[0]);
			const shares = few.map((token) =>
				Math.exp(all.find((one) => one.token === token)?.logProbability ?? 0),
			);
			const share = (shares[0] ?? 0) / shares.reduce((sum, one) => sum + one, 0);
			assert.ok(Math.abs(Math.exp(chosen.logProbability) - share) < 0.01, `${chosen.logProbability}`);
			// And the next choice is free again.
			assert.equal((await decoder.choose(output)).token, all[0]?.token);
			decoder.dispose();
		});

		it('writes what was typed again, whatever it would like, and then what it likes', async () => {
			const { model } = sequence;
			const tokens = new ModelTokens({ isSentencePiece: () => false }, model);
			for (const typed of ['\tretu', '\tconst opti', 'handleStdioSy', ' (', 'x = "']) {
				const whole = [...prompt, ...tokens.tokenize(typed)];
				const opened = openTypedEnd(whole, prompt.length, tokens.pieces, tokens.detokenize);
				assert.ok(opened.typedEnd !== undefined, typed);
				const lane = new SequenceLane(sequence, new CountingThreads());
				const fed = await lane.keep(opened.prompt.slice(0, -1));
				await lane.feed(opened.prompt.slice(fed, -1), 'interactive');
				const written: number[] = [];
				for await (const next of lane.sample(opened.prompt.slice(-1), {
					...sampling,
					maxTokens: 6,
					typedEnd: opened.typedEnd,
				})) {
					written.push(next.token);
				}
				const text = tokens.detokenize(written, opened.prompt.slice(-4));
				const end = tokens.detokenize(opened.typedEnd.tokens, opened.prompt.slice(-4));
				assert.ok(text.startsWith(end) && typed.endsWith(end), `${typed}: ${text}`);
				assert.deepEqual(sequence.contextTokens.slice(0, opened.prompt.length), opened.prompt);
			}
		});

		it('says probabilities of all beginnings that are less than one together', async () => {
			const probabilities = (await beginnings(4)).map(({ logProbability = 0 }) => Math.exp(logProbability));
			assert.deepEqual(
				[...probabilities].sort((a, b) => b - a),
				probabilities,
			);
			assert.ok(probabilities.reduce((sum, value) => sum + value, 0) < 1);
		});
	});
}
