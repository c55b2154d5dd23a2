/** A run that is stopped anywhere and resumed ends with the digits of one that nobody stopped. */
import * as assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import type { RunOrder } from '../../src/finetune/job/messages';
import type { TrainingSettings } from '../../src/finetune/settings';
import { checkpointsIn, readCheckpointHeader } from '../../src/finetune/training/checkpoint';
import { RunFailure } from '../../src/finetune/training/runFailure';
import { isAbort } from '../../src/inference/cancel';
import { randomModelFile, temporaryFolder } from '../support/engines';
import { type RandomModelOptions, writeRandomModel } from '../support/randomModel';
import {
	curveOf,
	logged,
	numbersOf,
	orderOf,
	type RunOutcome,
	said,
	TRAINER_MODEL,
	train,
	trainToEnd,
} from '../support/trainerRun';
import { trainingData } from '../support/trainingData';

/** The same run in folders of its own. */
function copyOf(order: RunOrder): RunOrder {
	const folder = temporaryFolder();
	return { ...order, runFolder: folder, adapterFolder: path.join(folder, 'adapters') };
}

/** Runs until a row is under way, and ends there as when the editor is gone; undefined when it came to its end before. */
async function runToRow(order: RunOrder, row: number, resume: boolean): Promise<RunOutcome> {
	const outcome = await train(order, {
		resume,
		onRow: (count, { checkpoint, cancel }) => {
			if (count === row) {
				checkpoint();
				cancel();
			}
		},
	});
	assert.ok(isAbort(outcome.error), String(outcome.error));
	return outcome;
}

