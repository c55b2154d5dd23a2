/** Tests of what is said of an imported adapter that was trained on another base. */

import assert from 'node:assert/strict';
import { importNotes } from '../../../../src/finetune/training/importNotes';

const loaded = { base: 'f1', baseName: 'Qwen2.5 Coder 0.5B' };

describe('finetune/training/importNotes', () => {
	it('has nothing to say where the weights, or else the names, are the same', () => {
		for (const trained of [
			loaded,
			{ base: 'f1', baseName: 'renamed' },
			{ base: undefined, baseName: undefined },
			{ base: undefined, baseName: 'Qwen/Qwen2.5-Coder-0.5B' },
			{ base: undefined, baseName: 'C:\\models\\qwen2.5-coder-0.5b\\' },
		]) {
			assert.deepEqual(importNotes(trained, loaded), [], JSON.stringify(trained));
		}
	});

	it('names both bases where they differ', () => {
		const note =
			'It was trained on Qwen/Qwen2.5-Coder-0.5B-Instruct, other weights than Qwen2.5 Coder 0.5B: it may help less.';
		const baseName = 'Qwen/Qwen2.5-Coder-0.5B-Instruct';
		assert.deepEqual(importNotes({ base: undefined, baseName }, loaded), [note]);
		assert.deepEqual(importNotes({ base: 'f2', baseName }, loaded), [note]);
		assert.match(
			importNotes({ base: 'f2', baseName: undefined }, loaded)[0] ?? '',
			/on another model, other/,
		);
	});
});
