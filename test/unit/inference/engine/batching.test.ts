/** Shares of a batch: interactive first, background bounded, never more than there is room for. */
import * as assert from 'node:assert/strict';
import { isPrefill, prioritize } from '../../../../src/inference/engine/batching';

function check(
	name: string,
	items: readonly [tokens: number, priority: number][],
	size: number,
	expected: number[],
) {
	it(name, () => {
		const batch = items.map(([count, evaluationPriority]) => ({
			tokens: Array.from({ length: count }, (_, index) => index),
			evaluationPriority,
		}));
		const shares = prioritize(batch, size);
		const amounts = batch.map((item) => shares.find((share) => share.item === item)?.processAmount ?? 0);
		assert.deepEqual(amounts, expected);
	});
}

describe('prioritize', () => {
	check('a lone interactive prompt gets the whole batch', [[2988, 5]], 512, [512]);
	check('a lone background prompt gets 128', [[2988, 1]], 512, [128]);
	check(
		'the interactive item comes first and leaves the other 32',
		[
			[2988, 1],
			[100, 5],
		],
		512,
		[32, 100],
	);
	check(
		'no room is left beside a long interactive prompt',
		[
			[2988, 1],
			[4000, 5],
		],
		512,
		[0, 512],
	);
	check(
		'background items share their bound',
		[
			[100, 1],
			[100, 1],
		],
		512,
		[100, 28],
	);
	check('nothing to do', [], 512, []);

	it('tells prefill from decoding by the size of the batch', () => {
		const item = { tokens: [], evaluationPriority: 5 };
		assert.equal(
			isPrefill([
				{ item, processAmount: 2 },
				{ item, processAmount: 2 },
			]),
			false,
		);
		assert.equal(isPrefill([{ item, processAmount: 5 }]), true);
	});
});
