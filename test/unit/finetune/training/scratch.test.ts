/** Memory that is used again and given back at once. */
import * as assert from 'node:assert/strict';
import { Scratch } from '../../../../src/finetune/training/scratch';

describe('scratch memory', () => {
	it('is the same piece until more is needed', () => {
		const scratch = new Scratch();
		const first = scratch.take(100);
		const smaller = scratch.take(60);
		assert.deepEqual([first.length, smaller.length], [100, 60]);
		assert.equal(smaller.buffer, first.buffer);
		const larger = scratch.take(101);
		assert.equal(larger.length, 101);
		assert.notEqual(larger.buffer, first.buffer);
		assert.equal(first.buffer.byteLength, 0, 'the smaller piece is given back');
		scratch.dispose();
	});

	it('is given back before the garbage collector comes, and can be had anew', () => {
		const scratch = new Scratch();
		const bytes = 256 << 20;
		scratch.take(bytes).fill(1);
		const full = process.memoryUsage().rss;
		scratch.dispose();
		assert.ok(process.memoryUsage().rss < full - bytes / 2);
		assert.equal(scratch.take(3).length, 3);
		scratch.dispose();
	});

	it('can be given back twice, and unused', () => {
		const scratch = new Scratch();
		scratch.dispose();
		scratch.take(0);
		scratch.dispose();
		scratch.dispose();
	});
});
