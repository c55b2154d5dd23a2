/** Tests of the conversation: one answer at a time, nothing lost, everything said. */

import assert from 'node:assert/strict';
import { MAX_TURNS } from '../../../src/chat/protocol';
import type { Question } from '../../../src/chat/question';
import { ChatSession, type SessionEvent } from '../../../src/chat/session';
import type { ChatStore, LoadedConversation } from '../../../src/chat/store';
import { isStoredTurn, type StoredTurn } from '../../../src/chat/turns';
import { ModelUnavailable } from '../../../src/inference/model';
import { settle } from '../../support/fakeClock';
import { deferred, FakeModel, type Step } from '../../support/fakeModel';
import { recordingLog } from '../../support/silentLog';
import { ManualClock } from './manualClock';

class MemoryStore implements ChatStore {
	saved: readonly StoredTurn[] = [];
	saves: boolean[] = [];
	setAside: string | undefined;
	failure: Error | undefined;
	async load(): Promise<LoadedConversation> {
		return { turns: this.saved, setAside: this.setAside };
	}
	async save(turns: readonly StoredTurn[], durable: boolean): Promise<void> {
		if (this.failure !== undefined) {
			throw this.failure;
		}
		this.saved = turns;
		this.saves.push(durable);
	}
}

const question: Question = { task: 'question', text: 'Why?' };

function setUp(store = new MemoryStore()) {
	const model = new FakeModel();
	const clock = new ManualClock();
	const log = recordingLog();
	const session = new ChatSession({
		model,
		store,
		clock,
		log,
		settings: () => ({ maxTokens: 100, temperature: 0.5 }),
		countTokens: (text) => Math.ceil(text.length / 4),
	});
	const events: SessionEvent[] = [];
	session.onDidChange((event) => events.push(event));
	const says = (...steps: Step[]) => {
		model.onChat = () => ({ steps });
	};
	const ask = () => {
		const asked = session.ask(question, 'Why?');
		assert.equal(asked.type, 'answering');
		assert.ok(asked.type === 'answering');
		return asked;
	};
	return { model, clock, log, session, events, says, ask, store };
}

