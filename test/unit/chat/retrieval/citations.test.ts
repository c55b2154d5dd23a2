/** Which material is a source, and how the prompt numbers it. */
import * as assert from 'node:assert/strict';
import { MemoryFolder } from '../../../../src/chat/conversations/folder';
import { Library } from '../../../../src/chat/conversations/library';
import { userMessage } from '../../../../src/chat/prompts';
import { isFromChat } from '../../../../src/chat/protocol';
import { type Attachment, isQuestion, type Question } from '../../../../src/chat/question';
import { numberOf, sourceAttachments, sourcesOf } from '../../../../src/chat/retrieval/citations';
import { ChatSession } from '../../../../src/chat/session';
import { isTurn } from '../../../../src/chat/turn';
import { FakeModel } from '../../../support/fakeModel';
import { silentLog } from '../../../support/silentLog';

const attachment = (change: Partial<Attachment>): Attachment => ({
	kind: 'found',
	label: 'a.ts:3-4',
	path: 'a.ts',
	language: 'ts',
	firstLine: 3,
	text: 'one\ntwo',
	...change,
});
const asked = (...attachments: readonly Attachment[]): Question => ({
	task: 'question',
	text: 'Where is it?',
	attachments,
});
const message = (question: Question) => userMessage(question, 10_000, (text) => text.length);

const guidance = attachment({ kind: 'guidance', path: 'AGENTS.md', firstLine: 1 });
const terminal = attachment({ kind: 'terminal', path: '', firstLine: 0, label: '#terminal' });
const file = attachment({ kind: 'code', path: 'src/b.ts', firstLine: 1, text: 'b' });
const found = attachment({});

describe('sources of an answer', () => {
	it('are the parts of files that went along', () => {
		assert.deepEqual(sourceAttachments(asked(guidance, terminal, file, found)), [file, found]);
		assert.deepEqual(sourcesOf(asked(file, found)), [
			{ path: 'src/b.ts', firstLine: 1, lastLine: 1, number: 1 },
			{ path: 'a.ts', firstLine: 3, lastLine: 4, number: 2 },
		]);
		assert.deepEqual(sourcesOf({ task: 'question', text: 'x' }), []);
	});

	it('have their numbers in the prompt, which asks to name them', () => {
		const question = asked(guidance, terminal, file, found);
		const text = message(question);
		assert.match(text, /\[1\] Code \(src\/b\.ts, lines 1 to 1\):/);
		assert.match(text, /\[2\] Looked up in the workspace \(a\.ts, lines 3 to 4\):\n```ts\none\ntwo\n```/);
		assert.match(text, /write its number in brackets/);
		assert.equal(numberOf(question, terminal), undefined);
		assert.equal(numberOf(question, found), 2);
	});

	it('have none where nothing was looked up', () => {
		const text = message(asked(file));
		assert.deepEqual(sourcesOf(asked(file)), [{ path: 'src/b.ts', firstLine: 1, lastLine: 1 }]);
		assert.doesNotMatch(text, /\[1\]|brackets/);
	});

	it('are known of each answer, also after a reload, and are what the extension itself keeps', async () => {
		const folder = new MemoryFolder();
		const open = () =>
			new ChatSession({
				model: new FakeModel(),
				library: new Library(folder, silentLog),
				takeOver: async () => undefined,
				log: silentLog,
				settings: () => ({ maxTokens: 100, temperature: 0 }),
				countTokens: (text) => text.length,
			});
		const session = open();
		const answer = session.ask(asked(file, found), 'Where is it? #codebase');
		assert.ok(answer.type === 'answering');
		await answer.finished;
		await session.dispose();
		const again = open();
		await again.load();
		const turn = again.turn(answer.turn);
		assert.deepEqual(turn?.sources, sourcesOf(asked(file, found)));
		assert.ok(isTurn(turn));
		assert.deepEqual(again.source(answer.turn, 1), found);
		assert.equal(again.source(answer.turn, 2), undefined);
		assert.equal(again.source('another', 0), undefined);
		// A question has no sources of its own, even where it follows an answer.
		assert.equal(again.turns[0]?.sources, undefined);
		await again.dispose();
	});

	it('are asked for by turn and place only', () => {
		assert.ok(isFromChat({ type: 'openSource', turn: 'a-1', source: 0 }));
		for (const wrong of [
			{ type: 'openSource', turn: '../x', source: 0 },
			{ type: 'openSource', turn: 'a-1', source: -1 },
			{ type: 'openSource', turn: 'a-1', source: '/etc/passwd' },
		]) {
			assert.equal(isFromChat(wrong), false);
		}
	});

	it('come back from disk with their question', () => {
		assert.ok(isQuestion(asked(found)));
		assert.equal(isQuestion({ ...asked(found), attachments: [{ ...found, kind: 'other' }] }), false);
	});
});
