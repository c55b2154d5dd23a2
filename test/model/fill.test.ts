/** Filling in the middle on the native path: the starter model, and models that cannot. */
import * as assert from 'node:assert/strict';
import * as path from 'node:path';
import type { LlamaEngine } from '../../src/inference/engine/llama';
import { type ModelDescription, ModelUnavailable } from '../../src/inference/model';
import {
	answer,
	codeOf,
	fillOf,
	LONG_CONTEXT,
	loadEngine,
	never,
	randomModelFile,
	starter,
	temporaryFolder,
} from '../support/engines';
import { fakeFill } from '../support/fakeModel';
import { TINY_MODEL } from '../support/randomModel';

describe('fill with the starter model', function () {
	this.timeout(60_000);
	let engine: LlamaEngine;
	let model: ModelDescription;

	before(async () => {
		({ engine, model } = await loadEngine(starter, { backend: 'auto' }));
	});
	after(() => engine.dispose());

	it('describes what was loaded', () => {
		assert.deepEqual(model.fill, {
			type: 'fill',
			family: 'qwen',
			source: 'metadata',
			repositoryLevel: true,
			layout: fakeFill.layout,
		});
		assert.deepEqual([model.architecture, model.quantisation, model.trainedContext], ['llama', 'Q8_0', 2048]);
		assert.equal(model.parameters, 12_784_960);
		assert.ok(model.contextSize >= 512 && model.contextSize <= 2048);
		assert.ok(model.prefillTokensPerSecond > 0 && model.decodeTokensPerSecond > 0);
		assert.ok(model.prefillChunk >= 4 && model.prefillChunk <= 128);
		assert.ok(model.memory.host > 0 && model.devices.length > 0);
		assert.equal(model.backend !== 'cpu' || model.fallbackReason !== undefined, true);
	});

	it('answers the same every time', async () => {
		const request = fillOf({ prefix: 'function add(a, b) {\n', typed: '\treturn ', suffix: '\n}\n' });
		const first = await answer(engine.fill(request, never));
		const second = await answer(engine.fill(request, never));
		assert.ok(first.text.length > 0);
		assert.equal(second.text, first.text);
	});

	it('goes on within a word as if it had not been cut', async () => {
		const around = {
			prefix: 'function add(first, second) {\n\tconst total = first + second;\n',
			suffix: '\n}\n',
		};
		const begun = '\treturn ';
		const whole = await answer(engine.fill(fillOf({ ...around, typed: begun, maxTokens: 16 }), never));
		const line = begun + whole.text.slice(0, 8);
		assert.ok(line.length > begun.length + 4, line);
		for (let typed = begun.length + 1; typed < line.length; typed++) {
			const request = fillOf({ ...around, typed: line.slice(0, typed), maxTokens: 16 });
			const { text } = await answer(engine.fill(request, never));
			assert.equal((request.typed + text).slice(0, line.length), line);
		}
	});

	it('evaluates only what a keystroke adds', async () => {
		const prefix = codeOf(40);
		const request = { prefix, suffix: '\n}\n' };
		await answer(engine.fill(fillOf({ ...request, typed: 'const v' }), never));
		const { end } = await answer(engine.fill(fillOf({ ...request, typed: 'const va' }), never));
		const { promptTokens, reusedTokens } = end.statistics;
		assert.ok(promptTokens > 300);
		assert.ok(promptTokens - reusedTokens <= 3, `${promptTokens - reusedTokens} tokens`);
	});

	it('says what was reused before the first text', async () => {
		const request = fillOf({ prefix: codeOf(12), maxTokens: 4 });
		await answer(engine.fill(request, never));
		const types: string[] = [];
		for await (const event of engine.fill(request, never)) {
			types.push(event.type);
			if (event.type === 'prefilled') {
				assert.equal(event.promptTokens - event.reusedTokens, 1);
			}
		}
		assert.equal(types[0], 'prefilled');
		assert.equal(types.filter((type) => type === 'prefilled').length, 1);
	});

	it('says how probable each piece is', async () => {
		const prefix = 'function add(first, second) {\n\treturn ';
		const { pieces, end } = await answer(engine.fill(fillOf({ prefix, maxTokens: 8 }), never));
		assert.equal(
			pieces.reduce((sum, { tokens }) => sum + (tokens ?? 0), 0),
			end.statistics.generatedTokens,
		);
		for (const { logProbability, tokens } of pieces) {
			assert.ok(logProbability !== undefined && logProbability <= 0 && (tokens ?? 0) > 0);
		}
	});

	it('begins otherwise on request, with the next likely token, and goes on greedily', async () => {
		const prefix = 'function add(first, second) {\n\t';
		const request = fillOf({ prefix, suffix: '\n}\n', maxTokens: 12 });
		const first = async (alternative: number) =>
			(await answer(engine.fill({ ...request, maxTokens: 1, alternative }, never))).pieces[0] ??
			assert.fail('no text');
		const beginnings = [await first(0), await first(1), await first(2)];
		assert.equal(new Set(beginnings.map(({ text }) => text)).size, 3);
		const probabilities = beginnings.map(({ logProbability = Number.NaN }) => Math.exp(logProbability));
		const [likeliest = 0, second = 0, third = 0] = probabilities;
		assert.ok(likeliest > second && second > third && third > 0, probabilities.join());
		assert.ok(likeliest + second + third <= 1);
		for (const [alternative, beginning] of beginnings.entries()) {
			const whole = await answer(engine.fill({ ...request, alternative }, never));
			assert.ok(whole.text.startsWith(beginning.text));
		}
		assert.equal((await answer(engine.fill({ ...request, alternative: 500 }, never))).text, '');
	});

	it('never forges special tokens from user text, nor shows any', async () => {
		const text = 'x <|fim_middle|> <|endoftext|> 😀 e\u0301 \u05d0\r\n';
		const { text: out } = await answer(
			engine.fill(fillOf({ prefix: text, suffix: text, maxTokens: 64 }), never),
		);
		assert.doesNotMatch(out, /<\||\uFFFD/);
		const tokens = await engine.tokenize(text, never);
		assert.ok(tokens.type === 'tokens' && tokens.tokens.every((token) => token < 4090));
	});

	it('respects the limits of tokens', async () => {
		const prefix = codeOf(4000);
		const { end } = await answer(engine.fill(fillOf({ prefix, maxTokens: 5, maxPromptTokens: 300 }), never));
		assert.ok(end.statistics.promptTokens <= 300);
		assert.ok(end.statistics.generatedTokens <= 5);
		const whole = await answer(engine.fill(fillOf({ prefix, maxTokens: 5 }), never));
		assert.ok(whole.end.statistics.promptTokens < model.contextSize);
	});

	it('stops when the consumer leaves, and answers the next request', async () => {
		const request = fillOf({ prefix: codeOf(10), maxTokens: 200 });
		for await (const event of engine.fill(request, never)) {
			if (event.type === 'text') {
				break;
			}
		}
		const { end } = await answer(engine.fill({ ...request, maxTokens: 1 }, never));
		const { promptTokens, reusedTokens } = end.statistics;
		assert.equal(promptTokens - reusedTokens, 1);
	});

	it('scores text: what is usual is more probable', async () => {
		const scored = async (text: string) => {
			const scores = await engine.score(
				{ context: 'function f() {\n\t', text, priority: 'background' },
				never,
			);
			assert.ok(scores.type === 'scores');
			assert.ok(scores.logProbabilities.every((value) => value <= 0));
			return scores.logProbabilities.reduce((sum, value) => sum + value, 0) / scores.logProbabilities.length;
		};
		assert.ok((await scored('return this.value;')) > (await scored('qzx 9 ~ %% qj wv;')));
	});
});

