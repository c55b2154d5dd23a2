/** The benchmark of a model: what counts, what does not, when it ends, and what is kept of it. */
import * as assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { type Device, type KeptSpeed, readSpeed, rememberRun } from '../../../../src/inference/fit/profile';
import { roughShape } from '../../../../src/inference/fit/roughShape';
import {
	type FillRequest,
	type GenerationStatistics,
	MOST_EMBEDDED_TOKENS,
	type ModelRole,
} from '../../../../src/inference/model';
import { type Benchmark, benchmark } from '../../../../src/inference/models/benchmark';
import { Benchmarks } from '../../../../src/inference/models/benchmarks';
import { FakeModel, fakeDescription } from '../../../support/fakeModel';

const STATISTICS: GenerationStatistics = {
	promptTokens: 1_000,
	reusedTokens: 200,
	generatedTokens: 20,
	prefillMilliseconds: 400,
	decodeMilliseconds: 100,
};
const never = new AbortController().signal;
const device: Device = {
	backend: 'cpu',
	devices: [],
	engineVersion: 'llama.cpp 1',
	processor: 'a processor',
	cores: 4,
};
const shape = roughShape({ bytes: 5e8, quantisation: 'Q8_0', parameters: undefined });

describe('inference/models/benchmark', () => {
	let model: FakeModel;
	let clock: number;

	beforeEach(() => {
		model = new FakeModel();
		clock = 0;
	});

	/** @param takes milliseconds of each round. */
	function scripted(statistics: GenerationStatistics, takes = 0) {
		return () => {
			clock += takes;
			return { steps: ['x', { type: 'end', reason: 'length', statistics } as const] };
		};
	}

	const run = (
		changes: Partial<typeof fakeDescription> = {},
		signal = never,
		role: ModelRole = 'completion',
	) =>
		benchmark(
			model,
			{ description: { ...fakeDescription, ...changes }, role },
			() => undefined,
			() => clock,
			signal,
		);

	it('counts the tokens that were read now, and those that were written', async () => {
		model.onFill = scripted(STATISTICS);
		assert.deepEqual(await run(), {
			path: fakeDescription.path,
			bytes: fakeDescription.fileBytes,
			backend: 'cpu',
			readPerSecond: 2_000,
			writtenPerSecond: 200,
		});
		assert.equal(model.fills.length, 3);
		const prefixes = model.fills.map(({ request }) => request.prefix.slice(0, 20));
		assert.equal(new Set(prefixes).size, 3, 'nothing of a round is in the cache of the next');
	});

	it('asks for no more than half of a small context, and behind whoever waits at the cursor', async () => {
		const requests: FillRequest[] = [];
		model.onFill = (request) => {
			requests.push(request);
			return scripted(STATISTICS)();
		};
		await run({ contextSize: 512 });
		assert.deepEqual([requests[0]?.maxPromptTokens, requests[0]?.priority], [256, 'background']);
		assert.ok((requests[0]?.prefix.length ?? 0) < 1_200);
	});

	it('ends after one round where that took long', async () => {
		model.onFill = scripted(STATISTICS, 20_000);
		await run();
		assert.equal(model.fills.length, 1);
	});

	it('says nothing of writing where next to nothing was written', async () => {
		model.onFill = scripted({ ...STATISTICS, generatedTokens: 1 });
		assert.equal((await run()).writtenPerSecond, undefined);
	});

	it('chats with a model that cannot fill in the middle, and says why where it can do neither', async () => {
		const fill = { type: 'unsupported', reason: 'no middle' } as const;
		model.onChat = scripted(STATISTICS);
		assert.equal((await run({ fill })).readPerSecond, 2_000);
		model.onChat = () => ({ steps: [{ type: 'unsupported', reason: 'It only embeds.' }] });
		await assert.rejects(run({ fill }), /It only embeds\./);
	});

	it('measures a model that searches by meaning by the texts it reads, without the first, which makes a context', async () => {
		const texts: string[] = [];
		model.onEmbed = (text) => {
			clock += texts.length % 2 === 0 ? 7_000 : 100;
			texts.push(text);
			return { type: 'embedding', vector: [1] };
		};
		const found = await run({}, never, 'embedding');
		assert.deepEqual([found.readPerSecond, found.writtenPerSecond], [MOST_EMBEDDED_TOKENS * 10, undefined]);
		assert.equal(new Set(texts).size, texts.length);
		assert.deepEqual([model.fills.length, model.chats.length], [0, 0]);
		model.onEmbed = () => ({ type: 'unsupported', reason: 'It only writes.' });
		await assert.rejects(run({}, never, 'embedding'), /It only writes\./);
	});

	it('ends when it is cancelled', async () => {
		const controller = new AbortController();
		model.onFill = () => {
			controller.abort();
			return { steps: [new Promise(() => undefined)] };
		};
		await assert.rejects(run({}, controller.signal), { name: 'AbortError' });
		assert.equal(model.fills.length, 1);
	});
});

