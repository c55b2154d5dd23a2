/** Prompts that are evaluated ahead on the native path: reused by fill, aborted, and out of fill's way. */
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
	randomModelFile,
} from '../support/engines';
import { TINY_MODEL } from '../support/randomModel';

describe('prefill', function () {
	this.timeout(120_000);
	let engine: LlamaEngine;
	let chunk: number;
	const long = fillOf({ prefix: codeOf(300), maxTokens: 1 });

	before(async () => {
		const loaded = await loadEngine(randomModelFile(LONG_CONTEXT));
		engine = loaded.engine;
		chunk = loaded.model.prefillChunk;
	});
	after(() => engine.dispose());
	beforeEach(async () => {
		// Nothing of the prompt is cached.
		await answer(engine.fill(fillOf({ prefix: 'other', maxTokens: 1 }), never));
	});

	it('leaves the last token for fill, and the same answer', async () => {
		const request = fillOf({ prefix: codeOf(40), suffix: '\n}\n', maxTokens: 8 });
		const expected = await answer(engine.fill(request, never));
		await answer(engine.fill(fillOf({ prefix: 'other', maxTokens: 1 }), never));
		const prefilled = await engine.prefill(request, never);
		assert.ok(prefilled.type === 'prefilled');
		assert.equal(prefilled.promptTokens, expected.prompt.promptTokens);
		assert.ok(prefilled.reusedTokens < 4, `${prefilled.reusedTokens}`);
		const filled = await answer(engine.fill(request, never));
		assert.equal(filled.prompt.promptTokens - filled.prompt.reusedTokens, 1);
		assert.equal(filled.text, expected.text);
		const typed = await answer(engine.fill({ ...request, typed: 'c' }, never));
		// The last one is read again, with what was typed.
		assert.equal(typed.prompt.reusedTokens, prefilled.promptTokens - 1);
	});

	it('keeps what was fed when it is aborted', async () => {
		const controller = new AbortController();
		const ended = assert.rejects(engine.prefill(long, controller.signal), isAbort);
		// Steps of the background take turns: while a chat came to its answer, chunks of the prompt were fed.
		await answer(engine.chat(chatOf('Go on.', { maxTokens: 1 }), never));
		controller.abort();
		await ended;
		const { promptTokens, reusedTokens } = (await answer(engine.fill(long, never))).prompt;
		assert.ok(reusedTokens > 4 && reusedTokens < promptTokens - 1, `${reusedTokens} of ${promptTokens}`);
	});

	it('makes an interactive fill wait for one chunk at most', async () => {
		const ended = assert.rejects(engine.prefill(long, never), isAbort);
		// The first chunk has begun.
		await new Promise(setImmediate);
		// With the same prompt, fill says how much had been fed when its turn came.
		const { promptTokens, reusedTokens } = (await answer(engine.fill(long, never))).prompt;
		await ended;
		assert.ok(promptTokens > 20 * chunk);
		assert.ok(reusedTokens <= 2 * chunk, `${reusedTokens} tokens`);
	});

	it('says what it cannot do', async () => {
		const { engine: plain } = await loadEngine(
			randomModelFile({ ...TINY_MODEL, specials: ['<|endoftext|>'] }),
		);
		try {
			assert.equal((await plain.prefill(fillOf({ prefix: 'abc' }), never)).type, 'unsupported');
			const request = fillOf({ prefix: 'abc', leftToRight: true });
			assert.equal((await plain.prefill(request, never)).type, 'prefilled');
			assert.equal((await plain.prefill({ ...request, prefix: '' }, never)).type, 'unsupported');
		} finally {
			await plain.dispose();
		}
	});
});
