/** Where a source stands when its file was changed since. */
import * as assert from 'node:assert/strict';
import { whereabouts } from '../../../../src/chat/retrieval/whereabouts';

describe('whereabouts of a source', () => {
	const text = 'one\ntwo';

	function check(name: string, file: string, firstLine: number, first: number, last: number) {
		it(name, () => assert.deepEqual(whereabouts(file.split('\n'), firstLine, text), { first, last }));
	}
	check('is where it was', 'a\none\ntwo\nb', 2, 2, 3);
	check('moves with lines that were added above', 'a\nnew\nnew\none\ntwo', 2, 4, 5);
	check('moves with lines that were deleted above', 'one\ntwo\nb', 3, 1, 2);
	check('is the nearest of several', 'one\ntwo\na\nb\none\ntwo', 4, 5, 6);
	check('does not mind other line ends', 'a\r\none\r\ntwo\r\n', 2, 2, 3);
	check('is where it was if its text is gone', 'a\nb\nc\nd', 2, 2, 3);
	check('is at the end of a file that became short', 'a', 50, 1, 1);
	check('is in an empty file too', '', 3, 1, 1);
});
