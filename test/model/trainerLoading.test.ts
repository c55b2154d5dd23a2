/** Loading in steps: what is heard of it, how it is cancelled, and that nothing is left of what came half way. */
import * as assert from 'node:assert/strict';
import * as fs from 'node:fs';
import { Device, OutOfMemory } from '../../src/finetune/ggml/device';
import type { Ggml } from '../../src/finetune/ggml/ggml';
import { BaseLoader, type BaseOptions } from '../../src/finetune/training/baseLoader';
import { BaseModel } from '../../src/finetune/training/baseModel';
import { DEFAULT_KERNELS } from '../../src/finetune/training/kernels';
import { Learner } from '../../src/finetune/training/learner';
import { RunFailure } from '../../src/finetune/training/runFailure';
import { finish } from '../../src/finetune/training/steps';
import { TensorFile } from '../../src/finetune/training/tensorFile';
import { isAbort } from '../../src/inference/cancel';
import { never, randomModelFile } from '../support/engines';
import { orderOf, said, TRAINER_MODEL, TRAINER_SETTINGS, train, trainToEnd } from '../support/trainerRun';
import { testGgml } from '../support/training';

const OPTIONS: BaseOptions = {
	copies: 'Q8_0',
	repack: true,
	firstTrained: 0,
	tokens: [0, 5, 7],
	trainAll: false,
};

/** What is taken from ggml and not given back, and how many buffers it still has memory for. */
interface Counts {
	/** Descriptions of tensors and graphs. */
	contexts: number;
	/** Buffers of tensors, and allocators of results. */
	memories: number;
	room: number;
}

function countingGgml(counts: Counts): Ggml {
	const real = testGgml();
	return {
		...real,
		ggml_init: (parameters) => {
			counts.contexts++;
			return real.ggml_init(parameters);
		},
		ggml_free: (context) => {
			counts.contexts--;
			return real.ggml_free(context);
		},
		ggml_gallocr_new: (type) => {
			counts.memories++;
			return real.ggml_gallocr_new(type);
		},
		ggml_gallocr_free: (allocator) => {
			counts.memories--;
			return real.ggml_gallocr_free(allocator);
		},
		ggml_backend_alloc_ctx_tensors_from_buft: (context, type) => {
			if (counts.room === 0) {
				return null;
			}
			counts.room--;
			counts.memories++;
			return real.ggml_backend_alloc_ctx_tensors_from_buft(context, type);
		},
		ggml_backend_buffer_free: (buffer) => {
			counts.memories--;
			return real.ggml_backend_buffer_free(buffer);
		},
	};
}

describe('loading', function () {
	this.timeout(60_000);
	const path = randomModelFile({ ...TRAINER_MODEL, type: 'Q8_0' });
	let counts: Counts;
	let device: Device;
	let file: TensorFile;
	/** What the device itself holds. */
	let atRest: Counts;
	beforeEach(() => {
		counts = { contexts: 0, memories: 0, room: Number.POSITIVE_INFINITY };
		device = Device.open(countingGgml(counts), 'cpu', 1);
		atRest = { ...counts };
		file = new TensorFile(path);
	});
	afterEach(() => {
		file.dispose();
		device.dispose();
	});

	it('gives back everything when the model is disposed', () => {
		const base = BaseModel.load(device, device, file, OPTIONS);
		assert.ok(counts.memories > atRest.memories + 30);
		base.dispose();
		assert.deepEqual(counts, atRest);
	});

	it('leaves nothing, at whichever step it is cancelled', async () => {
		let steps = 0;
		const count = () => {
			steps++;
		};
		(await BaseModel.loadInSteps(device, device, file, OPTIONS, count, never)).dispose();
		assert.ok(steps > 40);
		for (let stopAt = 1; stopAt <= steps; stopAt++) {
			const cancel = new AbortController();
			let step = 0;
			const onProgress = () => {
				step++;
				if (step === stopAt) {
					cancel.abort();
				}
			};
			const error: unknown = await BaseModel.loadInSteps(
				device,
				device,
				file,
				OPTIONS,
				onProgress,
				cancel.signal,
			).catch((one) => one);
			assert.ok(isAbort(error), String(error));
			assert.equal(step, stopAt);
			assert.deepEqual(counts, atRest, `step ${stopAt}`);
		}
	});

	it('leaves nothing where memory ends, however late, and says so', async () => {
		const load = () =>
			Learner.load(
				device,
				device,
				file,
				{
					settings: TRAINER_SETTINGS,
					kernels: DEFAULT_KERNELS,
					checkpointing: false,
					tokens: [5, 7],
					random: 1,
				},
				() => undefined,
				never,
			);
		const most = 10_000;
		counts.room = most;
		(await load()).dispose();
		const buffers = most - counts.room;
		assert.ok(buffers > 60);
		// The last three are the optimiser's, which it takes by itself.
		for (let room = 0; room < buffers - 3; room++) {
			counts.room = room;
			await assert.rejects(
				load(),
				(error) =>
					error instanceof OutOfMemory &&
					/ has too little memory left\. Choose a smaller .+, or close other programs\.$/.test(error.message),
			);
			assert.equal(counts.memories, atRest.memories, `${room} buffers`);
		}
	});

	it('leaves nothing where the file ends too soon, and names it', () => {
		fs.truncateSync(path, fs.statSync(path).size - 20_000);
		assert.throws(
			() => BaseModel.load(device, device, file, OPTIONS),
			/random\.gguf ends within .+: it is truncated or was changed meanwhile\.$/,
		);
		assert.deepEqual(counts, atRest);
		const loader = new BaseLoader(device, device, file, OPTIONS);
		assert.throws(() => finish(loader.steps()));
		assert.ok(loader.loaded > 0 && loader.loaded < loader.matrices);
	});
});

