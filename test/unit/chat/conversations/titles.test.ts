/** Tests of names: short and harmless, whatever a question or a file is called. */

import assert from 'node:assert/strict';
import { MAX_TITLE } from '../../../../src/chat/conversations/protocol';
import { fileNameOf, titleOf } from '../../../../src/chat/conversations/titles';

describe('chat/conversations/titles', () => {
	for (const [text, title] of [
		['Why?', 'Why?'],
		['\n\n  one\ttwo\r\nthree ', 'one two three'],
		['a\u202egpj.ts\u200b', 'agpj.ts'],
		['a\u0000b\u2028c', 'a b c'],
		['', ''],
	] as const) {
		it(`makes ${JSON.stringify(title)} of ${JSON.stringify(text)}`, () => assert.equal(titleOf(text), title));
	}

	it('is cut without half a character', () => {
		const title = titleOf('😀'.repeat(1_000));
		assert.ok(title.length <= MAX_TITLE);
		assert.match(title, /^(?:😀)+…$/u);
		assert.ok(titleOf('x '.repeat(1_000_000)).length <= MAX_TITLE);
	});

	for (const [title, name] of [
		['Why is a/b\\c?', 'Why is a b c'],
		['../../.ssh/config', 'ssh config'],
		['..', 'chat'],
		['C:\\Windows', 'C Windows'],
		['con', '_con'],
		['NUL.txt', '_NUL.txt'],
		['a\u0000b', 'a b'],
		['end. . ', 'end'],
		['<script>|"*"', 'script'],
		['', 'chat'],
	] as const) {
		it(`names a file ${JSON.stringify(name)} for ${JSON.stringify(title)}`, () =>
			assert.equal(fileNameOf(title, 'chat'), name));
	}
});
