/** What is read of files that are not open. */
import * as assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { readDiskFile } from '../../../../src/completion/context/diskFile';

describe('context: files from disk', () => {
	let root = '';
	beforeEach(() => {
		root = fs.mkdtempSync(path.join(os.tmpdir(), 'familiar-context-'));
		fs.mkdirSync(path.join(root, 'work'));
	});
	afterEach(() => fs.rmSync(root, { recursive: true }));
	const read = (name: string) => readDiskFile(path.join(root, 'work', name), path.join(root, 'work'));

	it('reads text', async () => {
		fs.writeFileSync(path.join(root, 'work', 'a.ts'), '\uFEFFgrün\n');
		assert.equal((await read('a.ts'))?.text, 'grün\n');
	});

	it('reads nothing that is not there, no folder, nothing binary or huge', async () => {
		fs.mkdirSync(path.join(root, 'work', 'folder'));
		fs.writeFileSync(path.join(root, 'work', 'a.bin'), Buffer.from([0xff, 0xfe, 0xc3, 0x28]));
		fs.writeFileSync(path.join(root, 'work', 'huge.ts'), 'a'.repeat(400_001));
		for (const name of ['none.ts', 'folder', 'a.bin', 'huge.ts']) {
			assert.equal(await read(name), undefined, name);
		}
	});

	it('follows no link out of the folder, nor to a file with a secret name', async () => {
		fs.writeFileSync(path.join(root, 'outside.ts'), 'outside();');
		fs.writeFileSync(path.join(root, 'work', '.env'), 'A=b');
		fs.writeFileSync(path.join(root, 'work', 'a.ts'), 'a();');
		fs.symlinkSync(path.join(root, 'outside.ts'), path.join(root, 'work', 'link.ts'));
		fs.symlinkSync('.env', path.join(root, 'work', 'secret.ts'));
		fs.symlinkSync('a.ts', path.join(root, 'work', 'inside.ts'));
		assert.equal(await read('link.ts'), undefined);
		assert.equal(await read('../outside.ts'), undefined);
		assert.equal(await read('secret.ts'), undefined);
		assert.equal((await read('inside.ts'))?.text, 'a();');
	});
});
