/** Tests of what the webview can ask of the history, and of what only the user decides. */

import assert from 'node:assert/strict';
import { HistoryDesk } from '../../../../src/chat/conversations/desk';
import { MemoryFolder } from '../../../../src/chat/conversations/folder';
import { Library } from '../../../../src/chat/conversations/library';
import type { ToHistory } from '../../../../src/chat/conversations/protocol';
import { ChatSession } from '../../../../src/chat/session';
import { chatTexts } from '../../../../src/chat/texts';
import { FakeModel } from '../../../support/fakeModel';
import { silentLog } from '../../../support/silentLog';
import { answered, asked, fileOf } from './said';

async function setUp(confirms = true) {
	const folder = new MemoryFolder();
	await folder.create('one', fileOf(asked('q', 'How do I sort?'), answered('a', 'Use a heap.', 'q')));
	await folder.create('two', fileOf(asked('q', '../../evil', undefined, 2)));
	const library = new Library(folder, silentLog);
	const model = new FakeModel();
	const session = new ChatSession({
		...{ model, library, log: silentLog },
		takeOver: async () => undefined,
		settings: () => ({ maxTokens: 100, temperature: 0 }),
		countTokens: (text) => text.length,
	});
	await session.load();
	const posted: ToHistory[] = [];
	const seen: unknown[] = [];
	const desk = new HistoryDesk({
		...{ session, library },
		post: (message) => posted.push(message),
		confirmDelete: async (title) => {
			seen.push(['delete?', title]);
			return confirms;
		},
		save: async (name, text) => {
			seen.push(['save', name, text]);
		},
		sayGone: () => seen.push(['gone']),
		texts: () => chatTexts({ t: (message) => message }),
	});
	return { desk, session, folder, model, posted, seen };
}

describe('chat/conversations/desk', () => {
	it('lists with the query that was asked for', async () => {
		const { desk, posted } = await setUp();
		await desk.receive({ type: 'history', query: ' heap' });
		assert.deepEqual(posted, [
			{
				type: 'history',
				query: ' heap',
				conversations: [
					{ id: 'one', title: 'How do I sort?', time: 1, passage: 'Use a heap.', isOpen: false },
				],
			},
		]);
	});

	it('answers the last of several searches only', async () => {
		const { desk, posted } = await setUp();
		await Promise.all(['h', 'he', 'hea'].map((query) => desk.receive({ type: 'history', query })));
		assert.deepEqual(
			posted.map((message) => (message.type === 'history' ? message.query : message.type)),
			['hea'],
		);
	});

	it('opens', async () => {
		const { desk, session } = await setUp();
		assert.equal(session.openId, 'two');
		await desk.receive({ type: 'open', conversation: 'one' });
		assert.deepEqual(
			session.turns.map(({ text }) => text),
			['How do I sort?', 'Use a heap.'],
		);
	});

	it('says that a conversation is gone', async () => {
		const { desk, session, seen, posted } = await setUp();
		await desk.receive({ type: 'open', conversation: 'gone' });
		await desk.receive({ type: 'export', conversation: 'gone' });
		assert.deepEqual(seen, [['gone'], ['gone']]);
		assert.equal(posted.length, 2);
		assert.equal(session.openId, 'two');
	});

	it('asks before it deletes', async () => {
		const kept = await setUp(false);
		await kept.desk.receive({ type: 'delete', conversation: 'one' });
		assert.deepEqual(kept.seen, [['delete?', 'How do I sort?']]);
		assert.equal((await kept.folder.list()).length, 2);
		const { desk, folder, session } = await setUp();
		await desk.receive({ type: 'delete', conversation: 'two' });
		assert.deepEqual(
			(await folder.list()).map(({ id }) => id),
			['one'],
		);
		assert.deepEqual(session.turns, []);
	});

	it('asks before it deletes what it cannot read, too', async () => {
		const { desk, folder, seen } = await setUp(false);
		await folder.create('broken', 'x');
		await desk.receive({ type: 'delete', conversation: 'broken' });
		assert.equal((await folder.list()).length, 3);
		const entry = await folder.stat('broken');
		assert.deepEqual(seen, [['delete?', new Date(entry?.changed ?? 0).toLocaleString()]]);
		folder.stat = async () => {
			throw new Error('EACCES');
		};
		await desk.receive({ type: 'delete', conversation: 'broken' });
		assert.deepEqual(seen.at(-1), ['delete?', 'broken']);
	});

	it('offers a file with a name that leads nowhere', async () => {
		const { desk, seen } = await setUp();
		await desk.receive({ type: 'export', conversation: 'two' });
		assert.deepEqual(seen, [['save', 'evil', '# ../../evil\n\n## You\n\n```text\n../../evil\n```\n']]);
	});

	it('renames', async () => {
		const { desk, session } = await setUp();
		await desk.receive({ type: 'rename', conversation: 'two', title: ' A\u202eB ' });
		const [listed] = await session.list('', new AbortController().signal);
		assert.equal(listed?.title, 'AB');
	});
});
