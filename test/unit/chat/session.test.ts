/** Tests of the conversation: one answer at a time, nothing lost, everything said. */

import assert from 'node:assert/strict';
import { MemoryFolder } from '../../../src/chat/conversations/folder';
import { Library } from '../../../src/chat/conversations/library';
import { readRecords } from '../../../src/chat/conversations/records';
import { ConversationTree } from '../../../src/chat/conversations/tree';
import type { Block, Origin } from '../../../src/chat/origin/search';
import { MAX_TURNS } from '../../../src/chat/protocol';
import type { Question } from '../../../src/chat/question';
import { ChatSession, type ChatSessionOptions } from '../../../src/chat/session';
import type { SessionEvent } from '../../../src/chat/transcript';
import type { StoredTurn } from '../../../src/chat/turns';
import { ModelUnavailable } from '../../../src/inference/model';
import { settle } from '../../support/fakeClock';
import { deferred, FakeModel, fakeDescription, type Step } from '../../support/fakeModel';
import { recordingLog } from '../../support/silentLog';
import { ManualClock } from './manualClock';

/** Keeps in memory what a disk would, and notes how. */
class TestFolder extends MemoryFolder {
	/** Whether each write waited for the disk. */
	readonly saves: boolean[] = [];
	failure: Error | undefined;

	override async append(id: string, text: string, durable = false): Promise<boolean> {
		this.check();
		const isThere = await super.append(id, text);
		if (isThere) {
			this.saves.push(durable);
		}
		return isThere;
	}

	override async create(id: string, text: string, durable = false): Promise<void> {
		this.check();
		await super.create(id, text);
		this.saves.push(durable);
	}

	/** The turns of the conversation that was written last, as a window that opens it now would show them. */
	async saved(): Promise<readonly StoredTurn[]> {
		const [entry] = await this.list();
		const text = entry === undefined ? undefined : await this.read(entry.id);
		return text === undefined ? [] : ConversationTree.of(readRecords(text).records).path();
	}

	private check(): void {
		if (this.failure !== undefined) {
			throw this.failure;
		}
	}
}

const question: Question = { task: 'question', text: 'Why?' };

function setUp(
	folder = new TestFolder(),
	takeOver: () => Promise<string | undefined> = async () => undefined,
	origins?: ChatSessionOptions['origins'],
) {
	const model = new FakeModel();
	const clock = new ManualClock();
	const log = recordingLog();
	const settings = { maxTokens: 100, temperature: 0.5, thinksFirst: false };
	let time = 0;
	const session = new ChatSession({
		model,
		library: new Library(folder, log),
		takeOver,
		clock,
		log,
		now: () => ++time,
		settings: () => settings,
		countTokens: (text) => Math.ceil(text.length / 4),
		...(origins === undefined ? {} : { origins }),
	});
	const events: SessionEvent[] = [];
	session.onDidChange((event) => events.push(event));
	const says = (...steps: Step[]) => {
		model.onChat = () => ({ steps });
	};
	const ask = () => begun(session.ask(question, 'Why?'));
	const regenerate = () => begun(session.regenerate());
	return { model, clock, log, settings, session, events, says, ask, regenerate, folder };
}

function begun(asked: ReturnType<ChatSession['ask']>) {
	assert.ok(asked.type === 'answering', asked.type);
	return asked;
}

