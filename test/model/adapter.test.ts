/** LoRA adapters on the native path: they change the answer, swap under load, and bad ones are refused. */
import * as assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import type { LlamaEngine } from '../../src/inference/engine/llama';
import {
	answer,
	chatOf,
	codeOf,
	fillOf,
	loadEngine,
	never,
	randomModelFile,
	temporaryFolder,
} from '../support/engines';
import { TINY_MODEL, writeRandomAdapter } from '../support/randomModel';

describe('adapter', function () {
	this.timeout(60_000);
	let engine: LlamaEngine;
	const folder = temporaryFolder();
	const file = path.join(folder, 'adapter.gguf');
	const request = fillOf({ prefix: codeOf(5), maxTokens: 12 });
	const said = async () => (await answer(engine.fill(request, never))).text;

	before(async () => {
		writeRandomAdapter(file, { ...TINY_MODEL, rank: 4, alpha: 8 });
		({ engine } = await loadEngine(randomModelFile(TINY_MODEL)));
	});
	after(() => engine.dispose());

	it('changes the answer, and its absence changes it back', async () => {
		const base = await said();
		assert.deepEqual(await engine.useAdapter({ path: file, scale: 1 }, never), {
			type: 'adapter',
			adapter: { path: file, scale: 1 },
		});
		assert.notEqual(await said(), base);
		await engine.useAdapter({ path: file, scale: 0 }, never);
		assert.equal(await said(), base);
		await engine.useAdapter(undefined, never);
		assert.equal(await said(), base);
	});

	it('lets what runs end with the old one', async () => {
		const base = await answer(engine.chat(chatOf('Go on.', { maxTokens: 40 }), never));
		const running = answer(engine.chat(chatOf('Go on.', { maxTokens: 40 }), never));
		await engine.useAdapter({ path: file, scale: 1 }, never);
		assert.equal((await running).text, base.text);
		assert.notEqual((await answer(engine.chat(chatOf('Go on.', { maxTokens: 40 }), never))).text, base.text);
		await engine.useAdapter(undefined, never);
	});

	it('swaps again and again under load', async () => {
		const fills: Promise<unknown>[] = [];
		for (let swap = 0; swap < 6; swap++) {
			fills.push(said());
			await engine.useAdapter(swap % 2 === 0 ? { path: file, scale: 1 } : undefined, never);
		}
		await Promise.all(fills);
	});

	it('keeps the model as it is when an adapter does not fit', async () => {
		const base = await said();
		const garbage = path.join(folder, 'garbage.gguf');
		fs.writeFileSync(garbage, 'nothing');
		const other = path.join(folder, 'other.gguf');
		writeRandomAdapter(other, { ...TINY_MODEL, width: 128, rank: 4, alpha: 8 });
		for (const bad of [garbage, other, path.join(folder, 'missing.gguf')]) {
			const result = await engine.useAdapter({ path: bad, scale: 1 }, never);
			assert.ok(result.type === 'unsupported' && result.reason.includes(path.basename(bad)));
			assert.equal(await said(), base);
		}
	});
});
