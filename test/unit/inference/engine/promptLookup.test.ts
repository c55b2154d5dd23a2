/** Guesses by what followed the same tokens before, and their rest after wrong ones. */
import * as assert from 'node:assert/strict';
import { PromptLookup } from '../../../../src/inference/engine/promptLookup';

describe('prompt lookup', () => {
	it('guesses what followed the same three tokens, the last time', () => {
		const lookup = new PromptLookup([1, 2, 3, 8, 0, 1, 2, 3, 4, 5, 6, 1, 2, 3]);
		assert.deepEqual(lookup.guess(3), [4, 5, 6]);
		assert.deepEqual(lookup.guess(100), [4, 5, 6, 1, 2, 3]);
		assert.deepEqual(lookup.guess(0), []);
	});

	for (const prompt of [[], [1, 2], [1, 2, 3], [1, 2, 3, 4, 2, 3], [9, 2, 3, 1, 2, 3]]) {
		it(`guesses nothing after ${JSON.stringify(prompt)}`, () => {
			assert.deepEqual(new PromptLookup(prompt).guess(7), []);
		});
	}

	it('guesses no more than seven, and looks at the answer too', () => {
		const lookup = new PromptLookup([1, 2, 3]);
		lookup.push([4, 5, 6, 7, 8, 9, 10, 11, 1, 2, 3], 0, 0);
		assert.deepEqual(lookup.guess(100), [4, 5, 6, 7, 8, 9, 10]);
	});

	it('rests after a wrong guess, longer after each, and no longer after a right one', () => {
		const lookup = new PromptLookup([1, 1, 1, 1, 1]);
		const restAfter = (right: number) => {
			lookup.push([1], 2, right);
			let rest = 0;
			while (lookup.guess(2).length === 0) {
				lookup.push([1], 0, 0);
				rest++;
			}
			return rest;
		};
		assert.deepEqual([0, 0, 0, 1, 0].map(restAfter), [4, 8, 16, 0, 4]);
		assert.equal(Math.max(...Array.from({ length: 9 }, () => restAfter(0))), 64);
	});
});
