/** A role that goes from one model to another: nobody asks the wrong one, and everybody hears of it. */
import * as assert from 'node:assert/strict';
import type { Model, ModelState } from '../../../src/inference/model';
import { RoleModel } from '../../../src/inference/roleModel';
import { chatOf, fillOf, never } from '../../support/asking';
import { deferred, FakeModel, fakeDescription } from '../../support/fakeModel';

async function textOf(events: ReturnType<Model['fill']>): Promise<string> {
	let text = '';
	for await (const event of events) {
		text += event.type === 'text' ? event.text : '';
	}
	return text;
}

describe('inference/roleModel', () => {
	let local: FakeModel;
	let other: FakeModel;
	let role: RoleModel;
	let heard: ModelState['type'][];
	beforeEach(() => {
		local = new FakeModel();
		local.onFill = () => 'local';
		local.onChat = () => 'local';
		other = new FakeModel();
		other.onFill = () => 'other';
		other.onChat = () => 'other';
		other.state = { type: 'ready', model: { ...fakeDescription, name: 'other' } };
		role = new RoleModel(local);
		heard = [];
		role.onDidChangeState(({ type }) => heard.push(type));
	});

	it('is the local model at first', async () => {
		assert.deepEqual(role.state, local.state);
		assert.equal(await textOf(role.fill(fillOf(), never)), 'local');
		local.change({ type: 'starting' });
		assert.deepEqual(heard, ['starting']);
	});

	it('asks nobody while the other is on its way, and then the other', async () => {
		const coming = deferred();
		role.use(coming.promise.then(() => other));
		assert.equal(role.state.type, 'starting');
		const answer = textOf(role.chat(chatOf('a'), never));
		coming.resolve();
		assert.equal(await answer, 'other');
		assert.equal(local.chats.length, 0);
		assert.deepEqual(role.state, other.state);
		assert.deepEqual(heard, ['starting', 'ready']);
		// What happens to the local one is nothing to this role.
		local.change({ type: 'starting' });
		assert.deepEqual(heard, ['starting', 'ready']);
	});

	it('comes back to the local model', async () => {
		role.use(Promise.resolve(other));
		await textOf(role.fill(fillOf(), never));
		role.use(undefined);
		assert.equal(await textOf(role.fill(fillOf(), never)), 'local');
		other.change({ type: 'starting' });
		assert.deepEqual(heard, ['starting', 'ready', 'ready']);
	});

	it('takes no model that comes too late', async () => {
		const late = deferred();
		role.use(late.promise.then(() => other));
		role.use(undefined);
		late.resolve();
		await late.promise;
		assert.equal(await textOf(role.fill(fillOf(), never)), 'local');
	});

	it('has failed where the other cannot be had, and does not fall back', async () => {
		role.use(Promise.reject(new Error('no such file')));
		await new Promise((resolve) => setImmediate(resolve));
		assert.ok(role.state.type === 'failed' && role.state.problem.message === 'no such file');
		await assert.rejects(textOf(role.fill(fillOf(), never)), /no such file/);
		assert.equal(local.fills.length, 0);
	});
});
