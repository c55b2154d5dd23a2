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
		'{"type":"summary","turn":"a","digest":"../x","text":"x"}',
		'{"type":"summary","turn":"a","digest":"f"}',
		`{"type":"summary","turn":"a","digest":"f","text":"${'x'.repeat(9_000)}"}`,
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

	it('keeps a summary with the turns, through every writing anew, and never without them', () => {
		const summary = { type: 'summary', turn: 'a', digest: 'f'.repeat(64), text: '- Greetings.' } as const;
		const { records, brokenLines } = readRecords(`${file}${linesOf([summary])}`);
		assert.equal(brokenLines, 0);
		const tree = ConversationTree.of(records);
		assert.deepEqual(tree.summary('a'), summary);
		assert.equal(tree.summary('q'), undefined);
		assert.deepEqual(ConversationTree.of(readRecords(linesOf(tree.records())).records).summary('a'), summary);
		assert.deepEqual(textsOf(tree), ['hi 😀\u202e\n\u2028', 'there']);
		tree.apply({ ...summary, text: '- More.' });
		assert.equal(tree.summary('a')?.text, '- More.', 'the last one counts');
		tree.apply({ ...summary, turn: 'lost' });
		assert.equal(tree.summary('lost'), undefined, 'its turn stood in a broken line');
	});

	it('reads the file of a version that knew of no summaries', () => {
		const old = [
			'{"type":"conversation","version":1}',
			'{"type":"turn","turn":{"id":"q","role":"user","text":"hi","state":"done","remedies":[],"question":{"task":"question","text":"hi"},"time":1}}',
			'{"type":"turn","turn":{"id":"a","role":"assistant","text":"there","state":"done","remedies":[],"usage":{"used":5,"size":9,"leftOut":1,"linesCut":0},"parent":"q","time":2}}',
		].join('\n');
		const { records, brokenLines } = readRecords(old);
		const tree = ConversationTree.of(records);
		assert.equal(brokenLines, 0);
		assert.deepEqual(textsOf(tree), ['hi', 'there']);
		assert.deepEqual(tree.turn('a')?.usage, { used: 5, size: 9, leftOut: 1, linesCut: 0 });
		assert.equal(tree.summary('a'), undefined);
	});

	it('notices the file of a later version', () => {
		assert.equal(readRecords(`{"type":"conversation","version":2}\n${file}`).isTooNew, true);
	});
});
