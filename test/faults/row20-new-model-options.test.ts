/** Fault 20, the host's part: the model's settings change while it answers. */
import assert from 'node:assert/strict';
import {
	collect,
	fake,
	fillOf,
	isAlive,
	never,
	pidOf,
	readyModel,
	said,
	type TestClient,
	testClient,
} from '../support/fakeHost';

describe('fault 20: new model settings while a request is under way', () => {
	let test: TestClient;
	beforeEach(async () => {
		test = testClient();
		await test.client.load(fake('ok'), never);
	});
	afterEach(() => test.dispose());

	/** Runs `change` at the first text of a generation that would last for ever. */
	async function during(change: () => Promise<void>) {
		let changed: Promise<void> | undefined;
		const answer = await collect(test.client.fill(fillOf('say 100000 slow 5'), never), () => {
			changed ??= change();
		});
		await changed;
		return answer;
	}

	it('ends the answer of the old model where text was delivered, and uses the new settings next', async () => {
		const pid = pidOf(test.client);
		const { text, end } = await during(() => test.client.load(fake('ok', { contextSize: 512 }), never));
		assert.equal(end, 'answer-interrupted');
		assert.match(text, /^t0 /);
		assert.equal(readyModel(test.client.state).contextSize, 512);
		assert.ok(!isAlive(pid));
		assert.equal((await collect(test.client.fill(fillOf('say 3'), never))).text, said(3));
	});

	it('lets the new model answer a request that has no text yet, however often it changes', async () => {
		const answer = collect(test.client.fill(fillOf('say 2 slow 500'), never));
		for (const name of ['second', 'third', 'fourth']) {
			await test.client.embed('the request before this one has arrived', never);
			await test.client.load(fake(name), never);
		}
		assert.deepEqual(await answer, { text: said(2), end: 'end-of-text' });
	});

	it('settles requests when the model is switched off', async () => {
		assert.equal((await during(() => test.client.load(undefined, never))).end, 'no-model');
		assert.deepEqual(test.client.state, { type: 'none' });
	});

	it('is not taken for a crash', async () => {
		for (let change = 1; change <= 6; change++) {
			await during(() => test.client.load(fake('ok', { contextSize: 256 + change }), never));
		}
		assert.equal(readyModel(test.client.state).contextSize, 262);
		assert.doesNotMatch(test.lines.join('\n'), /error/);
	});
});
