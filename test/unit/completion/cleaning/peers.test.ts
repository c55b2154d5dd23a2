/** Bugs of the peers that cleaning must not have: each test names the peer and the bug (peers.md, section 2 and 6). */
import * as assert from 'node:assert/strict';
import { taken } from '../../../support/taken';

describe('cleaning: bugs of the peers', () => {
	it('Continue: its DeepSeek template stops at //, so no comment is completed', async () => {
		assert.equal(await taken('// █\nf();', 'sums the // values'), '// sums the // values\nf();');
		assert.equal(await taken('a = █', '"https://b.c"; // home'), 'a = "https://b.c"; // home');
		assert.equal(await taken('f() {█\n}', '\n\t// first\n\ta();\n}'), 'f() {\n\t// first\n\ta();\n}');
	});
	it('Continue #4721: repeats existing code', async () =>
		assert.equal(
			await taken('f() {\n\t█\n\treturn sum;\n}', 'sum += 1;\n\treturn sum\n}'),
			'f() {\n\tsum += 1;\n\treturn sum;\n}',
		));
	it('Continue #4542, Twinny #142: special tokens in the text', async () =>
		assert.equal(await taken('a = █', 'b;<|fim_pad|><|endoftext|>'), 'a = b;'));
	it('llama.vscode: ends several lines only by the limit of tokens or time', async () =>
		assert.equal(await taken('f() {█\n', '\n\ta();\n}\n\ng() {\n\tb();\n}\n'), 'f() {\n\ta();\n}\n'));
	it('llama.vscode: notices repeats only when they are exact', async () => {
		assert.equal(await taken('[\n\t█\n\tsecond,\n]', 'first,\n\tsecond\n]'), '[\n\tfirst,\n\tsecond,\n]');
		assert.equal(await taken('█', 'f(a1);\nf(a2);\nf(a3);\nf(a4);\n'), 'f(a1);');
	});
	it('Copilot #6415, VS Code #260917: double brackets', async () => {
		assert.equal(await taken('call(█)', 'f(x))'), 'call(f(x))');
		assert.equal(await taken('if (█) {', 'a && b) {'), 'if (a && b) {');
		assert.equal(await taken('call(█) + y', 'x)'), 'call(x) + y');
	});
	it('Tabby #3263: writes the line above again', async () =>
		assert.equal(await taken('const a = b();\n█', 'const a = b();\n'), 'nothing: only-repeats'));
	it('Tabby: drops whatever has fewer than four characters', async () =>
		assert.equal(await taken('a = b ?? █', 'c;'), 'a = b ?? c;'));
	it('Cody #264: writes what follows again', async () =>
		assert.equal(await taken('a = █ + other;', 'b + other;'), 'a = b + other;'));
	it('Cody #5581: right only at root indentation', async () =>
		assert.equal(
			await taken(
				'class A {\n  f() {\n    a();\n  }\n  g() {█\n}\n',
				'\n      b();\n      if (c) {\n          d();\n      }\n  }',
			),
			'class A {\n  f() {\n    a();\n  }\n  g() {\n    b();\n    if (c) {\n      d();\n    }\n  }\n}\n',
		));
	it('Continue: a lone bracket line may repeat, where blocks end', async () =>
		assert.equal(
			await taken('f() {\n\tif (a) {█\n\t\n}', '\n\t\tif (b) {\n\t\t\tc();\n\t\t}\n\t}'),
			'f() {\n\tif (a) {\n\t\tif (b) {\n\t\t\tc();\n\t\t}\n\t}\n\t\n}',
		));
});
