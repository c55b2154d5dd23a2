/** Fault 3: the host's event loop stops. It is ended after a while of awake silence, and the request sent again. */
import assert from 'node:assert/strict';
import * as path from 'node:path';
import {
	collect,
	failure,
	fake,
	fillOf,
	isAlive,
	never,
	pidOf,
	said,
	type TestClient,
	testClient,
} from '../support/fakeHost';

describe('fault 3: host hangs', () => {
	let test: TestClient;
	beforeEach(() => {
		test = testClient({ limits: { silence: 400, silenceWhileLoading: 600 } });
	});
	afterEach(() => test.dispose());

	it('ends it and completes the generation in a new one', async () => {
		await test.client.load(fake('ok'), never);
		const pid = pidOf(test.client);
		const script = `say 3 hang once ${path.join(test.folder, 'marker')}`;
		const answer = await collect(test.client.fill(fillOf(script), never));
		assert.deepEqual(answer, { text: said(3), end: 'end-of-text' });
		assert.ok(!isAlive(pid));
		assert.match(test.lines.join('\n'), /hung .*while fake:ok was generating/);
	});

	it('settles a request that hangs every host', async () => {
		await test.client.load(fake('ok'), never);
		const answer = await collect(test.client.fill(fillOf('say 3 hang'), never));
		assert.deepEqual(answer, { text: said(3), end: 'answer-interrupted' });
	});

	it('gives a loading model more time, and then gives it up', async () => {
		const started = performance.now();
		await test.client.load(fake('hang'), never);
		assert.ok(performance.now() - started >= 2 * 600 - 100);
		assert.equal(failure(test.client.state).code, 'model-crashes-engine');
		assert.match(failure(test.client.state).message, /hung .*while it was loading fake:hang/);
	});

	it('leaves a host alone that is only slow', async () => {
		await test.client.load(fake('ok'), never);
		const pid = pidOf(test.client);
		const answer = await collect(test.client.fill(fillOf('say 2 slow 700'), never));
		assert.equal(answer.text, said(2));
		assert.equal(pidOf(test.client), pid);
	});

	it('ends a hanging host on dispose', async () => {
		await test.client.load(fake('ok'), never);
		const pid = pidOf(test.client);
		const fill = collect(test.client.fill(fillOf('say 1 hang'), never), () => void test.client.dispose());
		assert.equal((await fill).end, 'AbortError');
		await test.client.dispose();
		assert.ok(!isAlive(pid));
	});
});
