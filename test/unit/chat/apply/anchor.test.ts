/** Tests of edits that meet a file which has changed: moved where the place is certain, refused where it is not. */

import * as assert from 'node:assert/strict';
import { anchor } from '../../../../src/chat/apply/anchor';
import { applyLineEdits, editsBetween, type LineEdit } from '../../../../src/chat/patch';

const lines = (text: string) => text.split(' ');

/** What becomes of `current` when `base` was to become `target`. */
function merged(base: string, target: string, current: string): string {
	const result = anchor(editsBetween(lines(base), lines(target)), lines(base), lines(current));
	return result.type === 'anchored' ? applyLineEdits(lines(current), result.edits).join(' ') : result.type;
}

describe('chat/apply/anchor', () => {
	it('leaves the edits where they are in a file that is the same', () => {
		assert.equal(merged('a b c', 'a x c', 'a b c'), 'a x c');
		assert.equal(merged('a', 'x', 'a'), 'x');
		assert.equal(merged('a b', 'a b c', 'a b'), 'a b c');
		assert.equal(merged('a b', 'c a b', 'a b'), 'c a b');
	});

	it('moves them with the lines that were written or deleted elsewhere', () => {
		assert.equal(merged('a b c d e f', 'a b x d e f', '1 2 a b c d e f'), '1 2 a b x d e f');
		assert.equal(merged('a b c d e f', 'a b c d x f', 'b c d e f'), 'b c d x f');
		assert.equal(merged('a b c d e f', 'a x c d y f', 'a b c 1 d e f'), 'a x c 1 d y f');
		assert.equal(merged('a b c d e', 'a b c x d e', '1 a b c d e 2'), '1 a b c x d e 2');
	});

	it('refuses where somebody wrote in the same lines, or right beside them', () => {
		assert.equal(merged('a b c', 'a x c', 'a y c'), 'changed');
		assert.equal(merged('a b c', 'a x c', 'a b 1 c'), 'changed');
		assert.equal(merged('a b c', 'a x c', 'a c'), 'changed');
		assert.equal(merged('a b c', 'a x c', ''), 'changed');
		assert.equal(merged('a b c d', 'a x c d', 'a b y d'), 'changed');
	});

	it('applies all of the edits or none', () => {
		assert.equal(merged('a b c d e', 'x b c d y', 'a b c d 1'), 'changed');
	});

	it('refuses where a like place was written meanwhile: which one is meant is not certain', () => {
		const base = 'p a b c q';
		assert.equal(merged(base, 'p a x c q', 'p a b c q p a b c q'), 'ambiguous');
		// There were two before, and there are two now.
		const twice = 'p a b c q p a b c r';
		assert.equal(merged(twice, 'p a b c q p a x c r', `1 ${twice}`), '1 p a b c q p a x c r');
	});

	it('says so of an edit at the end that has another end now', () => {
		const edits: LineEdit[] = [{ start: 2, removed: 0, lines: ['c'] }];
		assert.deepEqual(anchor(edits, ['a', 'b'], ['a', 'b', 'z']), { type: 'changed' });
		assert.deepEqual(anchor(edits, ['a', 'b'], ['z', 'a', 'b']), {
			type: 'anchored',
			edits: [{ start: 3, removed: 0, lines: ['c'] }],
		});
	});

	it('has no edit to move in none', () => {
		assert.deepEqual(anchor([], ['a'], ['b']), { type: 'anchored', edits: [] });
	});
});
