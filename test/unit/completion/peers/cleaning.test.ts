/** What becomes of a raw text: each test names a fault that other tools have, or had. */
import * as assert from 'node:assert/strict';
import { taken } from '../../../support/taken';

describe('peers: cleaning', () => {
	it('the mark of a comment ends no text: comments are completed, and code with marks in it', async () => {
		assert.equal(await taken('// █\nf();', 'sums the // values'), '// sums the // values\nf();');
		assert.equal(await taken('a = █', '"https://b.c"; // home'), 'a = "https://b.c"; // home');
		assert.equal(await taken('f() {█\n}', '\n\t// first\n\ta();\n}'), 'f() {\n\t// first\n\ta();\n}');
	});
	it('what follows is not written again, though it differs by a semicolon', async () =>
		assert.equal(
			await taken('f() {\n\t█\n\treturn sum;\n}', 'sum += 1;\n\treturn sum\n}'),
			'f() {\n\tsum += 1;\n\treturn sum;\n}',
		));
	it('special tokens do not get into the text', async () =>
		assert.equal(await taken('a = █', 'b;<|fim_pad|><|endoftext|>'), 'a = b;'));
	it('several lines end with their block, not at a limit of tokens or time', async () =>
		assert.equal(await taken('f() {█\n', '\n\ta();\n}\n\ng() {\n\tb();\n}\n'), 'f() {\n\ta();\n}\n'));
	it('repeats are noticed that are not exact', async () => {
		assert.equal(await taken('[\n\t█\n\tsecond,\n]', 'first,\n\tsecond\n]'), '[\n\tfirst,\n\tsecond,\n]');
		assert.equal(await taken('█', 'f(a1);\nf(a2);\nf(a3);\nf(a4);\n'), 'f(a1);');
	});
	it('brackets that are there already are not doubled', async () => {
		assert.equal(await taken('call(█)', 'f(x))'), 'call(f(x))');
		assert.equal(await taken('if (█) {', 'a && b) {'), 'if (a && b) {');
		assert.equal(await taken('call(█) + y', 'x)'), 'call(x) + y');
	});
	it('a line that differs from the one below by a number is no repeat', async () =>
		assert.equal(
			await taken(
				'\texpect(result.items[0].name).toBe("first");\n\t█\n\texpect(result.items[2].name).toBe("first");',
				'expect(result.items[1].name).toBe("first");',
			),
			[0, 1, 2].map((item) => `\texpect(result.items[${item}].name).toBe("first");`).join('\n'),
		));
	it('the line above is not written again', async () =>
		assert.equal(await taken('const a = b();\n█', 'const a = b();\n'), 'nothing: only-repeats'));
	it('two characters that end a line are worth showing', async () =>
		assert.equal(await taken('a = b ?? █', 'c;'), 'a = b ?? c;'));
	it('the rest of the line is not written again', async () =>
		assert.equal(await taken('a = █ + other;', 'b + other;'), 'a = b + other;'));
	it('a body is indented as its place is, and not as at the root', async () =>
		assert.equal(
			await taken(
				'class A {\n  f() {\n    a();\n  }\n  g() {█\n}\n',
				'\n      b();\n      if (c) {\n          d();\n      }\n  }',
			),
			'class A {\n  f() {\n    a();\n  }\n  g() {\n    b();\n    if (c) {\n      d();\n    }\n  }\n}\n',
		));
	it('a closing bracket on its own line may come again where blocks end', async () =>
		assert.equal(
			await taken('f() {\n\tif (a) {█\n\t\n}', '\n\t\tif (b) {\n\t\t\tc();\n\t\t}\n\t}'),
			'f() {\n\tif (a) {\n\t\tif (b) {\n\t\t\tc();\n\t\t}\n\t}\n\t\n}',
		));
});
