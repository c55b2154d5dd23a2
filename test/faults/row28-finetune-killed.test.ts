/** Fault 28, with the real trainer: killed at any moment, or left alone. The resumed run has the digits of one that nobody disturbed. */
import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import type { FromTrainer, RunOrder } from '../../src/finetune/job/messages';
import type { TrainerProcess } from '../../src/finetune/job/trainerProcess';
import type { TrainingSettings } from '../../src/finetune/settings';
import { checkpointsIn } from '../../src/finetune/training/checkpoint';
import { type ChildOutcome, trainInChild } from '../support/trainerChild';
import { curveOf, numbersOf, orderOf, said } from '../support/trainerRun';

const SETTINGS: Partial<TrainingSettings> = {
	rank: 64,
	dropout: 0.1,
	learningRate: 1e-3,
	learningRateRatioB: 2,
	epochs: 2,
};

describe('fault 28: real trainer killed', function () {
	this.timeout(120_000);
	let order: RunOrder;
	let curve: ReadonlyMap<number, readonly unknown[]>;
	let numbers: ReturnType<typeof numbersOf>;
	before(async () => {
		order = await orderOf(SETTINGS);
		const { messages } = await trainInChild(order, false);
		curve = curveOf(messages);
		numbers = numbersOf(adapterOf(messages));
		assert.ok(curve.size > 10);
	});

	function adapterOf(messages: readonly FromTrainer[]): string {
		const [finished] = said(messages, 'finished');
		assert.ok(finished !== undefined, JSON.stringify(messages.slice(-3)));
		return finished.result.adapterPath;
	}

	function again(): Promise<RunOrder> {
		return orderOf(SETTINGS, order.basePath);
	}

	/** Every two steps a checkpoint, by a pause that is taken back. */
	function withCheckpoints(
		then: (message: FromTrainer, trainer: TrainerProcess) => void,
	): (message: FromTrainer, trainer: TrainerProcess) => void {
		return (message, trainer) => {
			if (message.type === 'progress' && message.progress.step % 2 === 0) {
				trainer.send({ type: 'pause', reason: 'user' });
			} else if (message.type === 'paused') {
				trainer.send({ type: 'resume' });
			}
			then(message, trainer);
		};
	}

	/** What every part of a run said is what the whole one said, and it ends alike. */
	function continues(parts: readonly ChildOutcome[]): void {
		const seen = new Set<number>();
		for (const { messages } of parts) {
			for (const [step, values] of curveOf(messages)) {
				assert.deepEqual(values, curve.get(step), `step ${step}`);
				seen.add(step);
			}
		}
		assert.equal(seen.size, curve.size);
		assert.deepEqual(numbersOf(adapterOf(parts.at(-1)?.messages ?? [])), numbers);
	}

	const moments: Readonly<Record<string, (message: FromTrainer, trainer: TrainerProcess) => void>> = {
		'while it computes': (message, trainer) => {
			if (message.type === 'progress' && message.progress.step === 5) {
				trainer.kill();
			}
		},
		'right after a checkpoint': (message, trainer) => {
			if (message.type === 'checkpoint' && message.step === 4) {
				trainer.kill();
			}
		},
		'while it is paused': (message, trainer) => {
			if (message.type === 'paused') {
				trainer.kill();
			}
		},
		'before its first checkpoint': (message, trainer) => {
			if (message.type === 'progress') {
				trainer.kill();
			}
		},
		'before the adapter is written': (message, trainer) => {
			if (message.type === 'checkpoint' && message.step === curve.size) {
				trainer.kill();
			}
		},
	};
	for (const [name, then] of Object.entries(moments)) {
		it(`goes on when it was killed ${name}`, async () => {
			const killed = await again();
			const first = await trainInChild(killed, false, withCheckpoints(then));
			assert.equal(first.end.isSignal, true);
			assert.equal(said(first.messages, 'finished').length, 0);
			continues([first, await trainInChild(killed, true)]);
		});
	}

	it('goes on when it was killed again and again while it wrote a checkpoint', async () => {
		const killed = await again();
		const parts: ChildOutcome[] = [];
		let half = 0;
		for (let round = 0; round < 6; round++) {
			let running: TrainerProcess | undefined;
			const watcher = fs.watch(killed.runFolder, (_, name) => {
				if (name?.endsWith('.tmp') === true) {
					running?.kill();
				}
			});
			parts.push(
				await trainInChild(
					killed,
					round > 0,
					withCheckpoints((_, trainer) => {
						running = trainer;
					}),
				),
			);
			watcher.close();
			half += fs.readdirSync(killed.runFolder).some((name) => name.endsWith('.tmp')) ? 1 : 0;
			assert.equal(parts.at(-1)?.end.isSignal, true);
		}
		assert.ok(half > 0, 'a checkpoint was half written at least once');
		continues([...parts, await trainInChild(killed, true)]);
		assert.ok(!fs.readdirSync(killed.runFolder).some((name) => name.endsWith('.tmp')));
	});

	it('falls back to the checkpoint before when the newest is cut off', async () => {
		const killed = await again();
		const first = await trainInChild(
			killed,
			false,
			withCheckpoints((message, trainer) => {
				if (message.type === 'checkpoint' && message.step === 6) {
					trainer.kill();
				}
			}),
		);
		const [newest] = checkpointsIn(killed.runFolder);
		assert.equal(newest?.step, 6);
		fs.truncateSync(path.join(killed.runFolder, 'checkpoint-6.bin'), 5_000);
		const rest = await trainInChild(killed, true);
		assert.equal([...curveOf(rest.messages).keys()][0], 5);
		continues([first, rest]);
	});

	it('writes a checkpoint and ends by itself when the editor is gone', async () => {
		const left = await again();
		const first = await trainInChild(left, false, (message, trainer) => {
			if (message.type === 'progress' && message.progress.step === 3) {
				trainer.leave();
			}
		});
		assert.equal(first.end.cause, 'ended with code 0');
		const [newest] = checkpointsIn(left.runFolder);
		assert.ok((newest?.step ?? 0) >= 3);
		const rest = await trainInChild(left, true);
		assert.equal([...curveOf(rest.messages).keys()][0], (newest?.step ?? 0) + 1);
		// What it computed between its last words and its end nobody heard.
		const heard = new Set([first, rest].flatMap(({ messages }) => [...curveOf(messages).keys()]));
		for (let step = 1; step <= 3; step++) {
			assert.ok(heard.has(step));
		}
		assert.deepEqual(numbersOf(adapterOf(rest.messages)), numbers);
	});

	it('ends by itself when the editor goes before or during loading', async () => {
		for (const phase of ['checking', 'loading'] as const) {
			const left = await again();
			const { end } = await trainInChild(left, false, (message, trainer) => {
				if (message.type === 'phase' && message.phase === phase) {
					trainer.leave();
				}
			});
			assert.equal(end.cause, 'ended with code 0');
			assert.ok(!fs.existsSync(left.adapterFolder));
		}
	});
});
