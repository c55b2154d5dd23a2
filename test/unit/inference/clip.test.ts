/** Text is cut between characters, never inside one. */
import * as assert from 'node:assert/strict';
import { keepEnd, keepStart } from '../../../src/inference/clip';

describe('clip', () => {
	for (const [text, length, start, end] of [
		['abc', 2, 'ab', 'bc'],
		['abc', 5, 'abc', 'abc'],
		['abc', 0, '', ''],
		['abc', -1, '', ''],
		['a😀b', 2, 'a', 'b'],
		['a😀b', 3, 'a😀', '😀b'],
		['😀😀', 3, '😀', '😀'],
	] as const) {
		it(`keeps ${length} of ${text}`, () => {
			assert.deepEqual([keepStart(text, length), keepEnd(text, length)], [start, end]);
		});
	}
});
