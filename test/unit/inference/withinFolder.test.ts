/** What lies in a folder, and what does not. */
import * as assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { readDiskFile } from '../../../src/completion/context/diskFile';
import { readPlainFile } from '../../../src/inference/plainFile';
import { withinFolder } from '../../../src/inference/withinFolder';

const folder = path.resolve('/work');
const at = (...names: readonly string[]) => path.join(folder, ...names);

describe('withinFolder', () => {
	it('is the path from the folder to what lies in it', () => {
		assert.equal(withinFolder(folder, at('a', 'b.ts')), path.join('a', 'b.ts'));
		assert.equal(withinFolder(folder, folder), '');
	});

	it('is nothing for what lies elsewhere', () => {
		assert.equal(withinFolder(folder, path.resolve('/')), undefined);
		assert.equal(withinFolder(folder, path.resolve('/workshop/a.ts')), undefined);
		assert.equal(withinFolder(folder, at('..', 'a.ts')), undefined);
	});

	it('lets a name begin with two dots', async () => {
		assert.equal(withinFolder(folder, at('..a.ts')), '..a.ts');
		assert.equal(withinFolder(folder, at('...', 'a.ts')), path.join('...', 'a.ts'));
		const real = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'familiar-within-')));
		try {
			const file = path.join(real, '..a.ts');
			fs.writeFileSync(file, 'a();\n');
			assert.equal((await readPlainFile(file, real, () => undefined)).type, 'read');
			assert.equal((await readDiskFile(file, real))?.text, 'a();\n');
		} finally {
			fs.rmSync(real, { recursive: true });
		}
	});
});
