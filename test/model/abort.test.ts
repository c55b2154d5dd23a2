/** Aborts on the native path: at once at any stage, nothing lost, nothing left running. */
import * as assert from 'node:assert/strict';
import { isAbort } from '../../src/inference/cancel';
import type { LlamaEngine } from '../../src/inference/engine/llama';
import {
	answer,
	chatOf,
	codeOf,
	fillOf,
	LONG_CONTEXT,
	loadEngine,
	never,
	onCpu,
	randomModelFile,
	starter,
} from '../support/engines';

describe('abort', function () {
	this.timeout(120_000);
	let engine: LlamaEngine;
	const prefix = codeOf(450);

	before(async () => {
		({ engine } = await loadEngine(randomModelFile(LONG_CONTEXT)));
	});
	after(() => engine.dispose());

	it('lands in the middle of a long prefill, whose evaluated part is reused', async () => {
		const controller = new AbortController();
		const request = fillOf({ prefix, maxTokens: 1 });
		let aborted = 0;
		const timer = setTimeout(() => {
			aborted = performance.now();
			controller.abort();
		}, 100);
		await assert.rejects(answer(engine.fill(request, controller.signal)), isAbort);
		const late = performance.now() - aborted;
		clearTimeout(timer);
		const start = performance.now();
		const { end } = await answer(engine.fill(request, never));
		const whole = performance.now() - start;
		const { promptTokens, reusedTokens } = end.statistics;
		assert.ok(promptTokens > 4000, `${promptTokens}`);
		assert.ok(reusedTokens > 0 && reusedTokens < promptTokens - 1, `${reusedTokens}`);
		assert.ok(late < whole / 3, `${late} ms late, the rest took ${whole} ms`);
	});

	it('gives the same answer after an abort as without one', async () => {
		const request = fillOf({ prefix: codeOf(60), maxTokens: 12 });
		const expected = await answer(engine.fill(request, never));
		await answer(engine.fill(fillOf({ prefix: 'other', maxTokens: 1 }), never));
		for (let token = 0; token < 3; token++) {
			const controller = new AbortController();
			await assert.rejects(async () => {
				for await (const event of engine.fill(request, controller.signal)) {
					assert.ok(event.type === 'prefilled' || event.type === 'text');
					if (event.type === 'text') {
						controller.abort();
					}
				}
			}, isAbort);
		}
		assert.equal((await answer(engine.fill(request, never))).text, expected.text);
	});

	it('does nothing for a signal that has fired, or fires while waiting for the sequence', async () => {
		const running = answer(engine.fill(fillOf({ prefix: codeOf(100), maxTokens: 4 }), never));
		await assert.rejects(answer(engine.fill(fillOf({ prefix }), AbortSignal.abort())), isAbort);
		const controller = new AbortController();
		const waiting = answer(engine.fill(fillOf({ prefix }), controller.signal));
		setImmediate(() => controller.abort());
		await assert.rejects(waiting, isAbort);
		await running;
	});

	it('ends what runs when the engine is disposed, and settles everything', async () => {
		const { engine: other } = await loadEngine(starter);
		const endless = answer(other.chat(chatOf('Go on.', { maxTokens: 8192, temperature: 1 }), never));
		const fill = answer(other.fill(fillOf({ prefix: codeOf(50), maxTokens: 512 }), never));
		const settled = Promise.allSettled([endless, fill]);
		await other.dispose();
		await other.dispose();
		for (const result of await settled) {
			assert.ok(result.status === 'rejected' && isAbort(result.reason));
		}
		await assert.rejects(answer(other.fill(fillOf({ prefix: 'x' }), never)), /No model is loaded/);
	});

	it('disposes although a consumer neither reads on nor leaves', async () => {
		const { engine: other } = await loadEngine(starter);
		const abandoned = other.fill(fillOf({ prefix: codeOf(20), maxTokens: 512 }), never);
		assert.equal((await abandoned.next()).value?.type, 'prefilled');
		assert.equal((await abandoned.next()).value?.type, 'text');
		await other.dispose();
	});

	it('ends loading when it is disposed, and frees what was loaded', async () => {
		const { LlamaEngine: Engine } = await import('../../src/inference/engine/llama');
		const fresh = new Engine(() => undefined);
		const options = onCpu(starter);
		let isDisposed = false;
		let disposed = Promise.resolve();
		const onProgress = () => {
			// The native code is in the middle of it.
			disposed = fresh.dispose().then(() => {
				isDisposed = true;
			});
		};
		const loading = fresh.load(options, onProgress, never);
		await assert.rejects(fresh.load(options, onProgress, never), /loaded its model already/);
		await assert.rejects(loading, isAbort);
		await disposed;
		assert.equal(isDisposed, true);
		await assert.rejects(answer(fresh.fill(fillOf({ prefix: 'x' }), never)), /No model is loaded/);
	});

	it('stops loading', async () => {
		const controller = new AbortController();
		controller.abort();
		const { LlamaEngine: Engine } = await import('../../src/inference/engine/llama');
		const fresh = new Engine(() => undefined);
		const options = onCpu(starter);
		await assert.rejects(
			fresh.load(options, () => undefined, controller.signal),
			isAbort,
		);
		await fresh.dispose();
	});
});
