/** Fault 2: native code aborts the host. The crash is attributed, and there is no endless loop of restarts. */
import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import type { LoadOptions } from '../../src/inference/model';
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

	/** A file that is there: only such a one can be known again. */
	function file(behaviour: string): LoadOptions {
		const at = path.join(test.folder, `fake:${behaviour}`);
		fs.writeFileSync(at, 'a model');
		return fake(behaviour, { path: at, cacheFolder: path.join(test.folder, 'cache') });
	}

	it('does not try it again in the next window, until the user restarts the model or another file is there', async () => {
		const options = file('abort');
		await test.client.load(options, never);
		assert.equal(starts(), 2);
		const next = testClient();
		const nextStarts = () => next.lines.filter((line) => /Model host \d+ answered/.test(line)).length;
		try {
			await next.client.load(options, never);
			const problem = failure(next.client.state);
			assert.equal(problem.code, 'model-crashes-engine');
			assert.match(
				problem.message,
				/fake:abort crashed the model host 2 times .*\(backend: cpu\).*not tried again/,
			);
			assert.ok(problem.remedies.includes('restart'));
			assert.equal(nextStarts(), 0, 'no host was started for it');
			await next.client.restart();
			assert.equal(failure(next.client.state).code, 'model-crashes-engine');
			assert.equal(nextStarts(), 2);
			// What the command does where there is a setting that may be another one by now.
			await next.client.load(options, never);
			assert.equal(nextStarts(), 4);
			fs.writeFileSync(`${options.path}.new`, 'another');
			fs.renameSync(`${options.path}.new`, options.path);
			await next.client.load({ ...options, contextSize: 77 }, never);
			assert.equal(nextStarts(), 6);
		} finally {
			await next.dispose();
		}
	});

	it('goes to the CPU at once in the window after the one in which the GPU crashed for the second time', async () => {
		const options = { ...file('abort-unless-cpu'), backend: 'auto' } as const;
		for (const [hosts, crash] of [
			[2, /SIGABRT/],
			[2, /SIGABRT/],
			[1, /crashed the model host 2 times/],
		] as const) {
			const window = testClient();
			try {
				await window.client.load(options, never);
				assert.match(readyModel(window.client.state).fallbackReason ?? '', crash);
				assert.equal(window.lines.filter((line) => /host \d+ answered/.test(line)).length, hosts);
			} finally {
				await window.dispose();
			}
		}
	});

	it('tries the CPU after a crash on the automatic backend, and says why', async () => {
		await test.client.load(fake('abort-unless-cpu', { backend: 'auto' }), never);
		assert.match(readyModel(test.client.state).fallbackReason ?? '', /SIGABRT.*backend: auto.*on the CPU/);
		assert.equal(starts(), 2);
	});

	it('puts an abort in a load that a request has brought about down to that model, not to another window', async () => {
		const { client } = test;
		const left = new Promise<void>((resolve) => {
			client.onDidChangeState((state) => {
				if (state.type === 'ready' && state.residence === 'unloaded') {
					resolve();
				}
			});
		});
		await client.load(fake('abort-again', { keepAliveMinutes: 20 / 60_000 }), never);
		await left;
		assert.equal((await collect(client.fill(fillOf('say 2'), never))).text, said(2));
		const lines = test.lines.join('\n');
		assert.match(lines, /SIGABRT while it was loading fake:abort-again \(backend: cpu\)/);
		assert.doesNotMatch(lines, /another window/);
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
