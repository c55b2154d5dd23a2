/** Tests of sending: a question lands where it was written, or comes back. */

import assert from 'node:assert/strict';
import type { Asked } from '../../../src/chat/answering';
import type { Outcome } from '../../../src/chat/context/asking';
import type { Question } from '../../../src/chat/question';
import { Sender, type SenderOptions } from '../../../src/chat/sender';
import { settle } from '../../support/fakeClock';
import { deferred } from '../../support/fakeModel';

const notice = { text: 'No.', rows: [] };

function asking(text: string): Outcome {
	return { type: 'question', question: { task: 'question', text }, title: text };
}

function setUp() {
	const said: string[] = [];
	const signals: AbortSignal[] = [];
	const fake = {
		openId: 'one',
		answers: { type: 'refused', reason: 'answering' } as Asked,
		keeps: true,
		outcome: async (text: string): Promise<Outcome> => asking(text),
		load: async () => undefined as unknown,
	};
	const answering: Asked = { type: 'answering', turn: 'a', finished: new Promise(() => undefined) };
	fake.answers = answering;
	const read = (how: string) => (text: string, signal: AbortSignal) => {
		said.push(`${how} ${text}`);
		signals.push(signal);
		return fake.outcome(text);
	};
	const options: SenderOptions = {
		session: {
			get openId() {
				return fake.openId;
			},
			ask: (_: Question, title: string) => {
				said.push(`ask ${title} in ${fake.openId}`);
				return fake.answers;
			},
			edit: (turn: string, text: string, question?: Question) => {
				if (question === undefined && !fake.keeps) {
					return { type: 'refused', reason: 'to-be-read' };
				}
				said.push(`edit ${turn} ${text}${question === undefined ? '' : ' anew'}`);
				return fake.answers;
			},
			regenerate: () => {
				said.push('regenerate');
				return fake.answers;
			},
		},
		context: async () => {
			await fake.load();
			return {
				ask: read('read'),
				askAnew: read('read anew'),
				sent: async () => void said.push('sent'),
				say: ({ text }) => void said.push(`say ${text}`),
			};
		},
		onAsked: (turn) => said.push(`asked ${turn}`),
		giveBack: (text) => said.push(`back ${text}`),
		onBusy: (busy) => said.push(busy ? 'busy' : 'idle'),
		run: async (command) => void said.push(`run ${command}`),
		explain: (reason) => said.push(`explain ${reason}`),
		onFailure: (error) => said.push(String(error)),
	};
	return { said, fake, sender: new Sender(options), signals };
}

describe('chat/sender', () => {
	it('reads, asks, and is busy until then', async () => {
		const { said, sender } = setUp();
		await sender.ask('why');
		assert.deepEqual(said, ['busy', 'read why', 'ask why in one', 'asked a', 'idle', 'sent']);
	});

	it('gives a question back when another conversation was opened meanwhile', async () => {
		const { said, sender, fake } = setUp();
		const gate = deferred();
		fake.outcome = async (text) => {
			await gate.promise;
			return asking(text);
		};
		const sent = sender.ask('why');
		await settle();
		fake.openId = 'two';
		gate.resolve();
		await sent;
		assert.deepEqual(said, ['busy', 'read why', 'back why', 'idle']);
	});

	it('ends a reading at once on Stop and when another conversation is opened', async () => {
		const { said, sender, fake, signals } = setUp();
		fake.outcome = () => new Promise(() => undefined);
		for (const end of [() => sender.stop(), () => sender.followed()]) {
			const sent = sender.ask('why');
			await settle();
			sender.followed();
			assert.equal(sender.isBusy, true);
			fake.openId = 'two';
			end();
			await sent;
			assert.equal(signals.at(-1)?.aborted, true);
			assert.equal(sender.isBusy, false);
			assert.deepEqual(said.splice(0), ['busy', 'read why', 'back why', 'idle']);
			fake.openId = 'one';
		}
	});

	it('gives a question back that was refused, could not be read, or came while another is read', async () => {
		const { said, sender, fake } = setUp();
		fake.answers = { type: 'refused', reason: 'answering' };
		await sender.ask('why');
		assert.deepEqual(said.splice(0), [
			...['busy', 'read why', 'ask why in one', 'back why', 'explain answering', 'idle'],
		]);
		fake.outcome = async () => ({ type: 'notice', notice, isAnswer: false });
		await Promise.all([sender.ask('why'), sender.ask('how')]);
		assert.deepEqual(said.splice(0), [
			...['busy', 'back how', 'explain answering', 'read why', 'back why', 'say No.', 'idle'],
		]);
		fake.load = async () => {
			throw new Error('disk');
		};
		await sender.ask('why');
		assert.deepEqual(said, ['busy', 'back why', 'Error: disk', 'idle']);
	});

	it('is not busy while an editor command does the work', async () => {
		const { said, sender, fake } = setUp();
		fake.outcome = async () => ({ type: 'editor', command: 'fix' });
		await sender.ask('/fix');
		assert.deepEqual(said, ['busy', 'read /fix', 'idle', 'sent', 'run fix']);
	});

	it('tells of each answer that is on its way, and of none that is not', async () => {
		const { said, sender, fake } = setUp();
		sender.regenerate();
		assert.deepEqual(said.splice(0), ['regenerate', 'asked a']);
		fake.answers = { type: 'refused', reason: 'answering' };
		sender.regenerate();
		await sender.edit('t', 'x');
		assert.equal(said.includes('asked a'), false);
	});

	it('reads anew for a changed question what it did not have, and leaves the input alone', async () => {
		const { said, sender, fake } = setUp();
		await sender.edit('t', 'why');
		assert.deepEqual(said.splice(0), ['edit t why', 'asked a']);
		fake.keeps = false;
		await sender.edit('t', 'why #file:x');
		assert.deepEqual(said.splice(0), [
			...['busy', 'read anew why #file:x', 'edit t why #file:x anew', 'asked a', 'idle'],
		]);
		fake.outcome = async () => ({ type: 'editor', command: 'fix' });
		await sender.edit('t', '/fix');
		assert.deepEqual(said.splice(0), ['busy', 'read anew /fix', 'back /fix', 'explain place', 'idle']);
		fake.keeps = true;
		fake.answers = { type: 'refused', reason: 'nothing-to-ask' };
		await sender.edit('t', 'x');
		assert.deepEqual(said, ['edit t x', 'back x', 'explain place']);
	});
});
