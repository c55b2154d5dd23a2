/** Vectors of texts from a real model file. It was not trained for that: the mechanics count. */
import * as assert from 'node:assert/strict';
import { isAbort } from '../../src/inference/cancel';
import type { LlamaEngine } from '../../src/inference/engine/llama';
import { loadEngine, never, starter } from '../support/engines';

function cosine(one: readonly number[], other: readonly number[]): number {
	const product = one.reduce((sum, value, index) => sum + value * (other[index] ?? 0), 0);
	return product / (Math.hypot(...one) * Math.hypot(...other));
}

describe('embed', function () {
	this.timeout(60_000);
	let engine: LlamaEngine;
	before(async () => {
		({ engine } = await loadEngine(starter));
	});
	after(() => engine.dispose());

	async function vectorOf(text: string): Promise<readonly number[]> {
		const answer = await engine.embed(text, never);
		assert.ok(answer.type === 'embedding', JSON.stringify(answer));
		return answer.vector;
	}

	it('gives the same vector for the same text, and others for others', async () => {
		const code = 'export function add(one: number, other: number) {\n\treturn one + other;\n}';
		const first = await vectorOf(code);
		assert.ok(first.length > 0 && first.every(Number.isFinite));
		assert.ok(cosine(first, await vectorOf(code)) > 0.9999);
		const other = await vectorOf('The weather is fine today.');
		assert.equal(other.length, first.length);
		assert.ok(cosine(first, other) < 0.999);
	});

	it('reads the beginning of a long text', async () => {
		const long = 'let value = 1;\n'.repeat(5_000);
		assert.ok(cosine(await vectorOf(long), await vectorOf(`${long}and an end`)) > 0.9999);
	});

	it('has none for nothing, and ends when it is cancelled', async () => {
		await assert.rejects(engine.embed('x', AbortSignal.abort()), isAbort);
		const answers = await Promise.all(['a', 'b', 'c'].map((text) => engine.embed(text, never)));
		assert.deepEqual(
			answers.map(({ type }) => type),
			['embedding', 'embedding', 'embedding'],
		);
	});
});
