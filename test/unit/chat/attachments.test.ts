/** What went along with a question stays with it: asked again, listed at its turn, and there after a restart. */

import assert from 'node:assert/strict';
import { MemoryFolder } from '../../../src/chat/conversations/folder';
import { Library } from '../../../src/chat/conversations/library';
import type { Question } from '../../../src/chat/question';
import { ChatSession } from '../../../src/chat/session';
import { FakeModel } from '../../support/fakeModel';
import { silentLog } from '../../support/silentLog';

const question: Question = {
	task: 'question',
	text: 'Why?',
	attachments: [
		{
			kind: 'code',
			label: 'src/a.ts:3-4',
			path: 'src/a.ts',
			language: 'typescript',
			firstLine: 3,
			text: 'const a = 1;\nconst b = 2;',
		},
	],
};

function open(folder: MemoryFolder) {
	const model = new FakeModel();
	model.onChat = () => 'Because.';
	const session = new ChatSession({
		model,
		library: new Library(folder, silentLog),
		takeOver: async () => undefined,
		log: silentLog,
		settings: () => ({ maxTokens: 100, temperature: 0 }),
		countTokens: (text) => Math.ceil(text.length / 4),
	});
	return { model, session };
}

describe('chat/attachments', () => {
	it('go along again with Regenerate, also after a restart', async () => {
		const folder = new MemoryFolder();
		const first = open(folder);
		const asked = first.session.ask(question, 'Why?');
		assert.ok(asked.type === 'answering');
		await asked.finished;
		assert.match(first.model.chats[0]?.request.messages.at(-1)?.content ?? '', /const b = 2;/);
		assert.deepEqual(
			first.session.turns.map(({ attachments }) => attachments),
			[['src/a.ts:3-4'], undefined],
		);
		await first.session.dispose();

		const second = open(folder);
		await second.session.load();
		assert.deepEqual(second.session.turns[0]?.attachments, ['src/a.ts:3-4']);
		const again = second.session.regenerate();
		assert.ok(again.type === 'answering');
		await again.finished;
		assert.deepEqual(second.model.chats[0]?.request.messages, first.model.chats[0]?.request.messages);
		await second.session.dispose();
	});
});
