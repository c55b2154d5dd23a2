/** The chat's model: the shared one, or one of its own, changed while others look at it. */
import assert from 'node:assert/strict';
import { ChatModel } from '../../../src/inference/chatModel';
import type { LoadOptions, ModelState, Problem } from '../../../src/inference/model';
import { chatOf, collect, fake } from '../../support/fakeHost';
import { FakeModel, fakeDescription } from '../../support/fakeModel';

const never = new AbortController().signal;
const problem: Problem = { code: 'a', message: 'b', remedies: ['select-model', 'use-starter'] };

class Client extends FakeModel {
	readonly loads: (LoadOptions | undefined)[] = [];
	readonly problems: Problem[] = [];
	disposals = 0;
	restarts = 0;
	async load(options: LoadOptions | undefined) {
		this.loads.push(options);
	}
	refuse(problem: Problem) {
		this.problems.push(problem);
	}
	async restart() {
		this.restarts++;
	}
	override async dispose() {
		this.disposals++;
	}
}

describe('chat model', () => {
	let shared: FakeModel;
	let clients: Client[];
	let model: ChatModel;
	let states: string[];
	beforeEach(() => {
		shared = new FakeModel();
		clients = [];
		model = new ChatModel(shared, () => {
			const client = new Client();
			clients.push(client);
			return client;
		});
		states = [];
		model.onDidChangeState(({ type }) => states.push(type));
	});

	it('is the shared one until it has one of its own, and again afterwards', async () => {
		const ready: ModelState = { type: 'ready', model: fakeDescription };
		shared.change(ready);
		assert.deepEqual([model.state, model.ownState], [ready, undefined]);
		await model.choose(fake('chat', { role: 'chat' }), never);
		const [own] = clients;
		assert.ok(own !== undefined);
		assert.equal(own.loads[0]?.path, fake('chat').path);
		own.change({ type: 'starting' });
		shared.change({ type: 'none' });
		assert.deepEqual(states, ['ready', 'starting'], 'nobody asks the shared one now');
		assert.deepEqual(model.ownState, { type: 'starting' });
		await model.choose(fake('other', { role: 'chat' }), never);
		assert.equal(clients.length, 1);
		await model.restart();
		assert.equal(own.restarts, 1);
		await model.choose(undefined, never);
		assert.equal(own.disposals, 1);
		own.change(ready);
		assert.deepEqual([states.at(-1), model.state.type, model.ownState], ['none', 'none', undefined]);
	});

	it('asks the one that is in use', async () => {
		shared.change({ type: 'ready', model: fakeDescription });
		await collect(model.chat(chatOf('a'), never));
		await model.choose(fake('chat'), never);
		clients[0]?.change({ type: 'ready', model: fakeDescription });
		await collect(model.chat(chatOf('b'), never));
		assert.deepEqual([shared.chats.length, clients[0]?.chats.length], [1, 1]);
	});

	it('has a problem of its own, and the starter is no way out of it', async () => {
		await model.choose(problem, never);
		const [own] = clients;
		assert.deepEqual(own?.problems, [problem]);
		own?.change({ type: 'failed', problem });
		assert.deepEqual(model.state, { type: 'failed', problem: { ...problem, remedies: ['select-model'] } });
	});

	it('leaves the shared one alone when it is disposed of', async () => {
		let isDisposed = false;
		shared.dispose = async () => {
			isDisposed = true;
		};
		await model.choose(fake('chat'), never);
		await model.dispose();
		assert.deepEqual([clients[0]?.disposals, isDisposed], [1, false]);
	});
});
