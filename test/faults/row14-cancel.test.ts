/** Fault 14: a request is cancelled at any stage. It settles at once, and the next one is answered correctly. */
import assert from 'node:assert/strict';
import { setTimeout as wait } from 'node:timers/promises';
import {
	collect,
	endOf,
	fake,
	fillOf,
	isAlive,
	never,
	pidOf,
	said,
	type TestClient,
	testClient,
	untilState,
} from '../support/fakeHost';

describe('fault 14: cancel at every stage', () => {
	let test: TestClient;
	beforeEach(() => {
		test = testClient();
	});
	afterEach(() => test.dispose());

	const next = () => collect(test.client.fill(fillOf('say 3'), never));

	it('before the request', async () => {
		await test.client.load(fake('ok'), never);
		const signal = AbortSignal.abort();
		assert.equal((await collect(test.client.fill(fillOf('say 3'), signal))).end, 'AbortError');
		await assert.rejects(test.client.tokenize('a', signal), { name: 'AbortError' });
		assert.equal((await next()).text, said(3));
	});

	it('while the host starts and while the model loads', async () => {
		const stages = ['starting', 'loading'] as const;
		const load = test.client.load(fake('never'), never);
		for (const stage of stages) {
			const controller = new AbortController();
			const answer = collect(test.client.fill(fillOf('say 3'), controller.signal));
			await untilState(test.client, stage);
			controller.abort();
			assert.equal((await answer).end, 'AbortError');
		}
		await test.client.load(fake('ok'), never);
		await load;
		assert.equal((await next()).text, said(3));
	});

	it('before the first text, between two texts, and after the last', async () => {
		await test.client.load(fake('ok'), never);
		const pid = pidOf(test.client);
		const scripts: readonly (readonly [string, RegExp])[] = [
			['say 1 slow 100000', /^$/],
			['say 100000 slow 1', /^(t\d+ )+$/],
			['say 1', /^t0 $/],
		];
		for (const [script, text] of scripts) {
			const controller = new AbortController();
			const answer = collect(test.client.fill(fillOf(script), controller.signal), () => controller.abort());
			if (text.test('')) {
				await wait(20);
				controller.abort();
			}
			const { end, text: got } = await answer;
			assert.equal(end, 'AbortError', script);
			assert.match(got, text);
			assert.deepEqual(await next(), { text: said(3), end: 'end-of-text' });
		}
		assert.equal(pidOf(test.client), pid);
	});

	it('at a hundred random moments, of several requests at once', async () => {
		await test.client.load(fake('ok'), never);
		const pid = pidOf(test.client);
		let seed = 7;
		const random = () => {
			seed = (seed * 48_271) % 2_147_483_647;
			return seed / 2_147_483_647;
		};
		await Promise.all(
			Array.from({ length: 100 }, async () => {
				await wait(random() * 300);
				const controller = new AbortController();
				const answer = collect(test.client.fill(fillOf('say 10 slow 2'), controller.signal));
				await wait(random() * 60);
				controller.abort();
				const { text, end } = await answer;
				assert.ok(said(10).startsWith(text), text);
				assert.ok(end === 'AbortError' || (end === 'end-of-text' && text === said(10)), end);
			}),
		);
		assert.deepEqual(await next(), { text: said(3), end: 'end-of-text' });
		assert.equal(pidOf(test.client), pid);
	});

	it('by leaving the loop: the host stops working on it', async () => {
		await test.client.load(fake('ok'), never);
		for await (const event of test.client.fill(fillOf('say 100000 slow 1'), never)) {
			if (event.type === 'text') {
				break;
			}
		}
		assert.deepEqual(await next(), { text: said(3), end: 'end-of-text' });
	});

	it('after the whole answer has come, before it is read', async () => {
		await test.client.load(fake('ok'), never);
		const controller = new AbortController();
		const events = test.client.fill(fillOf('say 2'), controller.signal)[Symbol.asyncIterator]();
		await events.next();
		// Answers come in order: when this one is here, so is the end of that one.
		await test.client.tokenize('say 2', never);
		controller.abort();
		await assert.rejects(Promise.resolve(events.next()), { name: 'AbortError' });
		assert.deepEqual(await next(), { text: said(3), end: 'end-of-text' });
	});

	it('in the wait for a restart', async () => {
		await test.dispose();
		test = testClient({ limits: { restartDelays: [1 << 30] } });
		await test.client.load(fake('ok'), never);
		const pid = pidOf(test.client);
		const controller = new AbortController();
		const tokens = test.client.tokenize('slow 100000 say 1', controller.signal).catch(endOf);
		process.kill(pid, 'SIGKILL');
		await untilState(test.client, 'starting');
		assert.ok(!isAlive(pid));
		controller.abort();
		assert.equal(await tokens, 'AbortError');
	});
});
