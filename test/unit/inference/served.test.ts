/** Tests of a model that tells when it serves somebody. */

import assert from 'node:assert/strict';
import { served } from '../../../src/inference/served';
import { fillOf } from '../../support/asking';
import { deferred, FakeModel } from '../../support/fakeModel';

const never = new AbortController().signal;
const request = fillOf({ path: 'a.ts', maxTokens: 1 });

describe('inference/served', () => {
	let model: FakeModel;
	let said: boolean[];
	beforeEach(() => {
		model = new FakeModel();
		said = [];
	});
	const open = () => served((busy) => said.push(busy))(model);

	async function drain(events: AsyncIterable<unknown>): Promise<number> {
		let count = 0;
		for await (const _ of events) {
			count++;
		}
		return count;
	}

	it('is busy from the first generation to the end of the last', async () => {
		const gate = deferred();
		model.onFill = () => ({ steps: [gate.promise, 'x'] });
		model.onChat = () => 'y';
		const watched = open();
		const fill = drain(watched.fill(request, never));
		assert.equal(
			await drain(
				watched.chat({ messages: [], maxTokens: 1, temperature: 0, priority: 'background' }, never),
			),
			3,
		);
		assert.deepEqual(said, [true]);
		gate.resolve();
		assert.equal(await fill, 3);
		assert.deepEqual(said, [true, false]);
	});

	it('is free again when the consumer leaves, and when it fails', async () => {
		model.onFill = () => ({ steps: ['x', new Error('broken')] });
		for await (const _ of open().fill(request, never)) {
			break;
		}
		assert.deepEqual(said, [true, false]);
		await assert.rejects(drain(open().fill(request, never)), /broken/);
		assert.deepEqual(said, [true, false, true, false]);
	});

	it('is the same model in all else, and nobody waits for that', async () => {
		const watched = open();
		assert.equal(watched.state, model.state);
		assert.deepEqual(await watched.tokenize('a', never), await model.tokenize('a'));
		assert.equal((await watched.scoreFills({ fills: [], priority: 'background' }, never)).type, 'scored');
		assert.equal((await watched.encode({ fills: [], plains: [] }, never)).type, 'encoded');
		assert.equal((await watched.encodeChats({ chats: [], maxTokens: 1 }, never)).type, 'encodedChats');
		assert.equal((await watched.scoreChats({ chats: [], maxTokens: 1 }, never)).type, 'chatScores');
		assert.equal((await watched.useChatAdapters([], never)).type, 'adapters');
		assert.equal((await watched.prefill(request, never)).type, 'prefilled');
		await watched.useAdapters([{ path: '/a', scale: 1 }], never);
		assert.deepEqual(model.adapterCalls, [[{ path: '/a', scale: 1 }]]);
		await watched.dispose();
		assert.equal(model.isDisposed, true);
		assert.deepEqual(said, []);
	});
});
