/** Copies are found by cluster, the first stays, and the estimate is near the true similarity. */
import * as assert from 'node:assert/strict';
import { findCopies, NEAR, printOf } from '../../../../src/finetune/corpus/copies';
import { BANDS, bandOf, signatureOf, similarity } from '../../../../src/finetune/corpus/minHash';

/** `count` words that no other `name` shares. */
const words = (name: string, count: number) => Array.from({ length: count }, (_, index) => `${name}${index}`);

function jaccard(one: readonly string[], other: readonly string[]): number {
	const shingles = (list: readonly string[]) =>
		new Set(list.slice(4).map((_, index) => list.slice(index, index + 5).join(' ')));
	const [first, second] = [shingles(one), shingles(other)];
	const both = [...first].filter((shingle) => second.has(shingle)).length;
	return both / (first.size + second.size - both);
}

describe('copies', () => {
	it('estimates the Jaccard similarity of shingles', () => {
		for (const [shared, own] of [
			[500, 0],
			[450, 50],
			[300, 100],
			[100, 400],
			[0, 300],
		] as const) {
			const one = [...words('s', shared), ...words('a', own)];
			const other = [...words('s', shared), ...words('b', own)];
			const estimate = similarity(signatureOf(one.join(' ')), signatureOf(other.join(' ')));
			const truth = jaccard(one, other);
			// Four standard deviations of 128 draws.
			const margin = 4 * Math.sqrt((truth * (1 - truth)) / 128);
			assert.ok(Math.abs(estimate - truth) <= margin, `${estimate} for ${truth}`);
		}
	});

	it('takes files that differ in white space alone for equal', () => {
		const copies = findCopies([
			printOf('a = 1\nb = 2\n'),
			printOf('a = 1\r\n\tb   = 2'),
			printOf('a = 1\nb = 3\n'),
		]);
		assert.deepEqual([...copies], [[1, { of: 0, isExact: true, similarity: 1 }]]);
	});

	it('finds near copies, keeps the first, and leaves others alone', () => {
		const base = words('x', 600);
		const edited = base.map((word, index) => (index === 300 ? 'other' : word));
		const half = [...base.slice(0, 300), ...words('y', 300)];
		const copies = findCopies([words('z', 600), base, half, edited].map((list) => printOf(list.join(' '))));
		assert.deepEqual([...copies.keys()], [3]);
		const copy = copies.get(3);
		assert.equal(copy?.of, 1);
		assert.equal(copy?.isExact, false);
		assert.ok((copy?.similarity ?? 0) > 0.95);
	});

	it('compares nearly all pairs that are just near enough, and finds those whose estimate is', () => {
		const pairs = Array.from({ length: 300 }, (_, index) => {
			const shared = words(`s${index}x`, 144);
			const sides = ['a', 'b'].map((side) => [...shared, ...words(`${side}${index}x`, 30)]);
			return { sides, prints: sides.map((side) => printOf(side.join(' '))) };
		});
		const [one = [], other = []] = pairs[0]?.sides ?? [];
		assert.equal(jaccard(one, other), NEAR);
		const compared = pairs.filter(({ prints: [first, second] }) => {
			return Array.from({ length: BANDS }, (_, band) => band).some(
				(band) =>
					first !== undefined &&
					second !== undefined &&
					bandOf(first.signature, band) === bandOf(second.signature, band),
			);
		});
		assert.ok(compared.length >= 0.95 * pairs.length, `${compared.length} of ${pairs.length}`);
		const near = compared.filter(
			({ prints: [first, second] }) =>
				first !== undefined && second !== undefined && similarity(first.signature, second.signature) >= NEAR,
		);
		// The estimate of such a pair is as often too low as too high.
		assert.ok(near.length > 0.3 * pairs.length && near.length < 0.7 * pairs.length, `${near.length}`);
		assert.equal(findCopies(pairs.flatMap(({ prints }) => prints)).size, near.length);
	});

	it('counts what resembles a copy to the same cluster', () => {
		// Each shares nine tenths with the next; the first and the last less than the threshold.
		const chain = Array.from({ length: 7 }, (_, step) =>
			words('w', 2_000).slice(step * 100, step * 100 + 1_400),
		);
		assert.ok(jaccard(chain[0] ?? [], chain[6] ?? []) < NEAR);
		const copies = findCopies(chain.map((list) => printOf(list.join(' '))));
		assert.deepEqual(
			[...copies].map(([index, copy]) => [index, copy.of]),
			[1, 2, 3, 4, 5, 6].map((index) => [index, 0]),
		);
	});

	it('keeps one of a family of thousands', () => {
		const family = Array.from({ length: 3_000 }, (_, index) =>
			printOf(`${words('g', 40).join(' ')} v${index}`),
		);
		assert.equal(findCopies(family).size, 2_999);
	});

	it('compares texts that are shorter than a shingle, and empty ones', () => {
		const copies = findCopies([printOf('a b'), printOf('a c'), printOf(''), printOf('()'), printOf('a; b')]);
		assert.deepEqual(
			[...copies].map(([index, copy]) => [index, copy.of]),
			[
				[3, 2],
				[4, 0],
			],
		);
	});
});
