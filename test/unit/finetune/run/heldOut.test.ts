/** Looks at the held-out loss: what is told of them, and how long one takes. */
import assert from 'node:assert/strict';
import type { FromTrainer } from '../../../../src/finetune/job/messages';
import { HeldOut } from '../../../../src/finetune/training/heldOut';
import { rowsOfEpoch } from '../../../../src/finetune/training/rows';
import { trainingData } from '../../../support/trainingData';

const { heldOut } = trainingData({ basePath: '', heldOut: 10, lengths: [30, 44, 90] });
const rows = rowsOfEpoch(heldOut, { sequenceLength: 128, seed: 1, epoch: 0 });

describe('looks at the held-out loss', () => {
	const { now } = performance;
	/** Milliseconds. */
	let clock = 0;
	let said: FromTrainer[] = [];
	beforeEach(() => {
		clock = 0;
		said = [];
		performance.now = () => clock;
	});
	afterEach(() => {
		performance.now = now;
	});

	/** Every token is as probable as any; each row waits a second before it is scored in 10 ms. */
	const lookFor = (all = rows, samples = heldOut) =>
		new HeldOut(all, samples, {
			learner: {
				shape: { name: 'tiny' },
				score: async () => {
					clock += 10;
					return new Float32Array(128).fill(-2);
				},
			},
			control: {
				run: (work) => {
					clock += 1_000;
					return work(new AbortController().signal);
				},
			},
			say: (message) => said.push(message),
		});

	it('tell how far they are, and the loss', async () => {
		const held = lookFor();
		const evaluation = await held.look(7);
		assert.deepEqual([evaluation.step, evaluation.loss], [7, 2]);
		const all = rows.length;
		assert.deepEqual(said, [
			{ type: 'phase', phase: 'evaluating', detail: `${all} rows` },
			...rows.map((_, index) => ({
				type: 'phase',
				phase: 'evaluating',
				detail: `${index + 1} / ${all}`,
			})),
			{ type: 'evaluation', evaluation },
		]);
	});

	it('take as long as computing does, without what holds it up', async () => {
		const held = lookFor();
		assert.equal(held.milliseconds, 0);
		for (const step of [0, 5]) {
			await held.look(step);
			assert.equal(held.milliseconds, rows.length * 10);
		}
	});

	it('score a part where much is held out', async () => {
		const many = trainingData({ basePath: '', heldOut: 500, lengths: [100] }).heldOut;
		const all = rowsOfEpoch(many, { sequenceLength: 128, seed: 1, epoch: 0 });
		const held = lookFor(all, many);
		assert.equal(held.rows.length, 245);
		await held.look(0);
		assert.equal(held.milliseconds, 2_450);
	});
});
