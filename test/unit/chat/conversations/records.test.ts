/** Tests of the lines of a conversation's file: what can be read is kept, whatever stands around it. */

import assert from 'node:assert/strict';
import { linesOf, readRecords } from '../../../../src/chat/conversations/records';
import { ConversationTree } from '../../../../src/chat/conversations/tree';
import { answered, asked, fileOf, textsOf } from './said';

const file = fileOf(asked('q', 'hi 😀\u202e\n\u2028', undefined), answered('a', 'there', 'q'));

describe('chat/conversations/records', () => {
	it('reads what it wrote, whatever characters stand in it', () => {
		const { records, brokenLines, isTooNew } = readRecords(file);
		assert.deepEqual(textsOf(ConversationTree.of(records)), ['hi 😀\u202e\n\u2028', 'there']);
		assert.equal(brokenLines, 0);
		assert.equal(isTooNew, false);
		const again = readRecords(linesOf(ConversationTree.of(records).records()));
		assert.deepEqual(again.records, records);
	});

	it('keeps all other lines when the last is torn, and what is written after it', () => {
		const more = linesOf([{ type: 'turn', turn: asked('q2', 'more', 'a') }]);
		for (let cut = 1; cut < 60; cut += 7) {
			const torn = `${file}${more.slice(0, more.length - 1 - cut)}`;
			assert.deepEqual(textsOf(ConversationTree.of(readRecords(torn).records)), [
				'hi 😀\u202e\n\u2028',
				'there',
			]);
			const { records, brokenLines } = readRecords(`${torn}${more}`);
			assert.equal(textsOf(ConversationTree.of(records)).at(-1), 'more');
			assert.equal(brokenLines, 1);
		}
	});

	for (const line of [
		'',
		'null',
		'[]',
		'{"type":"turn"}',
		'{"type":"turn","turn":{"id":"../x","role":"user","text":"x","state":"done","remedies":[],"time":1}}',
		'{"type":"turn","turn":{"id":"x","role":"system","text":"x","state":"done","remedies":[],"time":1}}',
		'{"type":"text","turn":"a","offset":-1,"text":"x"}',
		'{"type":"text","turn":"a","offset":99999999,"text":"x"}',
		'{"type":"choose","turn":7}',
		`{"type":"title","title":"${'x'.repeat(1_000)}"}`,
		'{"type":"run","command":"x"}',
		'\u0000\u0001\uffff',
	]) {
		it(`is not led astray by ${JSON.stringify(line.slice(0, 60))}`, () => {
			const { records } = readRecords(`${line}\n${file}\n${line}\n`);
			assert.deepEqual(textsOf(ConversationTree.of(records)), ['hi 😀\u202e\n\u2028', 'there']);
		});
	}

	it('shows a question of a task that it does not know as what the user saw of it', () => {
		const turn = { ...asked('q', '/dance now'), question: { task: 'dance' } };
		const { records } = readRecords(JSON.stringify({ type: 'turn', turn }));
		const [read] = ConversationTree.of(records).path();
		assert.deepEqual(read?.question, { task: 'question', text: '/dance now' });
	});

	it('notices the file of a later version', () => {
		assert.equal(readRecords(`{"type":"conversation","version":2}\n${file}`).isTooNew, true);
	});
});
