/** Completion beside chat on the native path: chat yields between chunks and tokens, and both end. */
import * as assert from 'node:assert/strict';
import type { LlamaEngine } from '../../src/inference/engine/llama';
import type { GenerationEvent } from '../../src/inference/model';
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

describe('priority', function () {
	this.timeout(120_000);
	let engine: LlamaEngine;

	before(async () => {
		({ engine } = await loadEngine(randomModelFile(LONG_CONTEXT)));
	});
	after(() => engine.dispose());

	it('a completion ends before the chat prompt is read', async () => {
		const order: string[] = [];
		const chat = answer(engine.chat(chatOf(codeOf(350), { maxTokens: 2 }), never)).then((result) => {
			order.push('chat');
			return result;
		});
		// The chat has begun to read its prompt.
		await new Promise(setImmediate);
		const fill = await answer(engine.fill(fillOf({ prefix: codeOf(8), maxTokens: 8 }), never));
		order.push('fill');
		const { end } = await chat;
		assert.deepEqual(order, ['fill', 'chat']);
		assert.ok(end.statistics.promptTokens > 3000);
		assert.ok(fill.end.statistics.prefillMilliseconds < end.statistics.prefillMilliseconds);
	});

	it('no token of chat comes while a completion is under way', async () => {
		const log: string[] = [];
		const watch = async (name: string, events: AsyncIterable<GenerationEvent>) => {
			for await (const event of events) {
				log.push(`${name}:${event.type}`);
			}
		};
		let chatting: () => void = () => undefined;
		const begun = new Promise<void>((resolve) => {
			chatting = resolve;
		});
		const chat = (async () => {
			for await (const event of engine.chat(chatOf('Go on.', { maxTokens: 200, temperature: 1 }), never)) {
				log.push(`chat:${event.type}`);
				chatting();
			}
		})();
		await begun;
		const before = log.length;
		await watch('fill', engine.fill(fillOf({ prefix: codeOf(20), maxTokens: 12 }), never));
		const during = log.slice(before).filter((entry) => entry.startsWith('chat'));
		// The token that was being decoded may still come, and the one before it that was on its way.
		assert.ok(during.length <= 2, during.join());
		await chat;
	});
});
