/** Where a finished text ends so that the document is no worse than before; and trees that are made from trees. */
import * as assert from 'node:assert/strict';
import * as path from 'node:path';
import { balancedEnd, faults } from '../../../../src/completion/syntax/balance';
import { windowAt } from '../../../../src/completion/syntax/window';
import { grammarOf } from '../../../../src/inference/syntax/languages';
import { editBetween, Trees } from '../../../../src/inference/syntax/trees';
import { cursorIn } from '../../../support/marked';
import { root } from '../../../support/root';

const folder = path.join(root, 'node_modules/@vscode/tree-sitter-wasm/wasm');
const trees = new Trees(folder);

async function kept(source: string, text: string, languageId = 'typescript'): Promise<string> {
	const grammar = grammarOf(languageId);
	assert.ok(grammar);
	const window = windowAt(cursorIn(source, { languageId }), grammar);
	return text.slice(0, await balancedEnd(trees, window, text, 10_000));
}

describe('syntax: the end of a text', function () {
	this.timeout(20_000);
	const cases: readonly [name: string, source: string, text: string, expected: string, language?: string][] =
		[
			['leaves what is right', 'const a = █\nf();', 'b(1);', 'b(1);'],
			['cuts a bracket too many', 'f(█);', 'a)', 'a'],
			['cuts a brace too many', 'function f() {\n\t█\n}\n', 'a();\n}', 'a();'],
			['leaves a brace that is missing', 'function f() {\n\t█', 'a();\n}', 'a();\n}'],
			['leaves what only opens', 'if (a)█\n', ' {', ' {'],
			['cuts a block that was left half', 'function f() {\n\t█\n}\n', 'a();\n\tif (b) {', 'a();'],
			['Python: cuts a bracket too many', 'f(█)\n', 'a)', 'a', 'python'],
			['Python: leaves a body', 'def f():\n    █\n', 'a()\n    return b', 'a()\n    return b', 'python'],
			['Go: cuts a brace too many', 'package a\n\nfunc f() {\n\t█\n}\n', 'g()\n}', 'g()', 'go'],
			[
				'Java: cuts a brace too many',
				'class A {\n  void f() {\n    █\n  }\n}\n',
				'g();\n  }',
				'g();',
				'java',
			],
		];
	for (const [name, source, text, expected, languageId] of cases) {
		it(name, async () => assert.equal(await kept(source, text, languageId), expected));
	}
	it('says nothing when the time is over', async () => {
		const window = windowAt(cursorIn('f(█);'.padEnd(9, '\n')), 'typescript');
		assert.equal(await balancedEnd(trees, window, 'a)', -1), undefined);
	});
});

describe('syntax: trees', function () {
	this.timeout(20_000);
	it('a tree made from the one before is the tree of the text', async () => {
		const source = 'class A {\n\tf() {\n\t\treturn "ä😀";\n\t}\n}\n';
		const after = source.replace('return', 'const b = 1;\n\t\treturn');
		await trees.parse('typescript', source, 10_000);
		const again = (await trees.parse('typescript', after, 10_000))?.rootNode.toString();
		const anew = (await new Trees(folder).parse('typescript', after, 10_000))?.rootNode.toString();
		assert.ok(again);
		assert.equal(again, anew);
	});
	it('a parse that takes too long is given up, and the next one begins anew', async () => {
		const long = 'f(a, b);\n'.repeat(20_000);
		const slow = new Trees(folder);
		assert.equal(await slow.parse('typescript', long, 0), undefined);
		const tree = await slow.parse('typescript', 'f();', 10_000);
		assert.equal(tree?.rootNode.text, 'f();');
		assert.equal(tree === undefined ? undefined : faults(tree), 0);
	});
	it('a text that is only tried leaves the tree as it was', async () => {
		const tree = await trees.parse('typescript', 'f();', 10_000);
		assert.equal(await trees.attempt('typescript', 'f();}', 10_000, faults), 1);
		assert.equal(tree?.rootNode.text, 'f();');
	});
	it('finds the place in which two texts differ', () => {
		assert.deepEqual(editBetween('a\nbc\nd', 'a\nbxc\nd'), {
			startIndex: 3,
			oldEndIndex: 3,
			newEndIndex: 4,
			startPosition: { row: 1, column: 1 },
			oldEndPosition: { row: 1, column: 1 },
			newEndPosition: { row: 1, column: 2 },
		});
		const same = editBetween('aa', 'aaa');
		assert.deepEqual([same.startIndex, same.oldEndIndex, same.newEndIndex], [2, 2, 3]);
	});
	it('says which grammar could not be read', async () => {
		await assert.rejects(new Trees('/nowhere').parse('go', 'a', 100), /nowhere|tree-sitter/);
	});
});

describe('syntax: the window', () => {
	const long = (line: string, count: number) => `${line}\n`.repeat(count);
	it('is the whole of a short document', () => {
		const window = windowAt(cursorIn('a();\n█b();'), 'typescript');
		assert.deepEqual(window, { grammar: 'typescript', text: 'a();\nb();', offset: 5, isStart: true });
	});
	it('begins with something whole', () => {
		const source = `${long('\ta();', 2_000)}function f() {\n${long('\tb();', 1_000)}\t█`;
		const window = windowAt(cursorIn(source), 'typescript');
		assert.ok(window.text.startsWith('function f() {'));
		assert.ok(!window.isStart);
	});
	it('stays where it is while somebody types', () => {
		const source = long('\ta();', 5_000);
		const [one, other] = ['', 'b'].map((typed) => windowAt(cursorIn(`${source}${typed}█`), 'typescript'));
		assert.equal(`${one?.text}b`, other?.text);
	});
	it('does not begin inside of a comment or a docstring', () => {
		const comment = `/*\n${long('word', 2_600)}*/\nf();\n${long('a();', 1_500)}█`;
		assert.ok(windowAt(cursorIn(comment), 'typescript').text.startsWith('f();'));
		const docstring = `"""\n${long('word', 2_600)}"""\nf()\n${long('a()', 1_900)}█`;
		assert.ok(windowAt(cursorIn(docstring), 'python').text.startsWith('f()'));
	});
	it('gives PHP its tag', () => {
		const window = windowAt(cursorIn(`<?php\n${long('\ta();', 5_000)}█`), 'php');
		assert.ok(window.text.startsWith('<?php\n'));
		assert.equal(window.offset, window.text.length);
	});
	it('ends with something whole', () => {
		const source = `█\n}\n${long('\ta();', 400)}}\n${long('\tb();', 2_000)}`;
		assert.ok(windowAt(cursorIn(source), 'typescript').text.endsWith('a();\n}'));
	});
});
