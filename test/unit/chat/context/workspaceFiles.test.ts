/** Tests of what hides files from lists, and of what lies in a folder. */

import assert from 'node:assert/strict';
import * as path from 'node:path';
import { hiddenGlob, isBelow } from '../../../../src/chat/context/workspaceFiles';

describe('chat/context/workspaceFiles', () => {
	it('hides what the settings hide from lists and from searches, and what was installed', () => {
		const files = { '**/.git': true, '**/*.js': { when: '$(basename).ts' }, '**/shown': false };
		const search = { '**/{dist,out}/**': true, '**/node_modules/**': true, '**/.git': true };
		assert.equal(
			hiddenGlob([files, search]).split(',').sort().join(),
			'**/dist/**,**/node_modules/**},**/out/**,{**/.git',
		);
	});

	it('takes settings for what they are: anything', () => {
		for (const setting of [undefined, null, 'x', 1, [], { 'a{b': true, 'a,b': true, 'c}': true }]) {
			assert.equal(hiddenGlob([setting]), '{**/node_modules/**}');
		}
	});

	for (const [folder, file, isInside] of [
		['/w', '/w/a.ts', true],
		['/w', '/w/..a/b.ts', true],
		['/w', '/ww/a.ts', false],
		['/w', '/a.ts', false],
		['/w', '/w', false],
		['/', '/a.ts', true],
		['/', '/w/a.ts', true],
	] as const) {
		it(`${file} ${isInside ? 'lies' : 'does not lie'} in ${folder}`, () => {
			assert.equal(isBelow(folder, file, path.posix), isInside);
		});
	}

	it('knows drives', () => {
		assert.equal(isBelow('C:\\', 'C:\\w\\a.ts', path.win32), true);
		assert.equal(isBelow('C:\\', 'D:\\w\\a.ts', path.win32), false);
		assert.equal(isBelow('C:\\w', 'c:\\W\\a.ts', path.win32), true);
	});
});
