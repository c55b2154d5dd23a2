/** Reciprocal rank fusion by hand. */
import * as assert from 'node:assert/strict';
import { fuse } from '../../../../src/chat/retrieval/fusion';

describe('reciprocal rank fusion', () => {
	const fused = (...rankings: readonly string[]) =>
		fuse(
			rankings.map((ranking) => [...ranking]),
			(item) => item,
		);

	it('gives 1 / (60 + rank) for each ranking', () => {
		const [first, second, third] = fused('ab', 'bc');
		assert.equal(first?.item, 'b');
		assert.ok(Math.abs((first?.score ?? 0) - (1 / 62 + 1 / 61)) < 1e-12);
		assert.equal(second?.item, 'a');
		assert.equal(second?.score, 1 / 61);
		assert.equal(third?.score, 1 / 62);
	});

	it('prefers what several rankings have, however far up one alone is', () => {
		assert.equal(fused('axyzb', 'cuvwb')[0]?.item, 'b');
	});

	it('keeps the order of one ranking, and has nothing for none', () => {
		assert.deepEqual(
			fused('abc', '').map(({ item }) => item),
			['a', 'b', 'c'],
		);
		assert.deepEqual(fused(), []);
	});
});
