/** Tests of the search for the comment at the cursor. */

import assert from 'node:assert/strict';
import { commentAt, generatedEdits } from '../../../src/chat/comments';
import { applyLineEdits } from '../../../src/chat/patch';

/** `>` marks the cursor's line. `expected`: text, first and last line; undefined for no comment. */
function check(
	languageId: string,
	text: string,
	expected: readonly [string, number, number] | undefined,
): void {
	it(`${languageId}: ${JSON.stringify(text)}`, () => {
		const marked = text.split('\n');
		const lines = marked.map((line) => line.slice(1));
		const line = marked.findIndex((one) => one.startsWith('>'));
		const found = commentAt(lines, line, languageId);
		assert.deepEqual(found && [found.text, found.start, found.end], expected);
	});
}

describe('chat/comments', () => {
	check('typescript', ' a\n>  // add two numbers', ['add two numbers', 1, 1]);
	check('typescript', ' // one\n>// two\n // three\n code', ['one two three', 0, 2]);
	check('typescript', ' // one\n>', ['one', 0, 0]);
	check('typescript', ' /**\n> * Adds.\n  * Two lines.\n  */', ['Adds. Two lines.', 0, 3]);
	check('typescript', '>/* short */', ['short', 0, 0]);
	check('typescript', '>const a = 1; // no', undefined);
	check('typescript', ' /* a */\n>code();', undefined);
	check('typescript', '>//', undefined);
	check('python', '># read the file', ['read the file', 0, 0]);
	check('python', ' def f():\n>    """Sort the list."""', ['Sort the list.', 1, 1]);
	check('python', '     """\n>    Sort.\n     """', ['Sort.', 0, 2]);
	check('sql', '>-- all users', ['all users', 0, 0]);
	check('html', '><!-- a login form -->', ['a login form', 0, 0]);
	check('css', '>/* centre it */', ['centre it', 0, 0]);
	check('unknownlang', '>// C-like by default', ['C-like by default', 0, 0]);

	function generates(name: string, lines: readonly string[], code: string, expected: readonly string[]) {
		it(name, () => {
			const comment = commentAt(lines, lines.length - 1, 'typescript');
			assert.ok(comment);
			assert.deepEqual(applyLineEdits(lines, generatedEdits(lines, comment, code)), expected);
		});
	}
	generates('writes below the comment, as deep', ['f() {', '\t// go'], 'a {\n  b\n}', [
		'f() {',
		'\t// go',
		'\ta {',
		'\t\tb',
		'\t}',
	]);
	generates('leaves out a repeated comment', ['// go'], '// go\n\na', ['// go', 'a']);
	generates('leaves out the repeated end of a comment', ['// a', '// b'], '\n// b\nc', ['// a', '// b', 'c']);
	generates('writes nothing for a repeated comment alone', ['// go'], '// go\n', ['// go']);
});