describe('loading in a run', function () {
	this.timeout(60_000);

	it('tells of the matrices that are there', async () => {
		const { messages } = await trainToEnd(await orderOf());
		const details = said(messages, 'phase').flatMap(({ phase, detail }) =>
			phase === 'loading' ? [detail] : [],
		);
		assert.equal(details[0], 'random qwen2 2x128');
		assert.equal(details[1], '0 of 15 matrices');
	});

	it('stands still while it is paused, and goes on', async () => {
		let turns = 0;
		const { messages } = await trainToEnd(await orderOf(), {
			onMessage: (message, { control }) => {
				if (message.type === 'phase' && message.detail === '0 of 15 matrices') {
					control.pause('user');
				} else if (message.type === 'paused') {
					const wait = () => (++turns < 20 ? void setImmediate(wait) : control.resume());
					setImmediate(wait);
				}
			},
		});
		assert.equal(turns, 20);
		const order = messages.map(({ type }) => type);
		const paused = order.indexOf('paused');
		// Nothing was said, and so nothing loaded, while it was paused.
		assert.equal(order[paused + 1], 'running');
		assert.ok(
			messages.slice(paused).some((message) => message.type === 'phase' && message.phase === 'evaluating'),
		);
	});

	it('refuses a base that changes meanwhile, before anything is computed', async () => {
		const order = await orderOf();
		const { error, messages } = await train(order, {
			onMessage: (message) => {
				if (message.type === 'phase' && message.detail === '0 of 15 matrices') {
					const descriptor = fs.openSync(order.basePath, 'r+');
					fs.writeSync(descriptor, new Float32Array([0.5]), 0, 4, fs.fstatSync(descriptor).size - 4);
					fs.closeSync(descriptor);
				}
			},
		});
		assert.ok(error instanceof RunFailure, String(error));
		assert.equal(error.code, 'base-changed');
		assert.ok(error.message.startsWith(order.basePath));
		assert.ok(!said(messages, 'phase').some(({ phase }) => phase === 'evaluating'));
		assert.deepEqual(fs.readdirSync(order.runFolder), ['data.bin']);
	});

	it('ends by a cancel before anything is computed', async () => {
		const { error, messages } = await train(await orderOf(), {
			onMessage: (message, { cancel }) => {
				if (message.type === 'phase' && /^\d+ of \d+ matrices$/.test(message.detail)) {
					cancel();
				}
			},
		});
		assert.ok(isAbort(error), String(error));
		const phases = said(messages, 'phase').map(({ phase }) => phase);
		assert.deepEqual(phases, ['checking', 'fingerprint', 'loading', 'loading']);
	});
});
