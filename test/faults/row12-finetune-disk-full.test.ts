/** Fault 12, in training: the disk is full at a checkpoint or at the adapter. The run goes on, what was there stays, a resume finishes. */
import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import type { FromTrainer, RunOrder } from '../../src/finetune/job/messages';
import { checkpointsIn } from '../../src/finetune/training/checkpoint';
import { RunFailure } from '../../src/finetune/training/runFailure';
import {
	curveOf,
	logged,
	numbersOf,
	orderOf,
	type Steering,
	said,
	train,
	trainToEnd,
} from '../support/trainerRun';

/** Where every write fails as on a full disk. */
const FULL = '/dev/full';

describe('fault 12: disk full in training', function () {
	this.timeout(60_000);
	const { now } = Date;
	before(function () {
		if (!fs.existsSync(FULL)) {
			this.skip();
		}
	});
	afterEach(() => {
		Date.now = now;
	});

	/** A checkpoint is written where a step begins. */
	const checkpointsAt =
		(...steps: readonly number[]) =>
		(message: FromTrainer, { checkpoint }: Steering) => {
			if (message.type === 'progress' && steps.includes(message.progress.step)) {
				setImmediate(checkpoint);
			}
		};

	it('goes on without a checkpoint, says so, keeps the one before and writes the next', async () => {
		const order = await orderOf();
		let atFour: readonly number[] = [];
		const { messages } = await trainToEnd(order, {
			onMessage: (message, steering) => {
				checkpointsAt(2, 4, 6)(message, steering);
				if (message.type === 'progress' && message.progress.step === 4) {
					fs.symlinkSync(FULL, path.join(order.runFolder, 'checkpoint-4.bin.tmp'));
				}
				if (message.type === 'log' && message.level === 'warn') {
					atFour = checkpointsIn(order.runFolder).map(({ step }) => step);
				}
			},
		});
		const warnings = said(messages, 'log').filter(({ level }) => level === 'warn');
		assert.equal(warnings.length, 1);
		assert.ok(
			/^The checkpoint of step 4 cannot be written to .*ENOSPC.* Free some space; the run goes on and tries again\.$/.test(
				warnings[0]?.text ?? '',
			),
			warnings[0]?.text,
		);
		assert.ok(warnings[0]?.text.includes(order.runFolder));
		assert.deepEqual(atFour, [2]);
		assert.deepEqual(
			said(messages, 'checkpoint').map(({ step }) => step),
			[2, 6, 8],
		);
		assert.ok(!fs.readdirSync(order.runFolder).some((name) => name.endsWith('.tmp')), 'nothing half is left');
	});

	it('finishes although not one checkpoint can be written', async () => {
		const order = await orderOf();
		const gone: RunOrder = { ...order, runFolder: path.join(order.runFolder, 'gone') };
		const { messages, result } = await trainToEnd(gone, { onMessage: checkpointsAt(3) });
		assert.equal(logged(messages).filter((text) => /cannot be written/.test(text)).length, 2);
		assert.ok(fs.existsSync(result.adapterPath));
	});

	const small = { rank: 1, targets: ['q'], topLayers: 1 } as const;
	for (const [name, settings] of [
		['in the middle of the adapter', {}],
		['with its last bytes, of which ggml says nothing', small],
	] as const) {
		it(`says it when the disk is full ${name}, and a resume only writes the adapter`, async () => {
			const order = await orderOf(settings);
			Date.now = () => 7;
			fs.mkdirSync(order.adapterFolder);
			const temporary = path.join(order.adapterFolder, `.${process.pid}-7.gguf.tmp`);
			fs.symlinkSync(FULL, temporary);
			const { error } = await train(order);
			assert.ok(error instanceof RunFailure, String(error));
			assert.equal(error.code, 'disk');
			assert.ok(error.message.startsWith(`The adapter cannot be written to ${order.adapterFolder}: `));
			assert.match(error.message, /Free some space or choose another folder, then resume\.$/);
			assert.deepEqual(fs.readdirSync(order.adapterFolder), []);
			assert.deepEqual(
				checkpointsIn(order.runFolder).map(({ step }) => step),
				[8],
			);
			const resumed = await trainToEnd(order, { resume: true });
			assert.equal(curveOf(resumed.messages).size, 0);
			const whole = await trainToEnd(await orderOf(settings, order.basePath));
			assert.deepEqual(numbersOf(resumed.result.adapterPath), numbersOf(whole.result.adapterPath));
		});
	}

	it('says it when the folder of adapters is a file', async () => {
		const order = await orderOf({ epochs: 0.1 });
		fs.writeFileSync(order.adapterFolder, '');
		const { error } = await train(order);
		assert.ok(error instanceof RunFailure && error.code === 'disk');
		assert.match(error.message, /adapters: EEXIST/);
	});
});
