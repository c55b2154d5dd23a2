/** Tests of the folder on disk: lines are added, never replaced, and only to what is there. */

import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { DiskFolder, MAX_BYTES } from '../../../../src/chat/conversations/folder';

describe('chat/conversations/folder', () => {
	let root: string;
	let place: string;
	let folder: DiskFolder;
	beforeEach(() => {
		root = fs.mkdtempSync(path.join(os.tmpdir(), 'familiar-chat-'));
		place = path.join(root, 'inner', 'kept');
		folder = new DiskFolder(place);
	});
	afterEach(() => fs.rmSync(root, { recursive: true, force: true }));

	it('makes nothing before something is said', async () => {
		assert.deepEqual(await folder.list(), []);
		assert.equal(await folder.read('a'), undefined);
		assert.equal(await folder.append('a', 'x', true), false);
		assert.ok(!fs.existsSync(place));
	});

	it('adds, for this user only', async () => {
		await folder.create('a', 'one\n', true);
		assert.equal(await folder.append('a', 'two\n', true), true);
		assert.equal(await folder.read('a'), 'one\ntwo\n');
		if (process.platform !== 'win32') {
			assert.equal(fs.statSync(path.join(place, 'a.jsonl')).mode & 0o777, 0o600);
		}
	});

	it('does not bring back what another window has deleted', async () => {
		await folder.create('a', 'one\n', false);
		await new DiskFolder(place).remove('a');
		assert.equal(await folder.append('a', 'two\n', false), false);
		assert.deepEqual(fs.readdirSync(place), []);
	});

	it('keeps every line of two writers', async () => {
		const other = new DiskFolder(place);
		await folder.create('a', '', false);
		const line = (name: string, index: number) => `${name}${index} ${'x'.repeat(5_000)}\n`;
		await Promise.all(
			Array.from({ length: 40 }, async (_, index) => {
				await folder.append('a', line('mine', index), false);
				await other.append('a', line('theirs', index), false);
			}),
		);
		const lines = ((await folder.read('a')) ?? '').trimEnd().split('\n');
		assert.equal(lines.length, 80);
		assert.ok(lines.every((one) => /^(mine|theirs)\d+ x{5000}$/.test(one)));
	});

	it('lists the latest first, and nothing that is not a conversation', async () => {
		await folder.create('old', 'x', false);
		await folder.create('new', 'x', false);
		fs.utimesSync(path.join(place, 'old.jsonl'), 1, 1);
		fs.writeFileSync(path.join(place, 'notes.txt'), 'x');
		fs.writeFileSync(path.join(place, 'a b.jsonl'), 'x');
		fs.mkdirSync(path.join(place, 'folder.jsonl'));
		assert.deepEqual(
			(await folder.list()).map(({ id }) => id),
			['new', 'old'],
		);
	});

	it('follows no link', async function () {
		if (process.platform === 'win32') {
			this.skip();
		}
		await folder.create('a', 'x', false);
		const secret = path.join(root, 'secret');
		fs.writeFileSync(secret, 'secret');
		fs.symlinkSync(secret, path.join(place, 'link.jsonl'));
		assert.equal(await folder.read('link'), undefined);
		await assert.rejects(folder.append('link', 'x', false));
		assert.equal(fs.readFileSync(secret, 'utf8'), 'secret');
	});

	it('does not read what is too large', async () => {
		await folder.create('a', 'x', false);
		fs.truncateSync(path.join(place, 'a.jsonl'), MAX_BYTES + 1);
		assert.equal(await folder.read('a'), undefined);
		assert.equal((await folder.list()).length, 1);
	});
});
