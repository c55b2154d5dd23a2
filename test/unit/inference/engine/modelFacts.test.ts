/** The name that a model is shown with, from its file but never at any length; and how its context attends. */
import * as assert from 'node:assert/strict';
import { nameOf, wantsFlashAttention } from '../../../../src/inference/engine/modelFacts';

describe('model name', () => {
	for (const [name, expected] of [
		['Qwen2.5 Coder', 'Qwen2.5 Coder'],
		['x'.repeat(200), 'x'.repeat(200)],
		['x'.repeat(32_768), 'x'.repeat(200)],
		[undefined, 'file'],
		['', 'file'],
		[7, 'file'],
	] as const) {
		it(`${String(name).slice(0, 20)} (${String(name).length} characters)`, () =>
			assert.equal(nameOf(name, '/models/file.gguf'), expected));
	}
});

describe('flash attention', () => {
	for (const [gpuLayers, heads, contextSize, expected] of [
		[0, 14, 8_192, false],
		[0, 32, 8_192, false],
		// Without it, the scores of a batch would take half a gigabyte.
		[0, 32, 32_768, true],
		[24, 14, 8_192, true],
		[1, 14, 8_192, true],
	] as const) {
		it(`${gpuLayers} layers on the GPU, ${heads} heads, ${contextSize} tokens: ${expected}`, () =>
			assert.equal(wantsFlashAttention({ gpuLayers, heads }, contextSize, 128), expected));
	}
});
