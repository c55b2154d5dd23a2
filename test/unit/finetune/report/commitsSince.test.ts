/** Commits since an adapter was trained, counted by a real Git in folders of their own. */

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { commitsSince } from '../../../../src/finetune/report/commitsSince';
import type { DataSummary } from '../../../../src/finetune/report/dataSummary';
import { data } from '../../../support/reportSample';

const never = new AbortController().signal;

describe('finetune/report/commitsSince', () => {
	let folder = '';
	let shop = '';

	function git(...words: string[]): string {
		const identity = ['-c', 'user.name=a', '-c', 'user.email=a@b'];
		return execFileSync('git', ['-C', shop, ...identity, ...words], { encoding: 'utf8' }).trim();
	}

	function commit(file: string, content: string): string {
		fs.writeFileSync(path.join(shop, file), content);
		git('add', '.');
		git('commit', '-qm', file);
		return git('rev-parse', 'HEAD');
	}

	function dataAt(commitHash: string, repository = 'shop'): DataSummary {
		return { ...data, heads: [{ repository, commit: commitHash, at: 0 }] };
	}

	before(() => {
		folder = fs.mkdtempSync(path.join(os.tmpdir(), 'familiar-since-'));
		shop = path.join(folder, 'shop');
		fs.mkdirSync(shop);
		git('init', '-q');
	});
	after(() => fs.rmSync(folder, { recursive: true }));

	const since = (summary: DataSummary, name = 'shop', signal = never) =>
		commitsSince(summary, [{ name, folder: shop }], 'git', signal);

	it('counts what is new, and touches files of a kind that was trained on', async () => {
		const head = commit('a.ts', '1');
		assert.deepEqual(await since(dataAt(head)), [{ repository: 'shop', commits: 0 }]);
		commit('a.ts', '2');
		fs.mkdirSync(path.join(shop, 'deep'));
		commit('deep/b.py', '3');
		commit('notes.md', 'no code');
		assert.deepEqual(await since(dataAt(head)), [{ repository: 'shop', commits: 2 }]);
		// Of files without an ending nothing can be said: all commits count where there are no other kinds.
		const kinds = { ...dataAt(head), languages: [{ ending: '', files: 3 }] };
		assert.deepEqual(await since(kinds), [{ repository: 'shop', commits: 3 }]);
	});

	it('counts from a commit that is not in the history any more', async () => {
		const head = git('rev-parse', 'HEAD~1');
		git('checkout', '-q', '--orphan', 'other');
		git('commit', '-qm', 'anew');
		commit('c.ts', '4');
		assert.deepEqual(await since(dataAt(head)), [{ repository: 'shop', commits: 2 }]);
	});

	it('finds the folder by its name, below it, and where there is but one', async () => {
		const head = git('rev-parse', 'HEAD');
		assert.equal((await since(dataAt(head), 'renamed')).length, 1);
		const inner = await commitsSince(
			dataAt(head, 'all/shop'),
			[
				{ name: 'all', folder },
				{ name: 'other', folder: '/nowhere' },
			],
			'git',
			never,
		);
		assert.deepEqual(inner, [{ repository: 'all/shop', commits: 0 }]);
		const two = [
			{ name: 'x', folder: shop },
			{ name: 'y', folder: shop },
		];
		assert.deepEqual(await commitsSince(dataAt(head), two, 'git', never), []);
	});

	it('says nothing of what Git does not know, and gives it nothing that is no commit', async () => {
		assert.deepEqual(await since(dataAt('f'.repeat(40))), []);
		assert.deepEqual(await since(dataAt('--output=/tmp/x')), []);
		assert.deepEqual(
			await commitsSince(dataAt('f'.repeat(40)), [{ name: 'shop', folder }], 'git', never),
			[],
		);
		const head = git('rev-parse', 'HEAD');
		assert.deepEqual(
			await commitsSince(dataAt(head), [{ name: 'shop', folder: shop }], 'no-such-git', never),
			[],
		);
	});

	it('can be cancelled', async () => {
		const over = new AbortController();
		over.abort();
		await assert.rejects(since(dataAt(git('rev-parse', 'HEAD')), 'shop', over.signal), {
			name: 'AbortError',
		});
	});
});
