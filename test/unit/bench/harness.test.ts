/** Statistics, verdicts and the JSON line of the benches. */
import * as assert from 'node:assert/strict';
import { type Figure, median, meetsAim, percentile, render } from '../../bench/harness';

function check(samples: readonly number[], fraction: number, expected: number | undefined) {
	it(`percentile ${fraction} of [${samples.join(' ')}] is ${expected}`, () => {
		assert.equal(percentile(samples, fraction), expected);
	});
}

function figure(value: number | undefined, aim?: Figure['aim']): Figure {
	return { label: 'time', key: 'time_ms', value, unit: 'ms', ...(aim === undefined ? {} : { aim }) };
}

describe('bench harness', () => {
	check([], 0.5, undefined);
	check([7], 0.95, 7);
	check([3, 1, 2], 0.5, 2);
	check([4, 1, 3, 2], 0.5, 2.5);
	check([10, 2, 30], 0, 2);
	check([10, 2, 30], 1, 30);
	check([0, 10, 20, 30, 40], 0.95, 38);

	it('does not reorder the samples', () => {
		const samples = [3, 1, 2];
		median(samples);
		assert.deepEqual(samples, [3, 1, 2]);
	});

	it('judges a figure by its aim', () => {
		assert.equal(meetsAim(figure(150, { type: 'at-most', value: 150 })), true);
		assert.equal(meetsAim(figure(151, { type: 'at-most', value: 150 })), false);
		assert.equal(meetsAim(figure(2, { type: 'at-least', value: 3 })), false);
		assert.equal(meetsAim(figure(undefined, { type: 'at-most', value: 150 })), false);
		assert.equal(meetsAim(figure(Number.NaN, { type: 'at-most', value: 150 })), false);
		assert.equal(meetsAim(figure(9)), undefined);
	});

	it('ends with one line of JSON', () => {
		const text = render({
			name: 'sample',
			notes: ['a note'],
			figures: [
				{ ...figure(1.23456, { type: 'at-most', value: 1 }), key: 'slow_ms', samples: 5 },
				{ ...figure(undefined), key: 'lost' },
			],
			details: { setting: 'fast' },
		});
		const lines = text.split('\n');
		assert.deepEqual(JSON.parse(lines.at(-1) ?? ''), {
			bench: 'sample',
			slow_ms: 1.235,
			lost: null,
			missed: ['slow_ms'],
			setting: 'fast',
		});
		assert.match(text, /a note/);
		assert.match(text, /time {2,}1\.23 ms {2,}≤ 1 ms {2,}FAIL {2,}n = 5/);
		assert.match(text, /not measured/);
	});
});
