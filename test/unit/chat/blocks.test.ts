/** Tests of the search for the block around some lines. */

import assert from 'node:assert/strict';
import { enclosingBlock } from '../../../src/chat/blocks';

/** `>` marks the lines that are asked about; `expected` is the first and last line of the block. */
function check(name: string, text: string, expected: readonly [number, number]): void {
	it(name, () => {
		const marked = text.split('\n');
		const asked = marked.flatMap((line, index) => (line.startsWith('>') ? [index] : []));
		const lines = marked.map((line) => line.slice(1));
		const { start, end } = enclosingBlock(lines, asked[0] ?? 0, asked.at(-1) ?? 0);
		assert.deepEqual([start, end], expected);
	});
}

describe('chat/blocks', () => {
	check('a function in braces', ' a\n function f() {\n   if (x) {\n>    y;\n   }\n }\n b', [1, 5]);
	check('a function in Python', ' a = 1\n def f():\n     x = 1\n\n>    y = 2\n b = 2', [1, 4]);
	check('else belongs to its if', ' if (a) {\n>  b\n } else {\n   c\n }\n d', [0, 4]);
	check('the header line itself', ' x\n\n>def f():\n     pass\n\n y', [2, 3]);
	check('the paragraph at top level', ' a\n\n b\n>c\n d\n\n e', [2, 4]);
	check('a Ruby block with its end', ' def f\n>  a\n end\n b', [0, 2]);
	check('an empty file', '>', [0, 0]);

	it('stops at sixty lines', () => {
		const body = Array.from({ length: 200 }, (_, index) => `\t\tline(${index});`);
		const lines = ['class A {', '\tf() {', ...body, '\t}', '}'];
		const { start, end } = enclosingBlock(lines, 100, 100);
		assert.ok(start <= 100 && end >= 100 && end - start < 62, `${start} ${end}`);
	});

	it('returns a larger range as it is', () => {
		const lines = Array.from({ length: 300 }, (_, index) => `a${index}`);
		assert.deepEqual(enclosingBlock(lines, 10, 250), { start: 10, end: 250 });
	});

	it('clamps what lies outside', () => {
		assert.deepEqual(enclosingBlock(['a'], 5, 9), { start: 0, end: 0 });
	});
});
