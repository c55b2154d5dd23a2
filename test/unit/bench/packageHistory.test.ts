/** Versions of a package in their order, and the tree of each in place of the one before. */
import * as assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { publishedUntil, replaceTree } from '../../bench/packageHistory';

describe('package history', () => {
	it('takes the versions by their numbers up to the newest, with dates that go on', () => {
		const times = {
			created: '2020-01-01T00:00:00.000Z',
			'1.10.0': '2020-03-01T00:00:00.000Z',
			'1.2.0': '2020-03-02T00:00:00.000000+00:00',
			'2.0.0-beta.1': '2020-03-03T00:00:00.000Z',
			'2.0.0': '2020-04-01T00:00:00.000Z',
			'2.0.1': '2020-05-01T00:00:00.000Z',
		};
		assert.deepEqual(publishedUntil(times, '2.0.0'), [
			{ version: '1.2.0', date: '2020-03-02T00:00:00.000Z' },
			{ version: '1.10.0', date: '2020-03-02T00:01:00.000Z' },
			{ version: '2.0.0', date: '2020-04-01T00:00:00.000Z' },
		]);
		assert.equal(publishedUntil(times, undefined).at(-1)?.version, '2.0.1');
		assert.deepEqual(publishedUntil('no such package', undefined), []);
	});

	it('replaces all but the repository itself, and takes sources only', () => {
		const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'familiar-tree-'));
		try {
			const [from, to] = [path.join(folder, 'from'), path.join(folder, 'to')];
			fs.mkdirSync(path.join(from, 'sub'), { recursive: true });
			fs.mkdirSync(path.join(to, '.git'), { recursive: true });
			fs.writeFileSync(path.join(to, 'old.ts'), '');
			for (const name of ['a.ts', 'sub/b.ts', 'a.d.ts', 'c.min.js', 'read.md']) {
				fs.writeFileSync(path.join(from, name), name);
			}
			replaceTree(from, to, ['.ts', '.js']);
			const names = fs
				.readdirSync(to, { recursive: true, encoding: 'utf8' })
				.map((name) => name.replaceAll('\\', '/'));
			assert.deepEqual(names.sort(), ['.git', 'a.ts', 'sub', 'sub/b.ts']);
		} finally {
			fs.rmSync(folder, { recursive: true });
		}
	});
});