describe('chat/session', () => {
	describe('code that does not fit the context', () => {
		const excerpt = {
			path: 'long.ts',
			language: 'typescript',
			firstLine: 1,
			code: Array.from({ length: 4_000 }, (_, line) => `const value${line} = ${line};`).join('\n'),
		};

		it('is not sent to be fixed: what the model does not see would be deleted', async () => {
			const { session, model } = setUp();
			const asked = session.ask({ task: 'fix', excerpt, findings: [] }, 'Fix');
			assert.ok(asked.type === 'answering');
			const turn = await asked.finished;
			assert.equal(turn.state, 'failed');
			assert.match(turn.note ?? '', /too long/);
			assert.equal(model.chats.length, 0);
		});

		it('is explained in part, and the answer says so', async () => {
			const { session, says } = setUp();
			says('It counts.');
			const asked = session.ask({ task: 'explain', excerpt, findings: [] }, 'Explain');
			assert.ok(asked.type === 'answering');
			const turn = await asked.finished;
			assert.equal(turn.state, 'done');
			assert.match(turn.note ?? '', /part of the code/);
		});

		it('is fixed when it fits', async () => {
			const { session, model, says } = setUp();
			says('Done.');
			const short = { ...excerpt, code: 'const value = 1;' };
			const asked = session.ask({ task: 'fix', excerpt: short, findings: [] }, 'Fix');
			assert.ok(asked.type === 'answering');
			assert.equal((await asked.finished).state, 'done');
			assert.equal(model.chats.length, 1);
		});
	});

	it('does not bring a conversation back that was begun anew before it was read', async () => {
		const reading = deferred();
		const store = new MemoryStore();
		const { session } = setUp(store);
		const old: StoredTurn = {
			id: 'old',
			role: 'assistant',
			text: 'old',
			state: 'done',
			note: undefined,
			remedies: [],
			question: undefined,
		};
		store.load = async () => {
			await reading.promise;
			return { turns: [old], setAside: undefined };
		};
		const loaded = session.load();
		const begun = session.newChat();
		reading.resolve();
		await loaded;
		await begun;
		assert.deepEqual(session.turns, []);
		assert.deepEqual(store.saved, []);
	});

	it('streams an answer in steps that add up', async () => {
		const { session, events, says, ask, clock, model } = setUp();
		const gate = deferred();
		says('Be', 'cause', gate.promise, ' so.');
		const { turn, finished } = ask();
		await settle();
		clock.ring();
		assert.equal(session.turn(turn)?.text, 'Because');
		assert.equal(session.turn(turn)?.state, 'streaming');
		gate.resolve();
		assert.deepEqual(await finished, {
			id: turn,
			role: 'assistant',
			text: 'Because so.',
			state: 'done',
			note: undefined,
			remedies: [],
		});
		const deltas = events.filter((event) => event.type === 'delta');
		assert.deepEqual(
			deltas.map(({ offset, text }) => [offset, text]),
			[
				[0, 'Because'],
				[7, ' so.'],
			],
		);
		assert.deepEqual(
			events.filter((event) => event.type === 'answering').map((event) => event.answering),
			[true, false],
		);
		assert.equal(model.chats[0]?.request.messages.at(-1)?.content, 'Why?');
		assert.equal(model.chats[0]?.request.temperature, 0.5);
		assert.equal(model.chats[0]?.request.priority, 'background');
	});

	it('refuses a second question while it answers, and an empty one', async () => {
		const { session, says, ask } = setUp();
		const gate = deferred();
		says(gate.promise);
		const { finished } = ask();
		assert.deepEqual(session.ask(question, 'x'), { type: 'refused', reason: 'answering' });
		assert.deepEqual(session.regenerate(), { type: 'refused', reason: 'answering' });
		gate.resolve();
		await finished;
		assert.deepEqual(session.ask(question, ' '), { type: 'refused', reason: 'nothing-to-ask' });
		assert.equal(session.turns.length, 2);
	});

	it('keeps a stopped answer, marked, and reaches the model', async () => {
		const { session, says, ask, model, log } = setUp();
		says('Half', deferred().promise);
		const { finished } = ask();
		await settle();
		session.stop();
		const turn = await finished;
		assert.equal(turn.state, 'stopped');
		assert.equal(turn.text, 'Half');
		assert.equal(model.chats[0]?.wasAborted, true);
		assert.deepEqual(log.lines, []);
		assert.equal(session.isAnswering, false);
	});

	it('shows why there is no model, with what helps', async () => {
		const { says, ask } = setUp();
		says(
			'Some',
			new ModelUnavailable({ code: 'model-missing', message: 'No file.', remedies: ['select-model'] }),
		);
		const turn = await ask().finished;
		assert.equal(turn.state, 'failed');
		assert.equal(turn.note, 'No file.');
		assert.deepEqual(turn.remedies, ['select-model']);
		assert.equal(turn.text, 'Some');
	});

	const long = 'x'.repeat(5_000);
	const longEndings: readonly Step[] = [
		new Error(long),
		new ModelUnavailable({ code: 'x', message: long, remedies: [] }),
		{ type: 'unsupported', reason: long },
	];
	for (const [index, step] of longEndings.entries()) {
		it(`stays readable after a reason that is too long to keep: ${index}`, async () => {
			const { says, ask, store } = setUp();
			says(step);
			const turn = await ask().finished;
			assert.equal(turn.state, 'failed');
			assert.ok(turn.note !== undefined && turn.note !== '');
			await settle();
			assert.ok(store.saved.every(isStoredTurn));
		});
	}

	it('logs a fault and says it', async () => {
		const { says, ask, log } = setUp();
		says(new Error('boom'));
		const turn = await ask().finished;
		assert.equal(turn.state, 'failed');
		assert.equal(turn.note, 'boom');
		assert.match(log.lines.join(), /error .*boom/);
	});

	it('says that a model cannot chat, and that an answer was cut', async () => {
		const { says, ask, model } = setUp();
		says({ type: 'unsupported', reason: 'No chat format.' });
		assert.equal((await ask().finished).note, 'No chat format.');
		model.onChat = () => ({ steps: ['a'], endReason: 'length' });
		assert.equal((await ask().finished).state, 'cut');
	});

	it('regenerates: the same question, without the old answer', async () => {
		const { session, says, ask, model } = setUp();
		says('one');
		await ask().finished;
		says('two');
		const asked = session.regenerate();
		assert.ok(asked.type === 'answering');
		await asked.finished;
		assert.deepEqual(
			session.turns.map((turn) => turn.text),
			['Why?', 'two'],
		);
		assert.deepEqual(
			model.chats[1]?.request.messages.map((message) => message.role),
			['system', 'user'],
		);
	});

	it('sends what was said before', async () => {
		const { says, ask, model } = setUp();
		says('one');
		await ask().finished;
		await ask().finished;
		assert.deepEqual(
			model.chats[1]?.request.messages.slice(1).map((message) => message.content),
			['Why?', 'one', 'Why?'],
		);
	});

	it('a new chat stops the answer and forgets, on disk too', async () => {
		const { session, says, ask, store, model } = setUp();
		says('Half', deferred().promise);
		const { finished } = ask();
		await settle();
		session.newChat();
		assert.deepEqual(session.turns, []);
		assert.equal((await finished).state, 'stopped');
		await settle();
		assert.deepEqual(session.turns, []);
		assert.deepEqual(store.saved, []);
		assert.equal(model.running, 0);
	});

	it('has streamed text on disk when half a second has passed, and for good at the end', async () => {
		const { says, ask, clock, store } = setUp();
		const gate = deferred();
		says('Half', gate.promise, ' and the rest');
		const { finished } = ask();
		await settle();
		clock.ring();
		await settle();
		assert.equal(store.saved.at(-1)?.text, 'Half');
		assert.equal(store.saved.at(-1)?.state, 'streaming');
		gate.resolve();
		await finished;
		await settle();
		assert.equal(store.saved.at(-1)?.text, 'Half and the rest');
		assert.equal(store.saved.at(-1)?.state, 'done');
		assert.equal(store.saves.at(-1), true);
	});

	it('marks what a crash left as interrupted, with everything that was saved, and can ask it again', async () => {
		const first = setUp();
		first.says('Half', deferred().promise);
		first.ask();
		await settle();
		first.clock.ring();
		await settle();
		// The first session is never disposed: the process was killed.
		const second = setUp(first.store);
		await second.session.load();
		assert.deepEqual(
			second.session.turns.map(({ text, state }) => [text, state]),
			[
				['Why?', 'done'],
				['Half', 'interrupted'],
			],
		);
		second.says('Whole');
		const asked = second.session.regenerate();
		assert.ok(asked.type === 'answering');
		assert.equal((await asked.finished).text, 'Whole');
		assert.equal(second.model.chats[0]?.request.messages.at(-1)?.content, 'Why?');
	});

	it('saves a running answer as interrupted when it is disposed', async () => {
		const { session, says, ask, store, model } = setUp();
		says('Half', deferred().promise);
		ask();
		await settle();
		await session.dispose();
		assert.equal(store.saved.at(-1)?.text, 'Half');
		assert.equal(store.saved.at(-1)?.state, 'interrupted');
		assert.equal(store.saves.at(-1), true);
		await settle();
		assert.equal(model.running, 0);
		assert.deepEqual(session.ask(question, 'x'), { type: 'refused', reason: 'disposed' });
	});

	it('never replaces a saved conversation that it has not read', async () => {
		const first = setUp();
		first.says('one');
		await first.ask().finished;
		await settle();
		const second = setUp(first.store);
		second.says('two');
		await second.ask().finished;
		await settle();
		assert.deepEqual(
			second.store.saved.map((turn) => turn.text),
			['Why?', 'one', 'Why?', 'two'],
		);
	});

	it('writes nothing when nothing was said', async () => {
		const { session, store } = setUp();
		await session.load();
		await session.dispose();
		assert.deepEqual(store.saves, []);
	});

	it('tells once that saving fails, and again only after it worked', async () => {
		const { session, says, ask, store, events } = setUp();
		says('one');
		store.failure = new Error('ENOSPC');
		await ask().finished;
		await settle();
		session.note(session.turns[1]?.id ?? '', 'x');
		await settle();
		assert.equal(events.filter((event) => event.type === 'notSaved').length, 1);
		store.failure = undefined;
		session.note(session.turns[1]?.id ?? '', 'y');
		await settle();
		assert.equal(store.saved.at(-1)?.note, 'y');
	});

	it('tells once about a file that was put aside', async () => {
		const store = new MemoryStore();
		store.setAside = '/x/chat.json.unreadable-1';
		const { session, events } = setUp(store);
		await Promise.all([session.load(), session.load()]);
		assert.deepEqual(events, [{ type: 'setAside', path: '/x/chat.json.unreadable-1' }]);
	});

	it('keeps the last turns only', async () => {
		const { session, says, ask } = setUp();
		says('a');
		for (let index = 0; index < MAX_TURNS / 2 + 3; index++) {
			await ask().finished;
		}
		assert.equal(session.turns.length, MAX_TURNS);
		assert.equal(session.turns.at(-1)?.state, 'done');
	});
});
