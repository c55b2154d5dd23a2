/** Intervals and tests against values computed by hand, printed in tables, or known of a distribution. */
import assert from 'node:assert/strict';
import {
	compare,
	compareQuick,
	mcNemar,
	normal,
	type Pair,
	power,
	wilson,
} from '../../../../src/finetune/judge/statistics';
import { randomFrom } from '../../../../src/finetune/training/random';

function near(found: number, expected: number, tolerance: number): void {
	assert.ok(Math.abs(found - expected) <= tolerance, `${found} is not ${expected}`);
}

const pair = (cluster: string, base: number, adapter: number, weight = 1): Pair => ({
	cluster,
	base,
	adapter,
	weight,
});

describe('finetune/judge/statistics', () => {
	it("gives Wilson's intervals as tables have them", () => {
		// 95 % for 30 % of n: research of the evaluation of adapters prints these.
		for (const [all, low, high] of [
			[50, 0.191, 0.4375],
			[100, 0.2189, 0.3958],
			[200, 0.2407, 0.3668],
			[500, 0.2615, 0.3416],
		] as const) {
			const found = wilson(0.3 * all, all);
			near(found.value, 0.3, 1e-12);
			near(found.low, low, 5e-4);
			near(found.high, high, 5e-4);
		}
		const none = wilson(0, 10);
		near(none.low, 0, 1e-12);
		near(none.high, 0.2775, 5e-5);
		assert.deepEqual(wilson(0, 0), { value: 0, low: 0, high: 1 });
	});

	it('gives the exact p of McNemar: the binomial test of those that disagree', () => {
		assert.equal(mcNemar(0, 0), 1);
		near(mcNemar(0, 5), 2 / 32, 1e-12);
		near(mcNemar(5, 0), 2 / 32, 1e-12);
		// (1 + 10 + 45) / 1024 on each side.
		near(mcNemar(2, 8), (2 * 56) / 1024, 1e-12);
		assert.equal(mcNemar(5, 5), 1);
		near(mcNemar(10, 25), 0.0167, 5e-5);
		// Far out it neither overflows nor becomes 0.
		const p = mcNemar(300, 500);
		assert.ok(p > 0 && p < 1e-11, String(p));
	});

	it('knows the normal distribution and the power that follows from it', () => {
		near(normal(0), 0.5, 1e-7);
		near(normal(1.96), 0.975, 1e-5);
		near(normal(-1), 0.158655, 1e-6);
		// δ/s of 2.8 is what is planned for: 80 %.
		near(power(2.8, 1), 0.8, 2e-3);
		near(power(0, 1), 0.05, 1e-5);
		near(power(0.05, 0.05 / 1.96), 0.5, 1e-3);
		assert.equal(power(0.05, 0), 1);
	});

	it('finds the interval of a mean difference that theory gives', () => {
		const random = randomFrom(3);
		// Differences uniform in 0 to 1: mean 1/2, deviation √(1/12), standard error √(1/12/400).
		const pairs = Array.from({ length: 400 }, (_, index) => pair(String(index), 1, 1 + random.next()));
		const { difference, standardError, base, adapter } = compare(pairs);
		const error = Math.sqrt(1 / 12 / 400);
		near(standardError, error, 0.1 * error);
		near(difference.low, difference.value - 1.96 * error, 0.2 * error);
		near(difference.high, difference.value + 1.96 * error, 0.2 * error);
		near(difference.value, 0.5, 4 * error);
		assert.equal(base, 1);
		near(adapter - base, difference.value, 1e-12);
	});

	it('draws whole files: what is alike in a file counts once', () => {
		const random = randomFrom(9);
		const files = Array.from({ length: 40 }, () => random.next() - 0.5);
		const once = files.map((value, file) => pair(String(file), 0, value));
		const often = files.flatMap((value, file) =>
			Array.from({ length: 25 }, () => pair(String(file), 0, value)),
		);
		const apart = files.flatMap((value, file) =>
			Array.from({ length: 25 }, (_, index) => pair(`${file}.${index}`, 0, value)),
		);
		near(compare(often).standardError, compare(once).standardError, 1e-9);
		// As if each span were news: five times too sure.
		near(compare(apart).standardError, compare(once).standardError / 5, compare(once).standardError / 20);
	});

	it('weighs by tokens, and says the same of the same pairs', () => {
		const pairs = [pair('a', 30, 20, 10), pair('b', 10, 10, 30)];
		const found = compare(pairs);
		assert.deepEqual([found.base, found.adapter, found.difference.value], [1, 0.75, -0.25]);
		// Two files: both, or one of them twice; as much wider as two files tell little.
		assert.ok(found.difference.low < -2 && found.difference.high > 0.5, JSON.stringify(found.difference));
		assert.deepEqual(compare(pairs), found);
		assert.deepEqual(compare([]).difference, { value: 0, low: 0, high: 0 });
	});

	it('has intervals as much wider as tables of Student’s t have them', () => {
		// Two-sided 95 % by degrees of freedom, over the 1.96 of the normal distribution.
		for (const [files, quantile] of [
			[5, 2.776],
			[10, 2.262],
			[18, 2.11],
			[30, 2.045],
			[100, 1.984],
		] as const) {
			const pairs = Array.from({ length: files }, (_, index) => pair(String(index), 0, index % 2));
			const { standardError } = compare(pairs, 40_000);
			// Of the bootstrap: the deviation of 0 and 1 that are drawn so often.
			const share = Math.floor(files / 2) / files;
			const plain = Math.sqrt((share * (1 - share)) / files);
			near(standardError / plain, quantile / 1.96, 0.02);
		}
	});

	it('compares times by the quick ones, which a busy machine does not move', () => {
		const pairs = Array.from({ length: 21 }, (_, index) => pair(String(index), 10, index === 3 ? 900 : 11));
		const { base, adapter, difference } = compareQuick(pairs);
		assert.deepEqual([base, adapter, difference], [10, 11, { value: 1, low: 1, high: 1 }]);
		assert.deepEqual(compareQuick([]).difference, { value: 0, low: 0, high: 0 });
	});

	it('takes no busy minutes of the machine for a slow adapter, and no slow adapter for a busy machine', () => {
		const slower = (by: (index: number) => readonly [number, number]) =>
			compareQuick(
				Array.from({ length: 60 }, (_, index) => {
					const [base, adapter] = by(index);
					return pair('a', 10 + base, 10 + adapter);
				}),
			).difference;
		assert.equal(slower((index) => [0, index < 40 ? 7 : 0]).low, 0);
		// All of it, beside other work that holds up both, each at other times.
		const slow = slower((index) => [index % 3 === 0 ? 20 : 0, index % 4 === 0 ? 23 : 3]);
		assert.deepEqual(slow, { value: 3, low: 3, high: 3 });
	});
});
