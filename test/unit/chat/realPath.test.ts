/** Tests of where a file really lies, with real links: a second question must not be evaded by one. */

import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { leadsOutside, realPathIn } from '../../../src/chat/realPath';
import { sensitivityOf } from '../../../src/chat/targets';

describe('chat/realPath', () => {
	let folder = '';
	const at = (file: string) => path.join(folder, file);
	before(function () {
		folder = fs.mkdtempSync(path.join(os.tmpdir(), 'familiar-real-'));
		fs.mkdirSync(at('work/.git/hooks'), { recursive: true });
		fs.mkdirSync(at('work/src'));
		fs.writeFileSync(at('work/.git/hooks/pre-commit'), '');
		fs.writeFileSync(at('work/src/a.ts'), '');
		fs.writeFileSync(at('work/..a.ts'), '');
		fs.writeFileSync(at('secret.ts'), '');
		try {
			fs.symlinkSync('../.git/hooks/pre-commit', at('work/src/config.ts'));
			fs.symlinkSync('../.git/hooks', at('work/src/folder'));
			fs.symlinkSync('../.git/hooks/post-merge', at('work/src/later.ts'));
			fs.symlinkSync('../../secret.ts', at('work/src/out.ts'));
			fs.symlinkSync('work', at('linked'));
		} catch {
			// Windows makes links for some users only.
			this.skip();
		}
	});
	after(() => fs.rmSync(folder, { recursive: true, force: true }));

	for (const [file, real] of [
		['src/a.ts', 'src/a.ts'],
		['..a.ts', '..a.ts'],
		['src/new.ts', 'src/new.ts'],
		['new/deep/new.ts', 'new/deep/new.ts'],
		['src/config.ts', '.git/hooks/pre-commit'],
		['src/folder/pre-commit', '.git/hooks/pre-commit'],
		['src/folder/new', '.git/hooks/new'],
		['src/later.ts', undefined],
		['src/out.ts', undefined],
		['../secret.ts', undefined],
	] as const) {
		it(`${file} is ${real ?? 'outside, or nobody knows'}`, async () => {
			assert.equal(await realPathIn(at('work'), at(`work/${file}`)), real);
			assert.equal(await realPathIn(at('linked'), at(`linked/${file}`)), real);
		});
	}

	it('follows links inside a folder that is a link itself, and asks by its opened name what is excluded', async () => {
		const asked: string[] = [];
		const excluded = async (file: string) => {
			asked.push(file);
			return file.includes('.git') ? 'Excluded.' : undefined;
		};
		for (const opened of ['work', 'linked']) {
			asked.length = 0;
			assert.equal(await leadsOutside(at(opened), at(`${opened}/src/a.ts`), excluded), false);
			assert.equal(await leadsOutside(at(opened), at(`${opened}/src/config.ts`), excluded), true);
			assert.equal(await leadsOutside(at(opened), at(`${opened}/src/folder`), excluded), true);
			assert.deepEqual(asked, [
				at(`${opened}/src/a.ts`),
				at(`${opened}/.git/hooks/pre-commit`),
				at(`${opened}/.git/hooks`),
			]);
			assert.equal(await leadsOutside(at(opened), at(`${opened}/src/out.ts`), excluded), true);
			assert.equal(asked.length, 3, 'what lies outside is not even asked for');
			assert.equal(await leadsOutside(at(opened), at(`${opened}/src/nothing.ts`), excluded), false);
		}
	});

	it('makes a link to what runs as sensitive as that', async () => {
		assert.equal(sensitivityOf('src/config.ts'), undefined);
		assert.equal(sensitivityOf(await realPathIn(at('work'), at('work/src/config.ts'))), 'runs-something');
	});
});
