/** Tests of a conversation in memory: versions, the path that is shown, and what damaged files cannot do to it. */

import assert from 'node:assert/strict';
import { ConversationTree } from '../../../../src/chat/conversations/tree';
import { answered, asked, textsOf, treeOf } from './said';

const first = [asked('q1', 'one'), answered('a1', '1', 'q1')];

describe('chat/conversations/tree', () => {
	it('shows the latest version, with arrows to the others', () => {
		const tree = treeOf(...first, asked('q2', 'two', 'a1'), answered('a2', '2', 'q2'), asked('q3', 'uno'));
		assert.deepEqual(textsOf(tree), ['uno']);
		assert.deepEqual(tree.branch('q3'), { at: 2, of: 2 });
		assert.equal(tree.branch('q2'), undefined);
		assert.equal(tree.neighbour('q3', 1), undefined);
		tree.apply({ type: 'choose', turn: tree.neighbour('q3', -1) ?? '' });
		assert.deepEqual(textsOf(tree), ['one', '1', 'two', '2']);
	});

	it('remembers below each version which one was shown there', () => {
		const tree = treeOf(...first, answered('b1', 'I', 'q1'), asked('q2', 'two', 'a1'), asked('r1', 'uno'));
		tree.apply({ type: 'choose', turn: 'a1' });
		tree.apply({ type: 'choose', turn: 'q1' });
		assert.deepEqual(textsOf(tree), ['one', '1', 'two']);
		tree.apply({ type: 'choose', turn: 'b1' });
		assert.deepEqual(textsOf(tree), ['one', 'I']);
	});

	it('is the same after its records were applied to an empty one', () => {
		const tree = treeOf(...first, answered('b1', 'I', 'q1'));
		tree.apply({ type: 'choose', turn: 'a1' });
		tree.apply({ type: 'title', title: 'Mine' });
		const other = ConversationTree.of(tree.records());
		assert.deepEqual(textsOf(other), ['one', '1']);
		assert.deepEqual(other.branch('a1'), { at: 1, of: 2 });
		assert.equal(other.title, 'Mine');
		assert.deepEqual(other.all(), tree.all());
	});

	it('grows a text by pieces, of which one may come twice and none may be missing', () => {
		const tree = treeOf(...first, answered('a2', '', 'q1'));
		for (const [offset, text] of [
			[0, 'ab'],
			[2, 'cd'],
			[2, 'cd'],
			[9, 'x'],
		] as const) {
			tree.apply({ type: 'text', turn: 'a2', offset, text });
		}
		tree.apply({ type: 'text', turn: 'gone', offset: 0, text: 'x' });
		assert.equal(tree.turn('a2')?.text, 'abcd');
	});

	it('goes on from what was said last where a line in between is lost', () => {
		const tree = treeOf(...first, answered('a9', 'late', 'lost'), asked('q9', 'on', 'a9'));
		assert.deepEqual(textsOf(tree), ['one', '1', 'late', 'on']);
	});

	it('ends, whoever is named as parent', () => {
		const tree = treeOf(
			asked('q1', 'one', 'q1'),
			answered('a1', '1', 'q1'),
			asked('q1', 'one again', 'a1'),
			asked('', 'nobody', ''),
		);
		assert.deepEqual(textsOf(tree), ['one again', '1', 'nobody']);
		assert.equal(tree.turn('q1')?.parent, undefined);
	});

	it('is named by its first question until the user names it, and then by what can be seen of that', () => {
		const tree = treeOf(asked('q1', '  Why\n\nis this\u202e so?'));
		assert.equal(tree.title, 'Why is this so?');
		tree.apply({ type: 'title', title: 'A\u200bB\nC' });
		assert.equal(tree.title, 'AB C');
		tree.apply({ type: 'title', title: '\u200b' });
		assert.equal(tree.title, 'Why is this so?');
	});

	it('keeps showing what this window shows when another adds to it', () => {
		const mine = treeOf(...first, answered('b1', 'I', 'q1'));
		mine.apply({ type: 'choose', turn: 'a1' });
		const both = treeOf(...first, answered('b1', 'I', 'q1'), asked('q2', 'two', 'b1'));
		both.chooseAs(mine);
		assert.deepEqual(textsOf(both), ['one', '1']);
	});

	it('takes a conversation of thousands of turns at once', () => {
		const turns = Array.from({ length: 5_000 }, (_, index) =>
			asked(`q${index}`, String(index), index === 0 ? undefined : `q${index - 1}`),
		);
		const versions = Array.from({ length: 5_000 }, (_, index) => asked(`v${index}`, 'v'));
		const tree = treeOf(...turns, ...versions);
		assert.equal(tree.size, 10_000);
		assert.deepEqual(tree.branch('v4999'), { at: 5_001, of: 5_001 });
	});
});
