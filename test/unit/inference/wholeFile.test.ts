/** A file is there whole or not at all, and nothing is left beside it. */
import * as assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { writeWhole } from '../../../src/inference/wholeFile';

describe('whole file', () => {
	const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'familiar-test-'));
	after(() => fs.rmSync(folder, { recursive: true, force: true }));

	it('replaces the earlier one, for this user only', async () => {
		const file = path.join(folder, 'text');
		fs.writeFileSync(file, 'a longer text', { mode: 0o644 });
		await writeWhole(file, 'short');
		assert.equal(fs.readFileSync(file, 'utf8'), 'short');
		if (process.platform !== 'win32') {
			assert.equal(fs.statSync(file).mode & 0o777, 0o600);
		}
		await writeWhole(file, Uint8Array.of(1, 2));
		assert.deepEqual([...fs.readFileSync(file)], [1, 2]);
		assert.deepEqual(fs.readdirSync(folder), ['text']);
	});

	it('leaves nothing where it cannot be written', async () => {
		const place = path.join(folder, 'folder');
		fs.mkdirSync(place);
		await assert.rejects(writeWhole(place, 'text'), /EISDIR|EPERM|ENOTDIR|EEXIST/);
		assert.ok(fs.statSync(place).isDirectory());
		assert.deepEqual(
			fs.readdirSync(folder).filter((name) => name.endsWith('.tmp')),
			[],
		);
	});
});
