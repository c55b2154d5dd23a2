/** A run whose device has too little memory, before it is loaded or while it is: the CPU does it, with the same result. */
import * as assert from 'node:assert/strict';
import { Device, OutOfMemory } from '../../src/finetune/ggml/device';
import type { Finished, FromTrainer, RunOrder } from '../../src/finetune/job/messages';
import { Control } from '../../src/finetune/training/control';
import { trainWhereItFits } from '../../src/finetune/training/fallback';
import { runTraining } from '../../src/finetune/training/loop';
import { RunFailure } from '../../src/finetune/training/runFailure';
import { never, randomModelFile } from '../support/engines';
import { curveOf, logged, numbersOf, orderOf, said, TRAINER_MODEL, trainToEnd } from '../support/trainerRun';
import { testGgml } from '../support/training';
import { trainingData } from '../support/trainingData';

const PLENTY = 8 * 2 ** 30;

describe('training where there is memory', function () {
	this.timeout(60_000);
	let small: Device;
	let cpu: Device;
	let messages: FromTrainer[];
	/** What `small` still gives out from this phase of a run on. */
	let failsFrom: string;
	/** Or after this step. */
	let failsAfter: number;

	beforeEach(() => {
		messages = [];
		failsFrom = '';
		failsAfter = Number.POSITIVE_INFINITY;
		// Stands for a GPU: a CPU of its own, whose memory ends.
		small = Device.open(testGgml(), 'cpu', 1);
		cpu = Device.open(testGgml(), 'cpu', 1);
		const { allocate } = small;
		small.allocate = (...parts) => {
			const step = said(messages, 'progress').at(-1)?.progress.step ?? 0;
			if (said(messages, 'phase').some(({ phase }) => phase === failsFrom) || step >= failsAfter) {
				throw new OutOfMemory('The small one has too little memory left.');
			}
			return allocate.apply(small, parts);
		};
	});
	afterEach(() => {
		small.dispose();
		cpu.dispose();
	});

	/** As the session of a trainer does it. */
	function train(order: RunOrder, free: { readonly small: number; readonly cpu: number }): Promise<Finished> {
		const say = (message: FromTrainer) => void messages.push(message);
		const control = new Control(
			{ onHold: () => undefined, onRun: () => undefined, onPause: () => undefined },
			never,
		);
		return trainWhereItFits(
			small,
			cpu,
			(device, isStandIn) =>
				runTraining(
					order,
					isStandIn,
					{
						device,
						stage: cpu,
						say,
						control,
						onCheckpointer: () => undefined,
						version: '0.0.0-test',
						freeBytes: device === small ? free.small : free.cpu,
					},
					never,
				),
			say,
		);
	}

	for (const [name, phase, free] of [
		['is too small for the run', '', { small: 1_000, cpu: PLENTY }],
		['ends while the model is loaded', 'loading', { small: PLENTY, cpu: PLENTY }],
		['ends at the first graph', 'evaluating', { small: PLENTY, cpu: PLENTY }],
	] as const) {
		it(`trains on the CPU when the memory of the first choice ${name}`, async () => {
			const order = await orderOf();
			failsFrom = phase;
			const result = await train(order, free);
			const whole = await trainToEnd(await orderOf({}, order.basePath));
			assert.deepEqual(numbersOf(result.adapterPath), numbersOf(whole.result.adapterPath));
			assert.deepEqual(curveOf(messages), curveOf(whole.messages));
			const notes = said(messages, 'log').filter(({ level }) => level === 'note');
			assert.equal(notes.length, 1);
			assert.match(notes[0]?.text ?? '', /has too little memory for this run: it trains on .+ instead/);
			assert.ok(!logged(messages).some((text) => /begins anew/.test(text)));
		});
	}

	it('goes on with the CPU where memory ends in the midst of training, and learns no step again', async () => {
		// Rows of several lengths, so that each needs another graph.
		const basePath = randomModelFile(TRAINER_MODEL);
		const data = trainingData({ basePath, train: 18, lengths: [190, 120, 100, 30], conditions: 5 });
		const settings = { sequenceLength: 192, rowsPerStep: 1 };
		const order = await orderOf(settings, basePath, data);
		failsAfter = 4;
		const result = await train(order, { small: PLENTY, cpu: PLENTY });
		const whole = await trainToEnd(await orderOf(settings, basePath, data));
		const steps = said(messages, 'progress').map(({ progress }) => progress.step);
		assert.deepEqual(
			steps,
			said(whole.messages, 'progress').map(({ progress }) => progress.step),
		);
		assert.deepEqual(curveOf(messages), curveOf(whole.messages));
		assert.deepEqual(numbersOf(result.adapterPath), numbersOf(whole.result.adapterPath));
		const resumed = logged(messages).filter((text) => text.startsWith('Resumed from step '));
		assert.equal(resumed.length, 1);
	});

	it('says of a GPU that was chosen by name what helps, in whichever step its memory ends', () => {
		assert.match(
			small.shortage('has no room').message,
			/ has no room\. Choose a smaller sequence length \(familiar\.finetune\.sequenceLength\) or a smaller model, or close other programs\.$/,
		);
		Object.defineProperty(small, 'isCpu', { value: false });
		const { message } = small.shortage('has no room');
		assert.match(message, /, or close other programs\. Or set familiar\.model\.backend to cpu\.$/);
	});

	it('refuses where the CPU has too little as well, with what would fit', async () => {
		const order = await orderOf();
		await assert.rejects(train(order, { small: 1_000, cpu: 2_000 }), (error) => {
			assert.ok(error instanceof RunFailure);
			assert.equal(error.code, 'memory');
			assert.match(error.message, /^Neither .+ nor .+ has memory enough\. Fine-tuning random qwen2/);
			return true;
		});
		assert.ok(!said(messages, 'phase').some(({ phase }) => phase === 'loading'));
	});
});
