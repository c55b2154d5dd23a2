/** Fault 2: native code aborts the host. The crash is attributed, and there is no endless loop of restarts. */
import assert from 'node:assert/strict';
import * as path from 'node:path';
import {
	collect,
	failure,
	fake,
	fillOf,
	never,
	readyModel,
	said,
	type TestClient,
	testClient,
} from '../support/fakeHost';

describe('fault 2: host aborts', () => {
	let test: TestClient;
	beforeEach(() => {
		test = testClient();
	});
	afterEach(() => test.dispose());

	const starts = () => test.lines.filter((line) => /Model host \d+ answered/.test(line)).length;

	it('gives up a file that crashes the engine twice, and names it', async () => {
		await test.client.load(fake('abort'), never);
		const problem = failure(test.client.state);
		assert.equal(problem.code, 'model-crashes-engine');
		assert.match(problem.message, /SIGABRT while it was loading fake:abort \(backend: cpu\)/);
		assert.match(problem.message, /\/models\/fake:abort/);
		assert.ok(problem.remedies.includes('select-model'));
		assert.equal(starts(), 2);
		assert.match(test.lines.join('\n'), /GGML_ASSERT\(fake\) failed/, 'the last output is in the log');
	});

	it('tries the CPU after a crash on the automatic backend, and says why', async () => {
		await test.client.load(fake('abort-unless-cpu', { backend: 'auto' }), never);
		assert.match(readyModel(test.client.state).fallbackReason ?? '', /SIGABRT.*backend: auto.*on the CPU/);
		assert.equal(starts(), 2);
	});

	it('counts an exit in the middle of loading as a crash, too', async () => {
		await test.client.load(fake('exit'), never);
		assert.match(failure(test.client.state).message, /ended with code 3 while it was loading/);
	});

	it('stops at the fourth crash within three minutes, and starts again when asked to', async () => {
		await test.client.load(fake('ok'), never);
		const fatal = () => collect(test.client.fill(fillOf('say 2 abort'), never));
		assert.deepEqual(await fatal(), { text: said(2), end: 'answer-interrupted' });
		assert.deepEqual(await fatal(), { text: said(2), end: 'answer-interrupted' });
		assert.equal((await fatal()).end, 'host-crashed-repeatedly', 'after two crashes for each request');
		const problem = failure(test.client.state);
		assert.match(problem.message, /SIGABRT while fake:ok was generating \(backend: cpu\)/);
		assert.ok(problem.remedies.includes('restart'));
		assert.equal(starts(), 4);
		assert.equal((await fatal()).end, 'host-crashed-repeatedly', 'no request starts it');
		assert.equal(starts(), 4);
		await test.client.restart();
		assert.equal((await collect(test.client.fill(fillOf('say 2'), never))).text, said(2));
	});

	it('answers when the crash does not come again', async () => {
		await test.client.load(fake('ok'), never);
		const script = `say 9 abort once ${path.join(test.folder, 'marker')}`;
		assert.deepEqual(await collect(test.client.fill(fillOf(script), never)), {
			text: said(9),
			end: 'end-of-text',
		});
	});
});
