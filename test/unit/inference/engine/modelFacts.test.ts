/** The name that a model is shown with: from its file, but never at any length. */
import * as assert from 'node:assert/strict';
import { nameOf } from '../../../../src/inference/engine/modelFacts';

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
