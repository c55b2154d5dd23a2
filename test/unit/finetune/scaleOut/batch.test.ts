/** A step sees the same number of sequences on any number of GPUs that can share them. */
import * as assert from 'node:assert/strict';
import { batchFor, machinesFor, sequencesOf } from '../../../../src/finetune/scaleOut/batch';

describe('batch of a scaled-out training', () => {
	it('accumulates less where more GPUs share a step', () => {
		assert.deepEqual(
			[1, 2, 4, 8, 16].map((gpus) => batchFor(16, gpus)),
			[
				{ perDevice: 4, accumulation: 4, effective: 16 },
				{ perDevice: 4, accumulation: 2, effective: 16 },
				{ perDevice: 4, accumulation: 1, effective: 16 },
				{ perDevice: 2, accumulation: 1, effective: 16 },
				{ perDevice: 1, accumulation: 1, effective: 16 },
			],
		);
	});

	it('says what becomes of a number that cannot be shared', () => {
		assert.deepEqual(batchFor(8, 3), { perDevice: 3, accumulation: 1, effective: 9 });
		assert.deepEqual(batchFor(8, 64), { perDevice: 1, accumulation: 1, effective: 64 });
		assert.deepEqual(batchFor(7, 1), { perDevice: 1, accumulation: 7, effective: 7 });
	});

	it('is of as many tokens as a step here, and of 32 sequences at most', () => {
		assert.equal(sequencesOf(8, 512, 500), 8);
		assert.equal(sequencesOf(8, 512, 200), 16);
		assert.equal(sequencesOf(8, 512, 20), 32);
	});

	it('puts at most eight GPUs into a machine', () => {
		assert.deepEqual([1, 8, 9, 12, 32].map(machinesFor), [
			{ nodes: 1, perNode: 1 },
			{ nodes: 1, perNode: 8 },
			{ nodes: 2, perNode: 5 },
			{ nodes: 2, perNode: 6 },
			{ nodes: 4, perNode: 8 },
		]);
	});
});