describe('chat/session', () => {
	it('does not bring back a conversation that is deleted while it is still being saved', async () => {
		for (const forget of [
			(session: ChatSession, id: string) => session.delete(id),
			(session: ChatSession) => session.forget(),
		]) {
			const held = deferred();
			let begun = () => {};
			const isSaving = new Promise<void>((resolve) => {
				begun = resolve;
			});
			const folder = new (class extends TestFolder {
				override async create(id: string, text: string, durable = false): Promise<void> {
					begun();
					await held.promise;
					await super.create(id, text, durable);
				}
			})();
			const { session, says, ask } = setUp(folder);
			says('Yes.');
			await ask().finished;
			const id = session.openId;
			void session.newChat();
			assert.notEqual(session.openId, id);
			await isSaving;
			const forgotten = forget(session, id);
			await settle();
			held.resolve();
			await forgotten;
			await settle();
			assert.deepEqual(await folder.list(), []);
		}
	});

	it('opens a conversation again that was just left with all that is being saved', async () => {
		const held = deferred();
		let isHeld = false;
		const folder = new (class extends TestFolder {
			override async append(id: string, text: string, durable = false): Promise<boolean> {
				if (isHeld) {
					await held.promise;
				}
				return super.append(id, text, durable);
			}
		})();
		const { session, says, ask } = setUp(folder);
		says('Yes.');
		await ask().finished;
		await settle();
		const id = session.openId;
		isHeld = true;
		const second = ask();
		await second.finished;
		void session.newChat();
		const opening = session.openConversation(id);
		await settle();
		held.resolve();
		assert.equal(await opening, true);
		assert.deepEqual(
			session.turns.map(({ text }) => text),
			['Why?', 'Yes.', 'Why?', 'Yes.'],
		);
	});

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

	it('leaves open what was begun before the disk was read, and the other in the history', async () => {
		const first = setUp();
		first.says('one');
		await first.ask().finished;
		await first.session.dispose();
		const reading = deferred();
		const { session, says, ask } = setUp(first.folder, async () => {
			await reading.promise;
			return undefined;
		});
		const loaded = session.load();
		says('two');
		const { finished } = ask();
		reading.resolve();
		await loaded;
		await finished;
		assert.deepEqual(
			session.turns.map((turn) => turn.text),
			['Why?', 'two'],
		);
		assert.equal((await session.list('', new AbortController().signal)).length, 2);
	});

	it('streams an answer in steps that add up', async () => {
		const { session, events, says, ask, clock, model } = setUp();
		const gate = deferred();
		says('Be', 'ca', 'use', gate.promise, ' so.');
		const { turn, finished } = ask();
		await settle();
		// Nobody waits for the first piece longer than the model takes.
		assert.equal(session.turn(turn)?.text, 'Be');
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
			usage: { used: 5, size: 8_192, leftOut: 0, linesCut: 0 },
			branch: undefined,
			sources: [],
			isEditable: false,
		});
		const deltas = events.filter((event) => event.type === 'delta');
		assert.deepEqual(
			deltas.map(({ offset, text }) => [offset, text]),
			[
				[0, 'Be'],
				[2, 'cause'],
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
			const { says, ask, folder } = setUp();
			says(step);
			const turn = await ask().finished;
			assert.equal(turn.state, 'failed');
			assert.ok(turn.note !== undefined && turn.note !== '');
			await settle();
			assert.equal((await folder.saved()).at(-1)?.note, turn.note);
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

	it('ends an answer that goes in circles, and says so', async () => {
		const { session, ask, model } = setUp();
		model.onChat = () => ({ steps: ['It is ', ...Array.from({ length: 400 }, () => 'so and so ')] });
		const turn = await ask().finished;
		assert.equal(turn.state, 'cut');
		assert.match(turn.note ?? '', /again and again/);
		assert.equal(turn.text, 'It is so and …', 'the first round is enough');
		assert.equal(session.turns.at(-1)?.text, turn.text);
	});

	it('asks the model to think first where that is set, and reads only what it answered again', async () => {
		const { says, ask, model, settings } = setUp();
		says('<think>A list?</think>\n\nUse a heap.');
		await ask().finished;
		settings.thinksFirst = true;
		await ask().finished;
		const [first = [], second = []] = model.chats.map(({ request }) => request.messages);
		assert.doesNotMatch(first[0]?.content ?? '', /<think>/);
		assert.match(second[0]?.content ?? '', /between <think> and <\/think>/);
		assert.equal(second.find(({ role }) => role === 'assistant')?.content, 'Use a heap.');
	});

	describe('origin of its code', () => {
		const origin: Origin = {
			...{ block: 0, first: 1, last: 7, otherFirst: 3, otherLast: 9, count: 7 },
			...{ label: 'node_modules/shop/total.js', file: '/w/node_modules/shop/total.js' },
			...{ package: 'shop 1.2.3', licence: undefined },
		};

		function setUpFinder() {
			const asked: {
				readonly blocks: readonly Block[];
				readonly given: readonly string[];
				readonly signal: AbortSignal;
			}[] = [];
			const { promise, resolve } = deferred();
			const find = (blocks: readonly Block[], given: readonly string[], signal: AbortSignal) => {
				asked.push({ blocks, given, signal });
				return promise.then(() => [origin]);
			};
			return { ...setUp(undefined, undefined, { find }), asked, resolve };
		}

		it('is looked for when the answer is there, without what the model was shown, and kept with it', async () => {
			const { session, says, asked, resolve, events, folder } = setUpFinder();
			says('So:\n```ts\nconst a = 1;\n```\n');
			const excerpt = { path: 'src/a.ts', language: 'typescript', firstLine: 1, code: 'let a;' };
			const asking = session.ask({ task: 'fix', excerpt, findings: [] }, 'Fix');
			assert.ok(asking.type === 'answering');
			await asking.finished;
			assert.deepEqual(
				asked.map(({ blocks, given }) => [blocks[0]?.code, given]),
				[['const a = 1;', ['src/a.ts']]],
			);
			const told = new Promise((done) => session.onDidChange(done));
			resolve();
			await told;
			const expected = {
				...{ first: 1, last: 7, path: 'node_modules/shop/total.js', firstLine: 3, lastLine: 9 },
				...{ package: 'shop 1.2.3', licence: '' },
			};
			assert.deepEqual(session.turns.at(-1)?.origins, [expected]);
			assert.equal(events.at(-1)?.type, 'turn');
			await session.dispose();
			assert.deepEqual((await folder.saved()).at(-1)?.origins, [expected]);
		});

		it('is not looked for in answers without code, nor any more when something else is asked', async () => {
			const { session, says, ask, asked } = setUpFinder();
			says('No code.');
			const excerpt = { path: 'src/a.ts', language: 'typescript', firstLine: 1, code: 'let a;' };
			const explaining = session.ask({ task: 'explain', excerpt, findings: [] }, 'Explain');
			assert.ok(explaining.type === 'answering');
			await explaining.finished;
			assert.equal(asked.length, 0);
			says('```ts\nconst a = 1;\n```\n');
			await ask().finished;
			assert.equal(asked[0]?.signal.aborted, false);
			assert.deepEqual(
				asked[0]?.given,
				['src/a.ts'],
				'what it was shown for an earlier question counts, too',
			);
			await ask().finished;
			assert.equal(asked[0]?.signal.aborted, true);
		});

		it('is kept and not shown where the user looks at another version by then', async () => {
			const { session, says, ask, regenerate, resolve, events } = setUpFinder();
			says('No code.');
			await ask().finished;
			says('```ts\nconst a = 1;\n```\n');
			await regenerate().finished;
			const answer = session.turns.at(-1)?.id ?? '';
			session.showVersion(answer, -1);
			const told = events.length;
			resolve();
			await settle();
			assert.equal(session.turn(answer)?.origins?.length, 1);
			assert.deepEqual(events.slice(told), []);
			session.showVersion(session.turns.at(-1)?.id ?? '', 1);
			assert.equal(session.turns.at(-1)?.origins?.length, 1);
		});
	});

	it('regenerates: the same question, without the old answer', async () => {
		const { session, says, ask, regenerate, model } = setUp();
		says('one');
		await ask().finished;
		says('two');
		await regenerate().finished;
		assert.deepEqual(
			session.turns.map((turn) => turn.text),
			['Why?', 'two'],
		);
		const answer = session.turns[1]?.id ?? '';
		assert.deepEqual(session.turn(answer)?.branch, { at: 2, of: 2 });
		session.showVersion(answer, -1);
		assert.deepEqual(
			session.turns.map(({ text, branch }) => [text, branch]),
			[
				['Why?', undefined],
				['one', { at: 1, of: 2 }],
			],
		);
		assert.deepEqual(
			model.chats[1]?.request.messages.map((message) => message.role),
			['system', 'user'],
		);
	});

	it('asks something else instead of an earlier question, which stays with what followed it', async () => {
		const { session, says, ask, model } = setUp();
		says('one');
		await ask().finished;
		await ask().finished;
		const [first] = session.turns;
		says('two');
		const asked = session.edit(first?.id ?? '', 'How?');
		assert.ok(asked.type === 'answering');
		await asked.finished;
		assert.deepEqual(
			session.turns.map(({ text, branch }) => [text, branch]),
			[
				['How?', { at: 2, of: 2 }],
				['two', undefined],
			],
		);
		assert.deepEqual(
			model.chats
				.at(-1)
				?.request.messages.slice(1)
				.map((message) => message.content),
			['How?'],
		);
		session.showVersion(session.turns[0]?.id ?? '', -1);
		assert.deepEqual(
			session.turns.map(({ text }) => text),
			['Why?', 'one', 'Why?', 'one'],
		);
	});

	it('keeps what a question brought along when its words are changed', async () => {
		const { session, says, model } = setUp();
		says('a');
		const findings = [{ line: 1, message: 'x is not defined' }];
		const excerpt = { path: 'a.ts', language: 'typescript', firstLine: 1, code: 'const kept = x;' };
		const asked = session.ask({ task: 'explain', excerpt, findings, words: 'briefly' }, '/explain briefly');
		assert.ok(asked.type === 'answering');
		await asked.finished;
		const { id = '', isEditable } = session.turns[0] ?? {};
		assert.equal(isEditable, true);
		assert.equal(session.edit(id, '/fix briefly').type, 'refused');
		const again = session.edit(id, '/explain at length');
		assert.ok(again.type === 'answering');
		await again.finished;
		const sent = model.chats.at(-1)?.request.messages.at(-1)?.content ?? '';
		assert.ok(sent.includes('const kept = x;') && sent.includes('at length') && !sent.includes('briefly'));
	});

	it('asks a changed question anew where it mentions or commands something else', async () => {
		const { session, says, model } = setUp();
		says('a');
		const attachment = (kind: 'code' | 'found', path: string, text: string) => ({
			...{ kind, path, text, label: path, language: 'typescript', firstLine: 1 },
		});
		const brought = (text: string, ...attachments: ReturnType<typeof attachment>[]): Question => ({
			task: 'question',
			text,
			attachments,
		});
		const asked = session.ask(
			brought('Why? #file:x', attachment('code', 'x', 'const old = 1;')),
			'Why? #file:x',
		);
		assert.ok(asked.type === 'answering');
		await asked.finished;
		const { id = '' } = session.turns[0] ?? {};
		for (const changed of ['Why?', 'Why? #file:x #file:y', '/explain #file:x']) {
			assert.deepEqual(session.edit(id, changed), { type: 'refused', reason: 'to-be-read' });
		}
		const again = session.edit(
			id,
			'Why? #file:y',
			brought('Why? #file:y', attachment('code', 'y', 'const y = 1;')),
		);
		assert.ok(again.type === 'answering');
		await again.finished;
		const sent = model.chats.at(-1)?.request.messages.at(-1)?.content ?? '';
		assert.ok(sent.includes('const y = 1;') && !sent.includes('const old = 1;'));
		assert.deepEqual(session.turns[0]?.branch, { at: 2, of: 2 });
		const looked = session.ask(brought('a #codebase', attachment('found', 'z', 'z')), 'a #codebase');
		assert.ok(looked.type === 'answering');
		await looked.finished;
		assert.deepEqual(session.edit(session.turns[2]?.id ?? '', 'b #codebase'), {
			type: 'refused',
			reason: 'to-be-read',
		});
	});

	it('lets nobody edit what is only the name of a question, or ask twice', async () => {
		const { session, says, ask, regenerate } = setUp();
		says('a');
		const excerpt = { path: 'a.ts', language: 'typescript', firstLine: 1, code: 'x' };
		const asked = session.ask({ task: 'explain', excerpt, findings: [] }, 'Explain a.ts');
		assert.ok(asked.type === 'answering');
		await asked.finished;
		assert.equal(session.turns[0]?.isEditable, false);
		assert.equal(session.edit(session.turns[0]?.id ?? '', 'x').type, 'refused');
		await regenerate().finished;
		const gate = deferred();
		says(gate.promise);
		const { finished } = ask();
		const before = session.turns;
		assert.deepEqual(session.edit(session.turns[2]?.id ?? '', 'x'), { type: 'refused', reason: 'answering' });
		session.showVersion(session.turns[1]?.id ?? '', -1);
		assert.deepEqual(session.turns, before);
		gate.resolve();
		await finished;
	});

	it('opens an earlier conversation; a running answer stays with its own', async () => {
		const { session, says, ask, events } = setUp();
		says('one');
		await ask().finished;
		const first = session.openId;
		await session.newChat();
		says('Half', deferred().promise);
		const { finished } = ask();
		await settle();
		const second = session.openId;
		assert.equal(await session.openConversation(first), true);
		assert.deepEqual(
			session.turns.map(({ text }) => text),
			['Why?', 'one'],
		);
		assert.deepEqual(await finished.then(({ text, state }) => [text, state]), ['Half', 'stopped']);
		assert.deepEqual(events.at(-1), { type: 'history' });
		assert.equal(await session.openConversation(second), true);
		assert.deepEqual(
			session.turns.map(({ text, state }) => [text, state]),
			[
				['Why?', 'done'],
				['Half', 'stopped'],
			],
		);
		assert.equal(await session.openConversation('gone'), false);
		assert.equal(session.openId, second);
	});

	it('forgets everything, and a running answer writes nothing more', async () => {
		const { session, says, ask, folder } = setUp();
		says('one');
		await ask().finished;
		await session.newChat();
		const gate = deferred();
		says('Half', gate.promise, 'x');
		const { finished } = ask();
		await settle();
		await session.forget();
		gate.resolve();
		await finished;
		await session.dispose();
		assert.deepEqual(session.turns, []);
		assert.deepEqual(await folder.list(), []);
	});

	it('goes on in a new conversation where one is as long as it may be', async () => {
		const { session, says, ask, folder, events } = setUp();
		says('a');
		await ask().finished;
		const lines = Array.from({ length: 2_000 }, (_, index) =>
			JSON.stringify({
				type: 'turn',
				turn: { ...session.turns[1], id: `t${index}`, parent: session.turns[0]?.id, time: 1 },
			}),
		);
		await folder.append(session.openId, `${lines.join('\n')}\n`);
		await session.refresh();
		const full = session.openId;
		await ask().finished;
		assert.notEqual(session.openId, full);
		assert.equal(session.turns.length, 2);
		assert.equal(events.filter((event) => event.type === 'continued').length, 1);
		assert.equal((await session.list('', new AbortController().signal)).length, 2);
	});

	it('says at the answer what of the context it took, and keeps that', async () => {
		const { session, says, ask, folder, model } = setUp();
		model.state = { type: 'ready', model: { ...fakeDescription, contextSize: 512 } };
		says(Array.from({ length: 125 }, (_, index) => `word${index} `).join(''));
		for (let index = 0; index < 4; index++) {
			await ask().finished;
		}
		await session.dispose();
		const usage = (await folder.saved()).at(-1)?.usage;
		assert.equal(usage?.size, 512);
		assert.equal(usage?.used, 2);
		assert.equal(usage?.leftOut, 2);
		assert.equal(usage?.linesCut, 0);
	});

	it('keeps what it knew of the context when it is stopped', async () => {
		const { session, says, ask } = setUp();
		says('Half', deferred().promise);
		const { finished } = ask();
		await settle();
		session.stop();
		assert.deepEqual((await finished).usage, { used: 2, size: 8_192, leftOut: 0, linesCut: 0 });
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

	it('a new chat stops the answer, which stays in the history', async () => {
		const { session, says, ask, folder, model } = setUp();
		says('Half', deferred().promise);
		const { finished } = ask();
		await settle();
		await session.newChat();
		assert.deepEqual(session.turns, []);
		assert.equal((await finished).state, 'stopped');
		assert.deepEqual(
			(await folder.saved()).map(({ text, state }) => [text, state]),
			[
				['Why?', 'done'],
				['Half', 'stopped'],
			],
		);
		assert.equal(model.running, 0);
	});

	it('has streamed text on disk when half a second has passed, and for good at the end', async () => {
		const { says, ask, clock, folder } = setUp();
		const gate = deferred();
		says('Half', gate.promise, ' and the rest');
		const { finished } = ask();
		await settle();
		// The text is shown, then it is written.
		clock.ring();
		clock.ring();
		await settle();
		assert.equal((await folder.saved()).at(-1)?.text, 'Half');
		assert.equal((await folder.saved()).at(-1)?.state, 'streaming');
		gate.resolve();
		await finished;
		await settle();
		assert.equal((await folder.saved()).at(-1)?.text, 'Half and the rest');
		assert.equal((await folder.saved()).at(-1)?.state, 'done');
		assert.equal(folder.saves.at(-1), true);
	});

	it('writes each piece of a growing answer once', async () => {
		const { session, says, ask, clock, folder } = setUp();
		const gate = deferred();
		says('Half', gate.promise, ' and', deferred().promise);
		ask();
		await settle();
		for (const _ of [1, 2]) {
			clock.ring();
			clock.ring();
			await settle();
			gate.resolve();
			await settle();
		}
		const { records } = readRecords((await folder.read(session.openId)) ?? '');
		assert.deepEqual(
			records.flatMap((record) => (record.type === 'text' ? [[record.offset, record.text]] : [])),
			[
				[0, 'Half'],
				[4, ' and'],
			],
		);
		// From the model to the screen, and from there to the disk: what a crash may lose.
		assert.ok(Math.max(...clock.delays) * 2 <= 1_000, clock.delays.join());
	});

	it('writes later what could not be written at once', async () => {
		const { session, says, ask, folder } = setUp();
		says('one');
		await ask().finished;
		await settle();
		folder.failure = new Error('ENOSPC');
		says('two');
		await ask().finished;
		await settle();
		folder.failure = undefined;
		session.note(session.turns[1]?.id ?? '', 'x');
		await settle();
		assert.deepEqual(
			(await folder.saved()).map(({ text }) => text),
			['Why?', 'one', 'Why?', 'two'],
		);
	});

	it('marks what a crash left as interrupted, with everything that was saved, and can ask it again', async () => {
		const first = setUp();
		first.says('Half', deferred().promise);
		first.ask();
		await settle();
		first.clock.ring();
		first.clock.ring();
		await settle();
		// The first session is never disposed: the process was killed.
		const second = setUp(first.folder);
		await second.session.load();
		assert.deepEqual(
			second.session.turns.map(({ text, state }) => [text, state]),
			[
				['Why?', 'done'],
				['Half', 'interrupted'],
			],
		);
		second.says('Whole');
		assert.equal((await second.regenerate().finished).text, 'Whole');
		assert.equal(second.model.chats[0]?.request.messages.at(-1)?.content, 'Why?');
		assert.deepEqual(second.session.turns.at(-1)?.branch, { at: 2, of: 2 });
	});

	it('saves a running answer as interrupted when it is disposed', async () => {
		const { session, says, ask, folder, model } = setUp();
		says('Half', deferred().promise);
		ask();
		await settle();
		await session.dispose();
		const saved = (await folder.saved()).at(-1);
		assert.equal(saved?.text, 'Half');
		assert.equal(saved?.state, 'interrupted');
		assert.equal(folder.saves.at(-1), true);
		await settle();
		assert.equal(model.running, 0);
		assert.deepEqual(session.ask(question, 'x'), { type: 'refused', reason: 'disposed' });
	});

	it('writes nothing when nothing was said', async () => {
		const { session, folder } = setUp();
		await session.load();
		await session.newChat();
		await session.dispose();
		assert.deepEqual(await folder.list(), []);
	});

	it('tells once that saving fails, and writes everything when it works again', async () => {
		const { session, says, ask, folder, events } = setUp();
		says('one');
		folder.failure = new Error('ENOSPC');
		await ask().finished;
		await settle();
		session.note(session.turns[1]?.id ?? '', 'x');
		await settle();
		assert.equal(events.filter((event) => event.type === 'notSaved').length, 1);
		folder.failure = undefined;
		session.note(session.turns[1]?.id ?? '', 'y');
		await settle();
		assert.deepEqual(
			(await folder.saved()).map(({ text, note }) => [text, note]),
			[
				['Why?', undefined],
				['one', 'y'],
			],
		);
	});

	it('reads nothing until it is loaded', async () => {
		const { session, says, ask, folder } = setUp();
		says('one');
		await ask().finished;
		await session.dispose();
		const later = setUp(folder);
		await settle();
		assert.deepEqual(later.session.turns, []);
		await later.session.load();
		assert.equal(later.session.turns.length, 2);
	});

	it('stays in a new conversation that was begun before the last one was read', async () => {
		const { session, says, ask, folder } = setUp();
		says('one');
		await ask().finished;
		await session.dispose();
		const before = setUp(folder);
		await before.session.newChat();
		await before.session.load();
		assert.deepEqual(before.session.turns, []);
		const meanwhile = setUp(folder);
		const loaded = meanwhile.session.load();
		await meanwhile.session.newChat();
		await loaded;
		assert.deepEqual(meanwhile.session.turns, []);
	});

	it('tells once about a file that was put aside', async () => {
		const { session, events } = setUp(undefined, async () => '/x/chat.json.unreadable-1');
		await Promise.all([session.load(), session.load()]);
		assert.deepEqual(events, [{ type: 'setAside', path: '/x/chat.json.unreadable-1' }]);
	});

	it('shows the last turns of a long conversation and keeps all of them', async () => {
		const { session, says, ask, folder } = setUp();
		says('a');
		for (let index = 0; index < MAX_TURNS / 2 + 3; index++) {
			await ask().finished;
		}
		assert.equal(session.turns.length, MAX_TURNS);
		assert.equal(session.turns.at(-1)?.state, 'done');
		await session.dispose();
		assert.equal((await folder.saved()).length, MAX_TURNS + 6);
	});
});
