/** Pauses, yields and cancels of a real run: nothing is computed meanwhile, and no digit is another afterwards. */
import * as assert from 'node:assert/strict';
import { setTimeout as elapse } from 'node:timers/promises';
import type { FromTrainer, RunOrder } from '../../src/finetune/job/messages';
import { checkpointsIn } from '../../src/finetune/training/checkpoint';
import { isAbort } from '../../src/inference/cancel';
import { randomModelFile } from '../support/engines';
import { trainInChild } from '../support/trainerChild';
import {
	curveOf,
	numbersOf,
	orderOf,
	type RunOutcome,
	type Steering,
	said,
	TRAINER_MODEL,
	train,
	trainToEnd,
} from '../support/trainerRun';
import { trainingData } from '../support/trainingData';

/** Types of the messages, and what holds the run. */
function eventsOf(messages: readonly FromTrainer[]): readonly string[] {
	return messages.flatMap((message) => {
		switch (message.type) {
			case 'paused':
				return [`paused ${message.reason}`];
			case 'running':
			case 'checkpoint':
			case 'finished':
			case 'cancelled':
			case 'failed':
				return [message.type];
			default:
				return [];
		}
	});
}

describe('control of a real run', function () {
	this.timeout(60_000);
	let order: RunOrder;
	let undisturbed: RunOutcome & { readonly result: { readonly adapterPath: string } };
	before(async () => {
		order = await orderOf({ dropout: 0.1, evaluateEvery: 3 });
		undisturbed = await trainToEnd(order);
	});

	/** The same order in its own folder. */
	async function again(): Promise<RunOrder> {
		return orderOf({ dropout: 0.1, evaluateEvery: 3 }, order.basePath);
	}

	function sameAs(outcome: Awaited<ReturnType<typeof trainToEnd>>): void {
		assert.deepEqual(curveOf(outcome.messages), curveOf(undisturbed.messages));
		assert.deepEqual(numbersOf(outcome.result.adapterPath), numbersOf(undisturbed.result.adapterPath));
		const losses = (messages: readonly FromTrainer[]) => said(messages, 'evaluation');
		assert.deepEqual(losses(outcome.messages), losses(undisturbed.messages));
	}

	it('pauses within a row with a checkpoint, waits, and goes on as if nothing had been', async () => {
		const paused = await again();
		let rows = 0;
		let atPause = 0;
		const outcome = await trainToEnd(paused, {
			onRow: (count, { control }) => {
				rows = count;
				if (count === 15) {
					control.pause('user');
				}
			},
			onMessage: (message, { control }) => {
				if (message.type === 'paused') {
					atPause = rows;
					assert.equal(checkpointsIn(paused.runFolder).length, 1);
					setImmediate(() => {
						assert.equal(rows, atPause, 'nothing is computed');
						control.resume();
					});
				}
			},
		});
		assert.deepEqual(eventsOf(outcome.messages), ['checkpoint', 'paused user', 'running', 'checkpoint']);
		sameAs(outcome);
	});

	it('has the same digits when every third row is interrupted by somebody who waits', async () => {
		let interrupted = 0;
		const outcome = await trainToEnd(await again(), {
			onRow: (count, { control }) => {
				if (count % 3 === 0) {
					interrupted++;
					control.yield(true);
				}
			},
			onMessage: (message, { control }) => {
				if (message.type === 'paused') {
					setImmediate(() => control.yield(false));
				}
			},
		});
		assert.ok(interrupted > 10, `${interrupted} interruptions`);
		assert.equal(said(outcome.messages, 'paused').length, interrupted);
		assert.equal(said(outcome.messages, 'running').length, interrupted);
		assert.equal(said(outcome.messages, 'checkpoint').length, 1, 'none for a yield');
		sameAs(outcome);
	});

	it('counts no pause as time of training', async () => {
		const waited = 400;
		const begun = performance.now();
		const outcome = await trainToEnd(await again(), {
			onMessage: (message, { control }) => {
				if (message.type === 'progress' && message.progress.step === 2) {
					control.pause('user');
					void elapse(waited).then(() => control.resume());
				}
			},
		});
		const whole = performance.now() - begun;
		const counted = outcome.result.seconds * 1000;
		assert.ok(counted < whole - waited + 5, `${counted} of ${whole} ms`);
	});

	const cancels: Readonly<
		Record<string, (act: (steering: Steering) => void) => Parameters<typeof train>[1]>
	> = {
		'while it looks at the held-out loss': (act) => ({
			onRow: (count, steering) => count === 2 && act(steering),
		}),
		'while it times steps': (act) => ({ onRow: (count, steering) => count === 5 && act(steering) }),
		'while it trains': (act) => ({ onRow: (count, steering) => count === 14 && act(steering) }),
		'while it is paused': (act) => ({
			onRow: (count, { control }) => count === 14 && control.pause('user'),
			onMessage: (message, steering) => message.type === 'paused' && act(steering),
		}),
		'before anything': (act) => ({ onMessage: (_, steering) => act(steering) }),
	};
	for (const [name, options] of Object.entries(cancels)) {
		it(`is cancelled ${name}, without an adapter`, async () => {
			let after = 0;
			let isCancelled = false;
			const cancelled = await again();
			const made = options(({ cancel }) => {
				isCancelled = true;
				cancel();
			});
			const { error } = await train(cancelled, {
				...made,
				onRow: (count, steering) => {
					after += isCancelled ? 1 : 0;
					made?.onRow?.(count, steering);
				},
			});
			assert.ok(isAbort(error), String(error));
			assert.equal(after, 0, 'no further row');
		});
	}

	it('is cancelled long before the row that is under way would end', async () => {
		const basePath = randomModelFile({
			...TRAINER_MODEL,
			width: 256,
			heads: 8,
			layers: 6,
			feedForward: 1024,
			contextLength: 1024,
		});
		const data = trainingData({ basePath, train: 4, heldOut: 1, lengths: [512] });
		const large = await orderOf({ sequenceLength: 512, rowsPerStep: 1 }, basePath, data);
		let begun = 0;
		let whole = 0;
		let asked = 0;
		const outcome = await train(large, {
			onRow: (count, { cancel }) => {
				// One held-out row, one that warms up, then rows like the others.
				if (count === 4) {
					begun = performance.now();
				} else if (count === 5) {
					whole = performance.now() - begun;
					setTimeout(() => {
						asked = performance.now();
						cancel();
					}, whole / 10);
				}
			},
		});
		const took = performance.now() - asked;
		assert.ok(isAbort(outcome.error));
		assert.ok(took < whole * 0.5, `${took} of ${whole} ms`);
	});

	describe('of the process', () => {
		it('ends by a cancel with code 0', async () => {
			const outcome = await trainInChild(await again(), false, (message, trainer) => {
				if (message.type === 'progress' && message.progress.step === 2) {
					trainer.cancel();
				}
			});
			assert.equal(outcome.last?.type, 'cancelled');
			assert.equal(outcome.end.cause, 'ended with code 0');
		});

		it('pauses, resumes, yields and finishes as it was asked', async () => {
			const asked = await again();
			const outcome = await trainInChild(asked, false, (message, trainer) => {
				if (message.type === 'progress' && message.progress.step === 2) {
					trainer.send({ type: 'pause', reason: 'battery' });
				} else if (message.type === 'progress' && message.progress.step === 4) {
					trainer.send({ type: 'yield', busy: true });
				} else if (message.type === 'paused') {
					trainer.send(message.reason === 'busy' ? { type: 'yield', busy: false } : { type: 'resume' });
				}
			});
			assert.deepEqual(eventsOf(outcome.messages), [
				'checkpoint',
				'paused battery',
				'running',
				'paused busy',
				'running',
				'checkpoint',
				'finished',
			]);
			const [finished] = said(outcome.messages, 'finished');
			assert.deepEqual(
				numbersOf(finished?.result.adapterPath ?? ''),
				numbersOf(undisturbed.result.adapterPath),
			);
		});
	});
});
