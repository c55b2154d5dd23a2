/** Languages by name, and which lines are comment. */
import * as assert from 'node:assert/strict';
import { commentShare, languageOf } from '../../../../src/finetune/corpus/languages';

describe('corpus: languages', () => {
	it('tells the language by the end of the name', () => {
		assert.deepEqual(['src/a.tsx', 'b.PY', 'x/Makefile', 'c.h', 'photo.png', '.gitignore'].map(languageOf), [
			'TypeScript',
			'Python',
			'',
			'C',
			'.png',
			'.gitignore',
		]);
	});

	function share(path: string, text: string, expected: number) {
		it(`${path}: ${JSON.stringify(text)}`, () => {
			assert.equal(commentShare(text.split('\n'), path), expected);
		});
	}
	share('a.ts', '// one\n\nlet a;\n', 1 / 2);
	share('a.ts', '/**\n * two\n */\nlet a; // not alone\n', 3 / 4);
	share('a.ts', '/* three */ let a;\n/* four */\n', 1 / 2);
	share('a.ts', "let a = '/*';\nlet b;\n", 0);
	share('a.py', '# one\n"""two\nthree"""\nfour = 4\n', 3 / 4);
	share('a.py', 'text = """no comment\nat all"""\n', 0);
	share('a.html', '<!-- one\ntwo -->\n<p>\n', 2 / 3);
	share('a.sql', '-- one\nselect 1;\n', 1 / 2);
	share('a.unknown', '// one\n', 0);
	share('a.ts', '', 0);
});
