/** Chunks of prefill: powers of two, at most 128, and within the time that others may wait. */
import * as assert from 'node:assert/strict';
import { ChunkSize, chunkForSpeed } from '../../../../src/inference/engine/prefill';

describe('prefill', () => {
	for (const [tokensPerSecond, expected] of [
		[50_000, 128],
		[1_280, 128],
		[1_279, 64],
		[100, 8],
		[10, 4],
		[0, 4],
	] as const) {
		it(`feeds ${expected} tokens at once at ${tokensPerSecond} tokens/s`, () => {
			assert.equal(chunkForSpeed(tokensPerSecond), expected);
		});
	}

	function check(initial: number, milliseconds: readonly number[], expected: readonly number[]) {
		it(`begins with ${initial} and takes ${milliseconds.join(', ')} ms`, () => {
			const chunk = new ChunkSize(initial);
			const sizes = [chunk.next(false)];
			for (const time of milliseconds) {
				chunk.observe(chunk.next(false), time);
				sizes.push(chunk.next(false));
			}
			assert.deepEqual(sizes, expected);
		});
	}
	check(128, [101, 99, 20, 5], [128, 64, 64, 128, 128]);
	check(128, [900, 900, 900], [128, 64, 64, 64]);
	check(4, [900, 20, 20], [4, 4, 8, 16]);

	it('yields with at most 64, and goes on as before', () => {
		const chunk = new ChunkSize(128);
		assert.deepEqual([chunk.next(true), chunk.next(false)], [64, 128]);
		chunk.observe(64, 1);
		assert.equal(chunk.next(false), 128);
		assert.equal(new ChunkSize(8).next(true), 8);
	});

	it('learns nothing from the short chunk at the end', () => {
		const chunk = new ChunkSize(32);
		chunk.observe(3, 1);
		assert.equal(chunk.next(false), 32);
	});
});