describe('fill with other models', function () {
	this.timeout(60_000);

	it('a model without the tokens says so, and continues left to right when asked', async () => {
		const { engine, model } = await loadEngine(
			randomModelFile({ ...TINY_MODEL, specials: ['<|endoftext|>'] }),
		);
		try {
			assert.equal(model.fill.type, 'unsupported');
			const events = [];
			for await (const event of engine.fill(fillOf({ prefix: 'abc' }), never)) {
				events.push(event.type);
			}
			assert.deepEqual(events, ['unsupported']);
			const { end } = await answer(engine.fill(fillOf({ prefix: 'abc', leftToRight: true }), never));
			assert.ok(end.statistics.generatedTokens > 0);
		} finally {
			await engine.dispose();
		}
	});

	it('finds the tokens by name where the metadata is silent, with repository and files', async () => {
		const { engine, model } = await loadEngine(randomModelFile({ ...TINY_MODEL, fillTokens: false }));
		try {
			assert.deepEqual(model.fill, {
				type: 'fill',
				family: 'qwen',
				source: 'vocabulary',
				repositoryLevel: true,
				layout: fakeFill.layout,
			});
			const files = [{ path: 'a.ts', text: codeOf(2) }];
			const bare = await answer(engine.fill(fillOf({ prefix: 'abc' }), never));
			const whole = await answer(
				engine.fill(fillOf({ prefix: 'abc', repository: 'r', path: 'b.ts', files }), never),
			);
			assert.ok(whole.end.statistics.promptTokens > bare.end.statistics.promptTokens + 20);
		} finally {
			await engine.dispose();
		}
	});

	it('ends with "length" when the context is full', async () => {
		const { engine, model } = await loadEngine(randomModelFile(LONG_CONTEXT), { contextSize: 512 });
		try {
			assert.equal(model.contextSize, 512);
			const { end } = await answer(engine.fill(fillOf({ prefix: codeOf(400), maxTokens: 512 }), never));
			const { promptTokens, generatedTokens } = end.statistics;
			if (end.reason === 'length') {
				assert.ok(promptTokens + generatedTokens <= 512);
			}
			assert.ok(promptTokens <= 256);
		} finally {
			await engine.dispose();
		}
	});

	it('takes no more context than the model was trained with, and says so', async () => {
		const { engine, model } = await loadEngine(randomModelFile(TINY_MODEL), { contextSize: 1 << 20 });
		try {
			assert.equal(model.contextSize, TINY_MODEL.contextLength);
			assert.match(model.fallbackReason ?? '', /instead of the chosen 1048576/);
			await answer(engine.fill(fillOf({ prefix: 'const a = ', maxTokens: 1 }), never));
		} finally {
			await engine.dispose();
		}
	});

	const missing = () => path.join(temporaryFolder(), 'missing.gguf');
	// 300 GB of keys and values; with still more tokens the estimate alone takes long.
	const endless = () => randomModelFile({ ...LONG_CONTEXT, keyValueHeads: 6, contextLength: 1 << 24 });
	for (const [name, file, changes, code] of [
		['a missing file', missing, {}, 'model-load-failed'],
		['a backend that is not there', () => starter, { backend: 'metal' as const }, 'backend-unavailable'],
		['a context beyond all memory', endless, { contextSize: 1 << 24 }, 'out-of-memory'],
	] as const) {
		it(`refuses ${name} in plain words`, async function () {
			if (name.includes('backend') && process.platform === 'darwin') {
				this.skip();
			}
			await assert.rejects(loadEngine(file(), changes), (error: unknown) => {
				assert.ok(ModelUnavailable.is(error), String(error));
				assert.equal(error.problem.code, code, error.message);
				assert.ok(error.problem.remedies.length > 0);
				return true;
			});
		});
	}
});
