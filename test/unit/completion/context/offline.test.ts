/** Context for a place in a folder of files without an editor; and what is read of files that are not open. */
import * as assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { readDiskFile } from '../../../../src/completion/context/diskFile';
import { contextOffline, offlineFullPath, offlineUri } from '../../../../src/completion/context/offline';
import { cursorIn } from '../../../support/marked';

describe('context: offline', () => {
	it('chooses as the editor would, the same each time', async () => {
		const source = "import { total } from './cart';\nexport function pay(items) {\n	return total(█\n}";
		const own = 'src/pay.ts';
		const place = {
			files: [
				{ path: own, text: source.replace('█', '') },
				{ path: 'src/cart.ts', text: 'export function total(items: Item[]): number {\n	return 0;\n}' },
				{ path: 'lib/far.ts', text: 'one(first);\ntwo(second);\nthree(third);' },
			],
			opened: [],
			viewed: [{ path: 'lib/far.ts', line: 1 }],
			cursor: cursorIn(source, { path: own, uri: offlineUri(own), fullPath: offlineFullPath(own) }),
			sources: ['imports', 'recent'] as const,
			maxCharacters: 4_096,
		};
		const signal = new AbortController().signal;
		const chosen = await contextOffline(place, signal);
		assert.deepEqual(chosen.files, [
			{ path: 'src/cart.ts', text: 'export function total(items: Item[]): number' },
			{ path: 'lib/far.ts', text: 'one(first);\ntwo(second);\nthree(third);' },
		]);
		assert.deepEqual(await contextOffline(place, signal), chosen);
		assert.deepEqual((await contextOffline({ ...place, sources: [] }, signal)).files, []);
	});
});

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
