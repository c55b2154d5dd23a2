/** Texts that end an answer, however it is cut into pieces. */
import * as assert from 'node:assert/strict';
import { StopText } from '../../../../src/inference/serve/stopText';

function passed(stops: readonly string[], pieces: readonly string[]) {
	const stop = new StopText(stops);
	const parts = pieces.map((piece) => stop.push(piece));
	return { parts: [...parts, stop.flush()], reached: stop.reached };
}

describe('StopText', () => {
	it('lets everything through where there is no stop', () => {
		assert.deepEqual(passed([], ['a', 'b']), { parts: ['a', 'b', ''], reached: undefined });
	});

	it('finds a stop in one piece, across pieces, and the first of several', () => {
		assert.deepEqual(passed(['END'], ['one END two']), { parts: ['one ', ''], reached: 'END' });
		assert.deepEqual(passed(['END'], ['one E', 'N', 'D two', 'x']).parts, ['one ', '', '', '', '']);
		assert.equal(passed(['two', 'one'], ['one two']).reached, 'one');
		assert.equal(passed(['\n\n'], ['a\n', '\nb']).parts.join(''), 'a');
	});

	it('holds back what may be its beginning, and tells it when it is not', () => {
		assert.deepEqual(passed(['END'], ['one E', 'NT', 'ER']), {
			parts: ['one ', 'ENT', 'ER', ''],
			reached: undefined,
		});
		assert.deepEqual(passed(['aab'], ['aa', 'aab']).parts, ['', 'aa', '']);
		assert.deepEqual(passed(['END'], ['one E']).parts, ['one ', 'E']);
	});

	it('finds the same wherever the text is cut', () => {
		const text = 'abcaabcabxabcabcd rest';
		for (let first = 0; first <= text.length; first++) {
			for (let second = first; second <= text.length; second++) {
				const pieces = [text.slice(0, first), text.slice(first, second), text.slice(second)];
				const { parts, reached } = passed(['abcabcd', 'zzz'], pieces);
				assert.deepEqual([parts.join(''), reached], ['abcaabcabx', 'abcabcd']);
			}
		}
	});
});
