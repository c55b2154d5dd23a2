/** Tests of two windows on one workspace: nothing that one of them says is lost by the other. */

import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { DiskFolder } from '../../../../src/chat/conversations/folder';
import { Library } from '../../../../src/chat/conversations/library';
import { ChatSession } from '../../../../src/chat/session';
import { settle } from '../../../support/fakeClock';
import { deferred, FakeModel } from '../../../support/fakeModel';
import { silentLog } from '../../../support/silentLog';
import { ManualClock } from '../manualClock';

describe('chat/conversations in two windows', () => {
	let root: string;
	let time = 0;
	beforeEach(() => {
		root = fs.mkdtempSync(path.join(os.tmpdir(), 'familiar-chat-'));
	});
	afterEach(() => fs.rmSync(root, { recursive: true, force: true }));

	async function open() {
		const model = new FakeModel();
		const clock = new ManualClock();
		const session = new ChatSession({
			model,
			library: new Library(new DiskFolder(root), silentLog),
			takeOver: async () => undefined,
			clock,
			log: silentLog,
			settings: () => ({ maxTokens: 100, temperature: 0 }),
			countTokens: (text) => Math.ceil(text.length / 4),
			now: () => ++time,
		});
		await session.load();
		const say = async (question: string, answer: string) => {
			model.onChat = () => answer;
			const asked = session.ask({ task: 'question', text: question }, question);
			assert.ok(asked.type === 'answering');
			await asked.finished;
			await session.refresh();
		};
		return { model, clock, session, say, texts: () => session.turns.map(({ text }) => text) };
	}

	it('both go on from the same place: two versions, and each window keeps its own', async () => {
		const one = await open();
		await one.say('start', 'ok');
		const two = await open();
		assert.deepEqual(two.texts(), ['start', 'ok']);
		await Promise.all([one.say('mine', '1'), two.say('theirs', '2')]);
		await one.session.refresh();
		await two.session.refresh();
		assert.deepEqual(one.texts(), ['start', 'ok', 'mine', '1']);
		assert.deepEqual(two.texts(), ['start', 'ok', 'theirs', '2']);
		const asked = one.session.turns[2];
		assert.equal(asked?.branch?.of, 2);
		one.session.showVersion(asked?.id ?? '', asked?.branch?.at === 1 ? 1 : -1);
		assert.deepEqual(one.texts(), ['start', 'ok', 'theirs', '2']);
		await one.session.dispose();
		await two.session.dispose();
		const third = await open();
		assert.equal(third.session.turns[2]?.branch?.of, 2);
	});

	it('what the other adds at the end is shown when this one looks again', async () => {
		const one = await open();
		await one.say('start', 'ok');
		const two = await open();
		await two.say('more', 'yes');
		await one.session.refresh();
		assert.deepEqual(one.texts(), ['start', 'ok', 'more', 'yes']);
		await one.say('and', 'so');
		assert.deepEqual(one.texts(), ['start', 'ok', 'more', 'yes', 'and', 'so']);
	});

	it('an answer that the other is still writing stays the other', async () => {
		const one = await open();
		const gate = deferred();
		one.model.onChat = () => ({ steps: ['Half', gate.promise, ' and half'] });
		const asked = one.session.ask({ task: 'question', text: 'q' }, 'q');
		assert.ok(asked.type === 'answering');
		await settle();
		one.clock.ring();
		one.clock.ring();
		await one.session.list('', new AbortController().signal);
		const two = await open();
		assert.deepEqual(two.texts(), ['q', 'Half']);
		assert.equal(two.session.turns[1]?.state, 'interrupted');
		two.session.note(two.session.turns[0]?.id ?? '', 'seen');
		gate.resolve();
		await asked.finished;
		await one.session.dispose();
		await two.session.refresh();
		assert.deepEqual(
			two.session.turns.map(({ text, state }) => [text, state]),
			[
				['q', 'done'],
				['Half and half', 'done'],
			],
		);
	});

	it('what one deletes, the other does not write again, until somebody goes on in it', async () => {
		const one = await open();
		await one.say('start', 'ok');
		const two = await open();
		await two.session.delete(two.session.openId);
		assert.deepEqual(two.texts(), []);
		one.session.note(one.session.turns[1]?.id ?? '', 'Applied.');
		await one.session.refresh();
		assert.deepEqual(fs.readdirSync(root), []);
		await one.say('on', 'fine');
		const third = await open();
		assert.deepEqual(third.texts(), ['start', 'ok', 'on', 'fine']);
		assert.equal(third.session.turns[1]?.note, 'Applied.');
	});

	it('a name is kept that is given while the first words are still on their way to the disk', async () => {
		const one = await open();
		one.model.onChat = () => 'ok';
		const asked = one.session.ask({ task: 'question', text: 'start' }, 'start');
		assert.ok(asked.type === 'answering');
		assert.equal(await one.session.rename(one.session.openId, 'Ours'), true);
		await asked.finished;
		const [listed] = await one.session.list('', new AbortController().signal);
		assert.equal(listed?.title, 'Ours');
	});

	it('a name that one gives is seen by the other', async () => {
		const one = await open();
		await one.say('start', 'ok');
		const two = await open();
		await two.session.rename(two.session.openId, 'Ours');
		await one.say('more', 'yes');
		const [listed] = await one.session.list('', new AbortController().signal);
		assert.equal(listed?.title, 'Ours');
	});
});