describe('resumed training', function () {
	this.timeout(60_000);

	const variants: Readonly<Record<string, [Partial<TrainingSettings>, Partial<RandomModelOptions>]>> = {
		'F32, as the defaults are': [{}, {}],
		'dropout, a rate of its own for B, looks at the held-out loss': [
			{ dropout: 0.2, learningRateRatioB: 4, evaluateEvery: 3, rowsPerStep: 3, epochs: 2 },
			{},
		],
		'Q8_0 with repacked matrices, dropout, gradient checkpointing': [
			{ dropout: 0.1, gradientCheckpointing: 'on', rankStabilised: true },
			{ type: 'Q8_0', feedForward: 128 },
		],
		'upper layer only, no clipping': [{ topLayers: 1, clipNorm: 0, targets: ['q', 'v'] }, {}],
	};
	for (const [name, [settings, model]] of Object.entries(variants)) {
		it(`${name}: the same curve and the same adapter`, async () => {
			const basePath = randomModelFile({ ...TRAINER_MODEL, ...model });
			// Rows of several lengths: the graph of one is not that of the next.
			const lengths = [190, 120, 100, 30];
			const data = trainingData({ basePath, train: 18, heldOut: 4, lengths, conditions: 5 });
			const order = await orderOf({ sequenceLength: 192, epochs: 1.5, ...settings }, basePath, data);
			const whole = await trainToEnd(order);
			const curve = curveOf(whole.messages);
			assert.ok(curve.size >= 6, `${curve.size} steps`);

			const stopped = copyOf(order);
			const seen = new Map<number, unknown>();
			const outcomes: RunOutcome[] = [];
			// In the first step, between and within steps, in an evaluation.
			for (const [index, row] of [11, 4, 3, 6].entries()) {
				outcomes.push(await runToRow(stopped, row, index > 0));
			}
			const rest = await trainToEnd(stopped, { resume: true });
			for (const { messages } of [...outcomes, rest]) {
				for (const [step, values] of curveOf(messages)) {
					assert.deepEqual(values, curve.get(step), `step ${step}`);
					seen.set(step, values);
				}
			}
			assert.equal(seen.size, curve.size);
			assert.ok(outcomes.some(({ messages }) => curveOf(messages).size > 0));
			assert.deepEqual(numbersOf(rest.result.adapterPath), numbersOf(whole.result.adapterPath));
			assert.deepEqual(
				{ ...rest.result, adapterPath: '', seconds: 0, peakBytes: 0 },
				{ ...whole.result, adapterPath: '', seconds: 0, peakBytes: 0 },
			);
		});
	}

	/** A run with checkpoints of its steps 3 and 5, stopped in step 6, and what it said. */
	async function stoppedRun(settings: Partial<TrainingSettings> = {}): Promise<RunOrder> {
		const order = await orderOf(settings);
		const { error } = await train(order, {
			onMessage: (message, { checkpoint, cancel }) => {
				const step = message.type === 'progress' ? message.progress.step : 0;
				if (step === 3 || step === 5) {
					setImmediate(checkpoint);
				} else if (step === 6) {
					cancel();
				}
			},
		});
		assert.ok(isAbort(error));
		assert.deepEqual(stepsIn(order), [5, 3]);
		return order;
	}
	const stepsIn = ({ runFolder }: RunOrder) => checkpointsIn(runFolder).map(({ step }) => step);
	const firstStep = ({ messages }: RunOutcome) => [...curveOf(messages).keys()][0];

	const damages: Readonly<Record<string, [change: (bytes: Buffer) => Buffer, reason: RegExp]>> = {
		'cut off': [
			(bytes) => bytes.subarray(0, bytes.length >> 1),
			/-5\.bin is damaged: its checksum does not match/,
		],
		'changed in one bit': [
			(bytes) => {
				bytes[bytes.length - 100] = (bytes.at(-100) ?? 0) ^ 1;
				return bytes;
			},
			/-5\.bin is damaged/,
		],
		empty: [() => Buffer.alloc(0), /-5\.bin is no checkpoint/],
		'of something else': [() => Buffer.alloc(10_000, 'x'), /-5\.bin is no checkpoint/],
	};
	for (const [name, [change, reason]] of Object.entries(damages)) {
		it(`goes on from the checkpoint before when the newest is ${name}, and says so`, async () => {
			const order = await stoppedRun();
			const newest = path.join(order.runFolder, 'checkpoint-5.bin');
			fs.writeFileSync(newest, change(fs.readFileSync(newest)));
			const outcome = await trainToEnd(order, { resume: true });
			assert.equal(firstStep(outcome), 4);
			assert.ok(logged(outcome.messages).some((text) => reason.test(text)));
			assert.ok(logged(outcome.messages).includes('Resumed from step 3 of 8.'));
		});
	}

	it('begins anew where no checkpoint is whole, and says so before anything is loaded', async () => {
		const order = await stoppedRun();
		const files = checkpointsIn(order.runFolder).map(({ file }) => file);
		for (const file of files) {
			fs.truncateSync(file, 1_000);
		}
		const outcome = await trainToEnd(order, { resume: true });
		assert.equal(firstStep(outcome), 1);
		const told = outcome.messages.findIndex(
			(message) =>
				message.type === 'log' &&
				message.level === 'note' &&
				/^This run begins anew, at step 0/.test(message.text) &&
				files.every((file) => message.text.includes(`${file} is damaged`)),
		);
		const loading = outcome.messages.findIndex(
			(message) => message.type === 'phase' && message.phase === 'loading',
		);
		assert.ok(told >= 0 && told < loading, `${told}, ${loading}`);
	});

	it('keeps the checkpoints that it could not use, until it has finished', async () => {
		const order = await stoppedRun();
		const contents = (runFolder: string) =>
			fs
				.readdirSync(runFolder)
				.filter((name) => name.startsWith('unusable-'))
				.map((name) => fs.readFileSync(path.join(runFolder, name), 'latin1'));
		const unusable = checkpointsIn(order.runFolder).map(({ file }) => {
			fs.truncateSync(file, fs.statSync(file).size - 1);
			return fs.readFileSync(file, 'latin1');
		});
		// Nothing is touched before there is something new.
		await train(order, { resume: true, onRow: (count, { cancel }) => count === 12 && cancel() });
		assert.deepEqual([stepsIn(order), contents(order.runFolder)], [[5, 3], []]);
		const { result } = await trainToEnd(order, {
			resume: true,
			onMessage: (message, { checkpoint }) =>
				message.type === 'progress' && message.progress.step === 4 && setImmediate(checkpoint),
		});
		assert.equal(result.steps, 8);
		assert.deepEqual(contents(order.runFolder).sort(), [...unusable].sort());
		assert.deepEqual(stepsIn(order), [8, 4], 'its own');
	});

	it('keeps both of its own checkpoints behind a newer one that is damaged', async () => {
		const order = await stoppedRun();
		const newest = path.join(order.runFolder, 'checkpoint-5.bin');
		fs.truncateSync(newest, 1_000);
		await runToRow(order, 7, true);
		const [written, before] = checkpointsIn(order.runFolder);
		assert.equal(before?.step, 3);
		assert.ok((written?.step ?? 0) > 3);
		assert.ok(fs.readdirSync(order.runFolder).some((name) => /^unusable-\d+-checkpoint-5\.bin$/.test(name)));
	});

	it('does not use a checkpoint of other settings or other data, and says so', async () => {
		const order = await stoppedRun();
		const others: readonly RunOrder[] = [
			{ ...order, settings: { ...order.settings, learningRate: 1e-3 } },
			{
				...(await orderOf({}, order.basePath, trainingData({ basePath: order.basePath, train: 20 }))),
				runFolder: order.runFolder,
			},
		];
		for (const other of others) {
			const outcome = await train(other, { resume: true, onRow: (_, { cancel }) => cancel() });
			const refused = logged(outcome.messages).filter((text) =>
				/belongs to other data or other settings/.test(text),
			);
			assert.equal(refused.length, 1);
			assert.ok(!logged(outcome.messages).some((text) => /Resumed/.test(text)));
		}
		assert.deepEqual(stepsIn(order), [5, 3], 'they are still there');
	});

	it('goes on when only time, threads or the looks in between are others', async () => {
		const order = await stoppedRun();
		const settings = { ...order.settings, minutes: 5, threads: 2, evaluateEvery: 2, checkpointMinutes: 9 };
		const outcome = await trainToEnd({ ...order, settings }, { resume: true });
		assert.equal(firstStep(outcome), 6);
		assert.equal(outcome.result.steps, 8);
	});

	it('refuses a base whose weights are others under the same path', async () => {
		const order = await stoppedRun();
		writeRandomModel(order.basePath, { ...TRAINER_MODEL, seed: 7 });
		const { error, messages } = await train(order, { resume: true });
		assert.ok(error instanceof RunFailure);
		assert.equal(error.code, 'base-changed');
		assert.ok(
			error.message.startsWith(order.basePath) &&
				/Put that file back, or start a new run/.test(error.message),
		);
		assert.ok(!said(messages, 'phase').some(({ phase }) => phase === 'loading'));
		assert.deepEqual(stepsIn(order), [5, 3]);
	});

	it('takes a base that was written anew with the same weights', async () => {
		const order = await stoppedRun();
		writeRandomModel(order.basePath, { ...TRAINER_MODEL, chatTemplate: 'other metadata' });
		assert.equal(firstStep(await trainToEnd(order, { resume: true })), 6);
	});

	it('computes nothing but the held-out loss when only the adapter is missing', async () => {
		const order = await orderOf();
		const whole = await trainToEnd(order);
		const numbers = numbersOf(whole.result.adapterPath);
		fs.rmSync(order.adapterFolder, { recursive: true });
		const outcome = await trainToEnd(order, { resume: true });
		assert.equal(firstStep(outcome), undefined);
		assert.deepEqual(outcome.result.after, whole.result.after);
		assert.deepEqual(numbersOf(outcome.result.adapterPath), numbers);
	});

	it('keeps gradient checkpointing as it began, and takes to it where memory is short now', async () => {
		const estimateOf = async (order: RunOrder, freeBytes: number) => {
			const { messages } = await train(order, {
				resume: true,
				freeBytes,
				onRow: (_, { cancel }) => cancel(),
			});
			return said(messages, 'estimate')[0]?.estimate;
		};
		const plenty = 2 ** 40;
		const without = await stoppedRun();
		const total = (await estimateOf(without, plenty))?.total ?? 0;
		assert.deepEqual((await estimateOf(without, plenty))?.gradientCheckpointing, false);
		assert.deepEqual((await estimateOf(without, total))?.gradientCheckpointing, true);
		const order = await stoppedRun({ gradientCheckpointing: 'on' });
		const auto: RunOrder = { ...order, settings: { ...order.settings, gradientCheckpointing: 'auto' } };
		assert.deepEqual((await estimateOf(auto, plenty))?.gradientCheckpointing, true);
	});

	it('takes smaller copies where memory is short now, and says that digits may differ', async () => {
		const basePath = randomModelFile(TRAINER_MODEL);
		const cacheFolder = path.dirname((await orderOf({}, basePath)).runFolder);
		// As a processor would have it that is fast with BF16.
		await trainToEnd({ ...(await orderOf({}, basePath)), cacheFolder });
		const cache = path.join(cacheFolder, 'kernels.json');
		const known: Readonly<Record<string, object>> = JSON.parse(fs.readFileSync(cache, 'utf8'));
		const fast = Object.keys(known).map((key) => [key, { copies: 'BF16', products: 'F32' }]);
		fs.writeFileSync(cache, JSON.stringify(Object.fromEntries(fast)));
		const order: RunOrder = { ...(await orderOf({}, basePath)), cacheFolder };
		await runToRow(order, 20, false);
		const [newest] = checkpointsIn(order.runFolder);
		assert.equal(readCheckpointHeader(newest?.file ?? '').kernels.copies, 'BF16');
		const again = await runToRow(order, 3, true);
		assert.ok(!logged(again.messages).some((text) => /digits/.test(text)));
		const total = said(again.messages, 'estimate')[0]?.estimate.total ?? 0;
		const rest = await trainToEnd(order, { resume: true, freeBytes: (total - 1) / 0.9 });
		assert.ok((said(rest.messages, 'estimate')[0]?.estimate.total ?? total) < total);
		assert.ok(
			logged(rest.messages).some((text) =>
				/transposed copies in Q8_0 instead of BF16\. Its losses may differ in the last digits/.test(text),
			),
		);
	});

	it('is refused with the reason where nothing fits into the memory any more', async () => {
		const order = await stoppedRun();
		const { error, messages } = await train(order, { resume: true, freeBytes: 1_000 });
		assert.ok(error instanceof RunFailure);
		assert.equal(error.code, 'memory');
		assert.ok(!said(messages, 'phase').some(({ phase }) => phase === 'loading'));
		assert.deepEqual(stepsIn(order), [5, 3]);
	});

	it('takes as many rows a step as it began with, where those follow from time that was measured', async () => {
		// There are rows enough for eight a step, and time for few.
		const order = await orderOf({ rowsPerStep: 'auto', epochs: 100, minutes: 0.001 });
		const rowsIn = ({ messages }: RunOutcome) =>
			said(messages, 'estimate').map(({ estimate }) => estimate.rowsPerStep);
		const begun = await runToRow(order, 12, false);
		assert.deepEqual(rowsIn(begun), [8, 1]);
		assert.deepEqual(rowsIn(await runToRow(order, 1, true)), [1]);
	});

	it('keeps the last two checkpoints and nothing that a killed process left', async () => {
		const order = await stoppedRun();
		const left = path.join(order.runFolder, 'checkpoint-6.bin.tmp');
		fs.writeFileSync(left, 'half');
		await trainToEnd(order, { resume: true });
		assert.deepEqual(stepsIn(order), [8, 5]);
		assert.ok(!fs.existsSync(left));
	});

	it('has the same digits with the same seed and others with another', async () => {
		const order = await orderOf({ dropout: 0.1 });
		const again = await trainToEnd(copyOf(order));
		const one = await trainToEnd(order);
		const other = await trainToEnd({ ...copyOf(order), settings: { ...order.settings, seed: 2 } });
		assert.deepEqual(curveOf(again.messages), curveOf(one.messages));
		assert.deepEqual(numbersOf(again.result.adapterPath), numbersOf(one.result.adapterPath));
		assert.notDeepEqual(curveOf(other.messages), curveOf(one.messages));
		assert.notDeepEqual(numbersOf(other.result.adapterPath), numbersOf(one.result.adapterPath));
	});
});
