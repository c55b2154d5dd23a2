/** Tests of answers that are passed on without the thoughts in front of them. */

import assert from 'node:assert/strict';
import { AnswerOnly } from '../../../../src/chat/builtIn/answerOnly';

/** What is passed on of these pieces. */
function told(...pieces: readonly string[]): readonly string[] {
	const all: string[] = [];
	const answer = new AnswerOnly((text) => all.push(text));
	for (const piece of pieces) {
		answer.add(piece);
	}
	answer.end();
	assert.equal(answer.length, all.join('').length);
	return all;
}

describe('chat/builtIn/answerOnly', () => {
	it('passes each piece on as it comes', () => {
		assert.deepEqual(told('A ', 'loop', '.\n'), ['A ', 'loop', '.\n']);
	});

	it('keeps the thought, in whatever pieces it comes', () => {
		assert.deepEqual(told('\n', '<thi', 'nk>Hm', 'm.</th', 'ink>\n\nA ', 'loop.'), ['A ', 'loop.']);
	});

	it('passes on what only looked like the beginning of a thought', () => {
		assert.deepEqual(told('<t', 'able>'), ['<table>']);
		assert.deepEqual(told('<th'), ['<th']);
	});

	it('says nothing where the model only thought', () => {
		assert.deepEqual(told('<think>Hm', 'm.'), []);
		assert.deepEqual(told('\n', ' '), []);
	});
});
