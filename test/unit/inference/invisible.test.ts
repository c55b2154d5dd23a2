/** Tests of the search for characters that a reader cannot see. */

import assert from 'node:assert/strict';
import { hasInvisible, showInvisible, stripInvisible } from '../../../src/inference/invisible';

function check(text: string, shown: string, stripped: string): void {
	it(JSON.stringify(shown), () => {
		assert.equal(showInvisible(text), shown);
		assert.equal(stripInvisible(text), stripped);
		assert.equal(hasInvisible(text), shown !== text);
	});
}

function visible(text: string): void {
	check(text, text, text);
}

describe('inference/invisible', () => {
	check('a\u202eb\u2066c', 'a[U+202E]b[U+2066]c', 'abc');
	check('a\u200bb\u200dc\ufeff', 'a[U+200B]b[U+200D]c[U+FEFF]', 'abc');
	check('hi\u{e0041}\u{e0042}', 'hi[U+E0041][U+E0042]', 'hi');
	check('x\u{e0101}', 'x[U+E0101]', 'x');
	check('a\ufe0f', 'a[U+FE0F]', 'a');
	check('so\u00adft', 'so[U+00AD]ft', 'soft');
	check('\u{1f3f4}\u{e0068}\u{e0069}\u{e007f}', '\u{1f3f4}[U+E0068][U+E0069][U+E007F]', '\u{1f3f4}');
	visible('plain\ttext\r\n');
	visible('é e\u0301 שלום مرحبا 日本');
	visible('👨\u200d👩\u200d👧 ❤\ufe0f 1\ufe0f\u20e3 👩🏽\u200d💻');
	visible('\u{1f3f4}\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}');
	visible('می\u200cخواهم क्\u200dष');
});
