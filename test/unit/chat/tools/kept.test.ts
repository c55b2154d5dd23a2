/** Steps belong to their answer: views hear of them, and they are there again when the conversation is opened. */

import assert from 'node:assert/strict';
import { MemoryFolder } from '../../../../src/chat/conversations/folder';
import { Library } from '../../../../src/chat/conversations/library';
import { ChatSession } from '../../../../src/chat/session';
import type { Callable } from '../../../../src/chat/tools/stepping';
import type { TurnStep } from '../../../../src/chat/turn';
import { deferred, FakeModel, fakeDescription } from '../../../support/fakeModel';
import { silentLog } from '../../../support/silentLog';

describe('steps of an answer', () => {
	function open(folder: MemoryFolder, run: Callable['run']) {
		const model = new FakeModel();
		const chat = { type: 'chat', wrapper: 'chatML', callsTools: true } as const;
		model.state = { type: 'ready', model: { ...fakeDescription, contextSize: 8_192, chat } };
		let round = 0;
		const call = { name: 'git_log', arguments: {} };
		model.onChat = () => ({ steps: round++ === 0 ? ['I look.', { type: 'call', call }] : ['Two commits.'] });
		const session = new ChatSession({
			model,
			library: new Library(folder, silentLog),
			takeOver: async () => undefined,
			log: silentLog,
			settings: () => ({ maxTokens: 100, temperature: 0, toolSteps: 5 }),
			countTokens: (text) => Math.ceil(text.length / 4),
			toolbox: { offers: async () => [{ name: 'git_log', description: '', parameters: {} }], run },
		});
		return { session, model };
	}

	const step = (change: Partial<TurnStep>): TurnStep => ({
		...{ name: 'git_log', arguments: '{}', state: 'done', result: 'two' },
		...change,
	});

	it('are told as they go, and kept', async () => {
		const folder = new MemoryFolder();
		const { session } = open(folder, async () => ({ type: 'found', text: 'two' }));
		const told: (readonly TurnStep[])[] = [];
		session.onDidChange((event) => {
			if (event.type === 'turn' && event.turn.steps !== undefined) {
				told.push(event.turn.steps);
			}
		});
		const asked = session.ask({ task: 'question', text: 'What changed?' }, 'What changed?');
		assert.ok(asked.type === 'answering');
		const turn = await asked.finished;
		assert.equal(turn.text, 'I look.\n\nTwo commits.');
		assert.deepEqual(turn.steps, [step({})]);
		assert.deepEqual(told[0], [step({ state: 'running', result: '' })]);
		assert.deepEqual(told.at(-1), [step({})]);
		await session.dispose();
		const again = open(folder, () => assert.fail('nothing is looked up'));
		await again.session.load();
		assert.deepEqual(again.session.turns.at(-1)?.steps, [step({})]);
	});

	it('stay where the answer is stopped while something is looked up', async () => {
		const begun = deferred();
		const { session, model } = open(new MemoryFolder(), async (_, signal) => {
			begun.resolve();
			return new Promise((_resolve, reject) => {
				signal.addEventListener('abort', () => reject(signal.reason));
			});
		});
		const asked = session.ask({ task: 'question', text: 'What changed?' }, 'What changed?');
		assert.ok(asked.type === 'answering');
		await begun.promise;
		session.stop();
		const turn = await asked.finished;
		assert.deepEqual([turn.state, turn.text], ['stopped', 'I look.']);
		assert.deepEqual(turn.steps, [step({ state: 'running', result: '' })]);
		assert.equal(model.chats.length, 1);
	});
});
