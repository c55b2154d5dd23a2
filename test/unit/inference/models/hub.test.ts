/** What is asked of the hub, what of its answers is believed, and where the token goes. */
import * as assert from 'node:assert/strict';
import { english } from '../../../../src/finetune/job/english';
import { DownloadFailure } from '../../../../src/inference/models/failure';
import { fileAddress, Hub, tokenFor } from '../../../../src/inference/models/hub';
import type { Token, Web } from '../../../../src/inference/models/web';

const never = new AbortController().signal;
const HASH = 'ab'.repeat(32);

describe('inference/models/hub', () => {
	const asked: { readonly address: string; readonly token: Token | undefined }[] = [];
	beforeEach(() => {
		asked.length = 0;
	});

	/** Gives these answers in their order. */
	function hub(...answers: readonly (readonly [value: unknown, link?: string])[]): Hub {
		const left = [...answers];
		const json: Web['json'] = async (address, token) => {
			asked.push({ address: address.href, token });
			const [value, link] = left.shift() ?? [];
			return { value, headers: link === undefined ? {} : { link } };
		};
		return new Hub({ json }, english);
	}

	it('searches GGUF repositories by downloads, and takes no name that is none', async () => {
		const found = await hub([
			[
				{ id: 'a/b-GGUF', downloads: 5, gated: false, tags: ['gguf', 'license:apache-2.0'], likes: 1 },
				{ id: 'c/d', gated: 'manual' },
				{ id: '../../etc' },
				{ id: 'a/b/c' },
			],
		]).search('qwen coder & more', never);
		assert.deepEqual(found, [
			{ repository: 'a/b-GGUF', downloads: 5, licence: 'apache-2.0', isGated: false },
			{ repository: 'c/d', downloads: 0, licence: undefined, isGated: true },
		]);
		assert.deepEqual(asked, [
			{
				address:
					'https://huggingface.co/api/models?search=qwen+coder+%26+more&filter=gguf&sort=downloads&direction=-1&limit=40',
				token: undefined,
			},
		]);
	});

	it('lists files with sizes and hashes, page by page, with the token', async () => {
		const file = (path: string, lfs?: unknown) => ({ type: 'file', path, size: 7, oid: 'x', lfs });
		const listed = await hub(
			[
				[file('a.gguf', { oid: HASH, size: 700, pointerSize: 1 }), { type: 'directory', path: 'q4' }],
				'<https://huggingface.co/api/models/a/b/tree/main?cursor=2>; rel="next"',
			],
			[
				[
					file('README.md'),
					file('b.gguf', { oid: `sha256:${HASH}`, size: 8 }),
					file('c.gguf', { oid: 'no', size: 9 }),
				],
			],
		).files('a/b', 'main', 'hf_token', never);
		assert.deepEqual(listed, [
			{ path: 'a.gguf', bytes: 700, sha256: HASH },
			{ path: 'README.md', bytes: 7, sha256: undefined },
			{ path: 'b.gguf', bytes: 8, sha256: HASH },
			{ path: 'c.gguf', bytes: 9, sha256: undefined },
		]);
		const token = { host: 'huggingface.co', value: 'hf_token' };
		assert.deepEqual(asked, [
			{ address: 'https://huggingface.co/api/models/a/b/tree/main?recursive=true', token },
			{ address: 'https://huggingface.co/api/models/a/b/tree/main?cursor=2', token },
		]);
	});

	it('follows no next page to another host, and no endless ones', async () => {
		await hub([[], '<https://evil.example/api>; rel="next"']).files('a/b', 'main', undefined, never);
		assert.equal(asked.length, 1);
		asked.length = 0;
		const again = '<https://huggingface.co/api/again>; rel="next"';
		await hub(...Array.from({ length: 9 }, () => [[], again] as const)).files('a/b', 'v/1', undefined, never);
		assert.equal(asked.length, 5);
		assert.match(asked[0]?.address ?? '', /tree\/v%2F1\?/);
	});

	for (const wrong of [undefined, {}, [{ id: 5 }], [{ id: 'a/b', downloads: -1 }], 'text', [null]]) {
		it(`does not believe ${JSON.stringify(wrong)}`, async () => {
			await assert.rejects(hub([wrong]).search('x', never), (error: unknown) => {
				assert.ok(error instanceof DownloadFailure);
				assert.match(error.message, /does not understand/);
				return true;
			});
			await assert.rejects(hub([[{ type: 'file' }]]).files('a/b', 'main', undefined, never), /understand/);
		});
	}

	it('knows where files are, and whose the token is', () => {
		assert.equal(
			fileAddress('a/b', 'main', 'q 4/c#1.gguf').href,
			'https://huggingface.co/a/b/resolve/main/q%204/c%231.gguf',
		);
		assert.deepEqual(tokenFor('x'), { host: 'huggingface.co', value: 'x' });
		assert.deepEqual(tokenFor(undefined), { host: 'huggingface.co', value: undefined });
	});
});
