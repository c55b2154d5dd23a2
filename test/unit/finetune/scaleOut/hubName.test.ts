/** Proposals for the model of Hugging Face that a GGUF was made of. */
import * as assert from 'node:assert/strict';
import { isHub, proposedHub } from '../../../../src/finetune/scaleOut/hubName';
import type { GgufValue } from '../../../../src/inference/gguf/gguf';

function proposal(metadata: Readonly<Record<string, string>>): string | undefined {
	const entries = Object.entries(metadata).map(
		([key, value]) => [`general.${key}`, { type: 'string', value }] as const,
	);
	return proposedHub(new Map<string, GgufValue>(entries));
}

describe('model that another trainer loads', () => {
	it('is the source, where the file names it', () => {
		assert.equal(
			proposal({
				'source.repo_url': 'https://huggingface.co/Qwen/Qwen2.5-Coder-0.5B',
				'base_model.0.repo_url': 'https://huggingface.co/Qwen/Qwen2.5-0.5B',
			}),
			'Qwen/Qwen2.5-Coder-0.5B',
		);
		assert.equal(proposal({ 'source.huggingface.repository': 'a/b' }), 'a/b');
	});

	it('is the base of a file that only requantises it', () => {
		const base = { 'base_model.0.repo_url': 'https://huggingface.co/Qwen/Qwen2.5-Coder-0.5B' };
		assert.equal(proposal(base), 'Qwen/Qwen2.5-Coder-0.5B');
		assert.equal(proposal({ ...base, name: 'Qwen2.5 Coder 0.5B' }), 'Qwen/Qwen2.5-Coder-0.5B');
	});

	it('is not the parent of a tuned model, but that model itself', () => {
		assert.equal(
			proposal({
				name: 'Qwen2.5 Coder 0.5B Instruct',
				finetune: 'Instruct',
				'base_model.0.organization': 'Qwen',
				'base_model.0.name': 'Qwen2.5 Coder 0.5B',
			}),
			'Qwen/Qwen2.5-Coder-0.5B-Instruct',
		);
	});

	it('is made of owner and name, or unknown', () => {
		assert.equal(proposal({ organization: 'Ibm Granite', name: 'Granite 3B' }), 'Ibm-Granite/Granite-3B');
		assert.equal(proposal({ name: 'mine' }), undefined);
		assert.equal(proposal({ 'base_model.0.repo_url': 'https://example.com/a/b' }), undefined);
	});

	it('is a repository or a folder, and nothing that could be more', () => {
		for (const good of ['Qwen/Qwen2.5-Coder-0.5B', '/models/my base', './base']) {
			assert.ok(isHub(good), good);
		}
		for (const bad of ['', 'name', 'a/b/c', 'a/b\nc', 'a/"b"', '/a$(b)', 'https://huggingface.co/a/b']) {
			assert.ok(!isHub(bad), bad);
		}
	});
});
