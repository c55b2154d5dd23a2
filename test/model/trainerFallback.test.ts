/** A run whose device has too little memory, before it is loaded or while it is: the CPU does it, with the same result. */
import * as assert from 'node:assert/strict';
import { Device, OutOfMemory } from '../../src/finetune/ggml/device';
import type { Finished, FromTrainer, RunOrder } from '../../src/finetune/job/messages';
import { Control } from '../../src/finetune/training/control';
import { trainWhereItFits } from '../../src/finetune/training/fallback';
import { runTraining } from '../../src/finetune/training/loop';
import { RunFailure } from '../../src/finetune/training/runFailure';
import { never } from '../support/engines';
import { curveOf, logged, numbersOf, orderOf, said, trainToEnd } from '../support/trainerRun';
import { testGgml } from '../support/training';

const PLENTY = 8 * 2 ** 30;

describe('training where there is memory', function () {
	this.timeout(60_000);
	let small: Device;
	let cpu: Device;
	let messages: FromTrainer[];
	/** What `small` still gives out from this phase of a run on. */
	let failsFrom: string;

	beforeEach(() => {
		messages = [];
		failsFrom = '';
		// Stands for a GPU: a CPU of its own, whose memory ends.
		small = Device.open(testGgml(), 'cpu', 1);
		cpu = Device.open(testGgml(), 'cpu', 1);
		const { allocate } = small;
		small.allocate = (...parts) => {
			if (said(messages, 'phase').some(({ phase }) => phase === failsFrom)) {
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
