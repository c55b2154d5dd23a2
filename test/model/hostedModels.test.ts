/** Several real models in one process: weights once, adapters for each session, one gate, out of memory and back. */
import * as assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { isAbort } from '../../src/inference/cancel';
import type { EngineSession } from '../../src/inference/engine/engine';
import { llamaEngines } from '../../src/inference/engine/llama';
import { HostedModels, type HostedModelsOptions } from '../../src/inference/host/hostedModels';
import type { ModelSession } from '../../src/inference/host/modelSession';
import type { FillRequest, LoadOptions } from '../../src/inference/model';
import {
	type Answer,
	answer,
	chatOf,
	codeOf,
	fillOf,
	LONG_CONTEXT,
	never,
	onCpu,
	randomModelFile,
	starter,
	temporaryFolder,
} from '../support/engines';
import { TINY_MODEL, writeRandomAdapter } from '../support/randomModel';

/** Large enough for its weights to stand out of what else a process takes. */
const HEAVY = { ...LONG_CONTEXT, layers: 8, width: 1024, heads: 8, feedForward: 2816 };

describe('hosted models', function () {
	this.timeout(120_000);
	const tiny = randomModelFile(TINY_MODEL);
	const adapter = path.join(temporaryFolder(), 'adapter.gguf');
	writeRandomAdapter(adapter, { ...TINY_MODEL, rank: 4, alpha: 8 });
	const request = fillOf({ prefix: codeOf(5), maxTokens: 12 });
	let models: HostedModels;
	let lines: string[];
	const start = (changes: Partial<HostedModelsOptions> = {}) => {
		lines = [];
		models = new HostedModels({
			createEngine: llamaEngines(() => undefined),
			check: () => undefined,
			log: (line) => lines.push(line),
			...changes,
		});
	};
	beforeEach(() => start());
	afterEach(() => models.dispose());

	async function enter(file: string, changes: Partial<LoadOptions> = {}): Promise<ModelSession> {
		const session = models.enter(
			{ isFocused: false },
			{ onLoading: () => undefined, onResidence: () => undefined },
		);
		const loaded = await session.load({ ...onCpu(file), ...changes }, never);
		assert.equal(loaded.type, 'loaded', JSON.stringify(loaded));
		return session;
	}

	async function ask<T>(session: ModelSession, work: (engine: EngineSession) => Promise<T>): Promise<T> {
		let result: T | undefined;
		const refused = await session.ask(async (engine) => {
			result = await work(engine);
		}, never);
		assert.equal(refused, undefined, JSON.stringify(refused));
		assert.ok(result !== undefined);
		return result;
	}

	const fill = (session: ModelSession, asked: FillRequest = request): Promise<Answer> =>
		ask(session, (engine) => answer(engine.fill(asked, never)));

	async function adapt(session: ModelSession, role: 'completion' | 'chat' = 'completion'): Promise<void> {
		const adapters = [{ path: adapter, scale: 1 }];
		assert.deepEqual(await session.useAdapters(tiny, adapters, never, role), { type: 'adapters', adapters });
	}

	it('holds the weights once for two sessions', async () => {
		const file = randomModelFile(HEAVY);
		const { size } = fs.statSync(file);
		const options = { contextSize: 512 };
		const { rss: empty } = process.memoryUsage();
		const one = await enter(file, options);
		const expected = await fill(one);
		const { rss: once } = process.memoryUsage();
		assert.ok(once - empty > size / 2, `${once - empty} bytes more for ${size} of weights`);
		const other = await enter(file, options);
		assert.equal((await fill(other)).text, expected.text);
		assert.ok(process.memoryUsage().rss - once < size / 4);
	});

	it('gives each session the answers of its own adapters, at the same time, and keeps what each has read', async () => {
		const [plain, adapted] = [await enter(tiny), await enter(tiny)];
		const base = (await fill(plain)).text;
		await adapt(adapted);
		const other = (await fill(adapted)).text;
		assert.notEqual(other, base);
		const answers = await Promise.all([plain, adapted, plain, adapted].map((session) => fill(session)));
		assert.deepEqual(
			answers.map(({ text }) => text),
			[base, other, base, other],
		);
		for (const session of [plain, adapted, plain, adapted]) {
			const { promptTokens, reusedTokens } = (await fill(session)).end.statistics;
			assert.equal(reusedTokens, promptTokens - 1, 'the other session has a cache of its own');
		}
	});

	it('lets a completion go before the chat of another model', async () => {
		const [completion, chat] = [
			await enter(starter),
			await enter(randomModelFile(LONG_CONTEXT), { role: 'chat' }),
		];
		const order: string[] = [];
		let begun: () => void = () => undefined;
		const chatting = new Promise<void>((resolve) => {
			begun = resolve;
		});
		const answered = ask(chat, async (engine) => {
			const asked = answer(engine.chat(chatOf(codeOf(350), { maxTokens: 2 }), never));
			await new Promise(setImmediate);
			begun();
			await asked;
			order.push('chat');
			return true;
		});
		await chatting;
		await fill(completion, fillOf({ prefix: codeOf(8), maxTokens: 8 }));
		order.push('completion');
		await answered;
		assert.deepEqual(order, ['completion', 'chat']);
	});

	for (const [name, prepare] of [
		['with adapters of their own', adapt],
		['of one context', async () => undefined],
	] as const) {
		it(`shares the time between the chats of two sessions ${name}`, async () => {
			const [one, other] = [await enter(tiny), await enter(tiny)];
			await prepare(other);
			const order: string[] = [];
			const chat = (name: string, session: ModelSession) =>
				ask(session, async (engine) => {
					const events = engine.chat(chatOf('Go on.', { maxTokens: 60, temperature: 1 }), never);
					for await (const { type } of events) {
						if (type === 'text') {
							order.push(name);
						}
					}
					return true;
				});
			await Promise.all([chat('a', one), chat('b', other)]);
			const text = order.join('');
			assert.match(text, /a+b+a+b/, text);
		});
	}

	it('frees an idle model for another one, and loads it again with its adapters', async () => {
		// As if there were room for one.
		start({ memory: { estimate: () => 1, free: () => 0 } });
		const one = await enter(tiny);
		await adapt(one);
		const [expected, other] = [(await fill(one)).text, await enter(starter)];
		const filled = (await fill(other)).text;
		assert.equal((await fill(one)).text, expected);
		assert.equal((await fill(other)).text, filled);
		assert.equal(lines.filter((line) => /leaves memory to make room/.test(line)).length, 3, lines.join('\n'));
	});

	it('frees a model that nobody asks, and loads it again for the next request', async () => {
		const one = await enter(tiny, { keepAliveMinutes: 0.005 });
		await adapt(one);
		const expected = (await fill(one)).text;
		while (!lines.some((line) => /was not asked for a while/.test(line))) {
			await new Promise((resolve) => setTimeout(resolve, 50));
		}
		const again = await fill(one);
		assert.deepEqual([again.text, again.end.statistics.reusedTokens], [expected, 0]);
	});

	it('is disposed of while one model loads and another one answers', async () => {
		const one = await enter(starter);
		let begun: () => void = () => undefined;
		const loading = models.enter(
			{ isFocused: false },
			{ onLoading: () => begun(), onResidence: () => undefined },
		);
		const began = new Promise<void>((resolve) => {
			begun = resolve;
		});
		const loaded = loading.load(onCpu(randomModelFile(HEAVY)), never);
		const asked = one.ask(
			async (engine) => answer(engine.chat(chatOf('Go on.', { maxTokens: 2000 }), never)),
			never,
		);
		asked.catch(() => undefined);
		loaded.catch(() => undefined);
		await began;
		await models.dispose();
		await assert.rejects(loaded, isAbort);
		// It may have come to its end before.
		await asked.catch((error: unknown) => assert.ok(isAbort(error)));
	});

	it('goes on with one model when another is freed', async () => {
		start({ graceTime: 0 });
		const [one, other] = [await enter(starter), await enter(tiny)];
		const expected = (await fill(one)).text;
		const running = ask(one, (engine) => answer(engine.chat(chatOf('Go on.', { maxTokens: 100 }), never)));
		other.leave();
		await running;
		assert.equal((await fill(one)).text, expected);
		assert.ok((await fill(await enter(tiny))).text.length > 0);
	});
});
