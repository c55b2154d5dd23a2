/** Marks of a completion, and the interval of a paired difference. */
import * as assert from 'node:assert/strict';
import { editSimilarity, judge } from '../../bench/holes';
import { type Pair, pairedDifference, pairedRatio } from '../../bench/holesInterval';

function similar(one: string, other: string, expected: number) {
	it(`"${one}" is to ${expected.toFixed(2)} "${other}"`, () => {
		assert.ok(Math.abs(editSimilarity(one, other) - expected) < 1e-9);
		assert.ok(Math.abs(editSimilarity(other, one) - expected) < 1e-9, 'either way');
	});
}

describe('edit similarity', () => {
	similar('', '', 1);
	similar('', 'abc', 0);
	similar('same', 'same', 1);
	similar('abc', 'xyz', 0);
	// k → s, e → i, and a g: the textbook's three edits.
	similar('kitten', 'sitting', 1 - 3 / 7);
	similar('flaw', 'lawn', 0.5);
	similar('return a;', 'return ab;', 0.9);
});

describe('marks of a completion', () => {
	const marks = (
		middle: string,
		text: string,
		ends = true,
		reason: 'end-of-text' | 'length' = 'end-of-text',
	) => judge({ middle, ends }, { text, reason });

	it('forgive blanks at the end only', () => {
		assert.equal(marks('a = 1;', 'a = 1; \n').isExact, true);
		assert.equal(marks('a = 1;', ' a = 1;').isExact, false);
	});

	it('tell a first line from all of them', () => {
		const { isFirstLineExact, isExact } = marks('one();\ntwo();', 'one();\nthree();');
		assert.deepEqual([isFirstLineExact, isExact], [true, false]);
	});

	it('take the line below for the first where the middle begins with a line break', () => {
		assert.equal(marks('\n\tone();\n', '\n\tone();\n\ttwo();').isFirstLineExact, true);
		assert.equal(marks('\n\tone();\n', '\n\ttwo();').isFirstLineExact, false);
		assert.equal(marks('\n\tone();\n', '').isFirstLineExact, false);
		assert.equal(marks('\n\tone();\n', 'one();').isFirstLineExact, false);
	});

	it('compare no more than the middle where nobody would stop', () => {
		assert.equal(marks('const val', 'const value = 1;', false, 'length').isExact, true);
		assert.equal(marks('const val', 'const value = 1;', true, 'length').isExact, false);
	});

	it('call an end premature that comes by itself within the first half', () => {
		assert.equal(marks('12345678', '123').isPremature, true);
		assert.equal(marks('12345678', '123    ').isPremature, true);
		assert.equal(marks('12345678', '1234').isPremature, false);
		assert.equal(marks('12345678', '123', true, 'length').isPremature, false);
		assert.equal(marks('12345678', '').isPremature, true);
	});

	it('call more than twice as much an overrun, where somebody would stop', () => {
		assert.equal(marks('1234', '123456789').isOverrun, true);
		assert.equal(marks('1234', '12345678').isOverrun, false);
		assert.equal(marks('1234', '123456789', false).isOverrun, false);
	});
});

describe('paired difference', () => {
	const pair = (cluster: number, before: number, after: number, weight = 1): Pair => ({
		cluster,
		before,
		after,
		weight,
	});

	it('has means by weight, of pairs and of clusters', () => {
		const { before, after, difference, low, high, clusters } = pairedDifference([
			pair(0, 2, 4, 2),
			pair(1, 0, 5, 3),
			pair(1, 3, 1, 5),
		]);
		assert.deepEqual([before, after, difference, clusters], [0.5, 1, 0.5, 2]);
		// One draw in four is twice the first cluster, and one twice the second.
		assert.deepEqual([low, high], [3 / 8, 1]);
	});

	it('is sure of what is the same everywhere', () => {
		const { low, high } = pairedDifference([0, 1, 2].map((cluster) => pair(cluster, cluster, cluster + 0.5)));
		assert.deepEqual([low, high], [0.5, 0.5]);
	});

	it('is less sure when all that gained stands in one cluster', () => {
		const gains = (clusterOf: (index: number) => number) =>
			pairedDifference(
				Array.from({ length: 100 }, (_, index) => pair(clusterOf(index), 0, index < 20 ? 1 : 0)),
			);
		const spread = gains((index) => index);
		const clustered = gains((index) => Math.floor(index / 20));
		assert.equal(spread.difference, clustered.difference);
		// 0.2 ± 1.96 · √(0.2 · 0.8 / 100)
		assert.ok(Math.abs(spread.low - 0.12) < 0.011, String(spread.low));
		assert.ok(Math.abs(spread.high - 0.28) < 0.011, String(spread.high));
		assert.equal(clustered.low, 0);
		assert.ok(clustered.high >= 0.5, String(clustered.high));
	});

	it('knows that both sides are of one hole', () => {
		// The files differ much more than before and after do.
		const { low, high } = pairedDifference(
			Array.from({ length: 30 }, (_, index) => pair(index, index, index - 1 + 0.1 * (index % 2))),
		);
		assert.ok(low > -1.001 && high < -0.9, `${low} to ${high}`);
	});

	it('gives the same interval again', () => {
		const pairs = Array.from({ length: 40 }, (_, index) => pair(index % 7, index % 2, (index * 3) % 5));
		assert.deepEqual(pairedDifference(pairs), pairedDifference(pairs));
	});

	it('refuses to compare nothing', () => {
		assert.throws(() => pairedDifference([]), RangeError);
	});
});

describe('paired ratio', () => {
	const pair = (cluster: number, before: number, after: number): Pair => ({
		cluster,
		before,
		after,
		weight: 1,
	});

	it('is the ratio of the means, with the ends of its interval', () => {
		const { ratio, low, high } = pairedRatio([pair(0, 1, 2), pair(1, 1, 1)]);
		assert.deepEqual([ratio, low, high], [1.5, 1, 2]);
	});

	it('is 1 where there is nothing on both sides', () => {
		assert.equal(pairedRatio([pair(0, 0, 0)]).ratio, 1);
	});
});
