/** Acceptance of an adapter against its base: sums, the least that tells, and Newcombe's interval. */

import assert from 'node:assert/strict';
import {
	type AcceptanceCounts,
	acceptanceOf,
	differenceOf,
	isWorse,
	LEAST_SHOWN,
} from '../../../../src/finetune/report/acceptance';

function counts(adapter: string, shown: number, accepted: number, model = 'coder'): AcceptanceCounts {
	return { adapter, model, shown, accepted, checked: 0, kept: 0 };
}

describe('finetune/report/acceptance', () => {
	it('compares an adapter with the base on the same models, alone', () => {
		const found = acceptanceOf(
			[
				counts('', 1_000, 300),
				counts('', 1_000, 900, 'other model'),
				counts('shop', 150, 30),
				counts('shop', 150, 30),
				counts('shop+tools', 500, 499),
			],
			'shop',
			undefined,
		);
		assert.deepEqual(
			[found.base.shown, found.base.accepted, found.adapter.shown, found.adapter.accepted],
			[1_000, 300, 300, 60],
		);
		assert.equal(found.difference?.value.toFixed(3), '-0.100');
		assert.equal(isWorse(found), true);
	});

	it('has the interval of the paper', () => {
		// Newcombe 1998, table II, method 10, example (a).
		const { value, low, high } = differenceOf({ shown: 70, accepted: 56 }, { shown: 80, accepted: 48 });
		assert.deepEqual(
			[value, low, high].map((one) => one.toFixed(4)),
			['0.2000', '0.0524', '0.3339'],
		);
		const none = differenceOf({ shown: 10, accepted: 0 }, { shown: 20, accepted: 0 });
		assert.deepEqual(
			[none.value, none.low, none.high].map((one) => one.toFixed(4)),
			['0.0000', '-0.1611', '0.2775'],
		);
	});

	it('concludes nothing from little, nor from what may be chance', () => {
		const at = (shown: number, accepted: number) =>
			acceptanceOf([counts('', 1_000, 300), counts('a', shown, accepted)], 'a', undefined);
		assert.equal(at(LEAST_SHOWN - 1, 0).difference, undefined);
		assert.equal(isWorse(at(LEAST_SHOWN - 1, 0)), false);
		assert.equal(isWorse(at(LEAST_SHOWN, 0)), true);
		assert.equal(isWorse(at(LEAST_SHOWN, 55)), false);
		assert.equal(isWorse(at(1_000, 400)), false);
		assert.equal(isWorse(acceptanceOf([counts('a', 1_000, 0)], 'a', undefined)), false);
		assert.equal(acceptanceOf([], 'a', undefined).adapter.shown, 0);
	});
});