describe('inference/models/benchmarks', () => {
	const kept = new Map<string, unknown>();
	const memory = {
		get: <T>(key: string, defaultValue: T): T => {
			const value = kept.get(key);
			// What a Memento gives back is what somebody put there.
			return value === undefined ? defaultValue : (JSON.parse(JSON.stringify(value)) as T);
		},
		update: async (key: string, value: unknown) => {
			kept.set(key, value);
		},
	};
	const one: Benchmark = {
		path: '/a.gguf',
		bytes: 1,
		backend: 'cpu',
		readPerSecond: 2,
		writtenPerSecond: 3,
		at: 4,
	};

	let folder: string;
	beforeEach(() => {
		kept.clear();
		folder = fs.mkdtempSync(path.join(os.tmpdir(), 'familiar-test-'));
	});
	afterEach(() => fs.rmSync(folder, { recursive: true }));

	it('has the next model process measure anew how it runs the model, and no other one', async () => {
		const speed = (key: string): KeptSpeed => ({
			key,
			at: 1,
			calibration: {
				threads: { prefill: 1, decode: 1 },
				prefillTokens: 16,
				prefillTokensPerSecond: 1,
				decodeTokensPerSecond: 1,
				chunk: 4,
			},
			writeMilliseconds: 1,
		});
		for (const name of ['a', 'b']) {
			await rememberRun(folder, device, undefined, {
				path: `/${name}.gguf`,
				fileBytes: 1,
				measured: { shape, batch: 16, readMilliseconds: 1, writeMilliseconds: 1 },
				speed: speed(name),
			});
		}
		await new Benchmarks(memory, folder).keep(one);
		assert.equal(await readSpeed(folder, device, 'a', 2), undefined);
		assert.deepEqual(await readSpeed(folder, device, 'b', 2), speed('b'));
		await new Benchmarks(memory, path.join(folder, 'none')).keep(one);
		assert.deepEqual(fs.readdirSync(folder), ['machine.json']);
	});

	it('keeps the last of each model, over restarts', async () => {
		await new Benchmarks(memory, folder).keep(one);
		await new Benchmarks(memory, folder).keep({ ...one, path: '/b.gguf', writtenPerSecond: undefined });
		await new Benchmarks(memory, folder).keep({ ...one, at: 5 });
		assert.deepEqual(new Benchmarks(memory, folder).of('/a.gguf'), { ...one, at: 5 });
		assert.equal(new Benchmarks(memory, folder).of('/b.gguf')?.writtenPerSecond, undefined);
		assert.equal(new Benchmarks(memory, folder).of('/c.gguf'), undefined);
	});

	it('takes what somebody else wrote for nothing', async () => {
		for (const [key] of [...kept, ['familiar.benchmarks']] as const) {
			kept.set(key, [{ path: 7 }]);
		}
		assert.equal(new Benchmarks(memory, folder).of('/a.gguf'), undefined);
		await new Benchmarks(memory, folder).keep(one);
		assert.deepEqual(new Benchmarks(memory, folder).of('/a.gguf'), one);
	});

	it('keeps no more than a few', async () => {
		const benchmarks = new Benchmarks(memory, folder);
		for (let number = 0; number < 40; number++) {
			await benchmarks.keep({ ...one, path: `/${number}.gguf` });
		}
		assert.equal(benchmarks.of('/0.gguf'), undefined);
		assert.ok(benchmarks.of('/39.gguf'));
	});
});
