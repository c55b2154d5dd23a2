/** What pasted links mean, and which are refused. */
import * as assert from 'node:assert/strict';
import { parseLink } from '../../../../src/inference/models/links';

const repository = (path?: string, quantisation?: string, revision = 'main') => ({
	type: 'repository',
	repository: 'owner/name-GGUF',
	revision,
	path,
	quantisation,
});

describe('inference/models/links', () => {
	for (const [link, meaning] of [
		['hf:owner/name-GGUF', repository()],
		[' owner/name-GGUF ', repository()],
		['hf:owner/name-GGUF:q4_k_m', repository(undefined, 'Q4_K_M')],
		['hf:owner/name-GGUF/a.gguf', repository('a.gguf')],
		['hf://owner/name-GGUF/folder/a-00001-of-00002.gguf', repository('folder/a-00001-of-00002.gguf')],
		['hf.co/owner/name-GGUF', repository()],
		['https://huggingface.co/owner/name-GGUF', repository()],
		['https://huggingface.co/owner/name-GGUF/tree/v2', repository(undefined, undefined, 'v2')],
		['https://huggingface.co/owner/name-GGUF/blob/main/q4/a.gguf', repository('q4/a.gguf')],
		['https://hf.co/owner/name-GGUF/resolve/main/a.gguf?download=true', repository('a.gguf')],
	] as const) {
		it(`knows ${link}`, () => assert.deepEqual(parseLink(link), meaning));
	}

	it('takes an https link to a model file of any server', () => {
		const link = parseLink('https://models.example/some/My%2Emodel.gguf?key=1');
		assert.ok(link?.type === 'file');
		assert.equal(link.name, 'My.model.gguf');
		assert.equal(link.address.host, 'models.example');
	});

	for (const link of [
		'',
		'model',
		'http://huggingface.co/owner/name',
		'http://models.example/a.gguf',
		'ftp://models.example/a.gguf',
		'https://models.example/a.zip',
		'https://user:secret@models.example/a.gguf',
		'https://models.example/..%2F..%2Fa.gguf/',
		'https://models.example/%E0%A4%A.gguf',
		'https://huggingface.co/owner',
		'https://huggingface.co/owner/name/blob/main/README.md',
		'hf:owner/..',
		'hf:../name',
		'hf:owner/name/..%2fa.gguf',
		'hf:owner/name/con.gguf',
		'hf:owner/name/a/../../.gguf',
	]) {
		it(`refuses ${JSON.stringify(link)}`, () => assert.equal(parseLink(link), undefined));
	}
});
