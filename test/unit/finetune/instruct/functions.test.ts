/** Functions with their documentation, and tests, by the syntax trees of every language whose grammar ships. */
import * as assert from 'node:assert/strict';
import * as path from 'node:path';
import { proseOf } from '../../../../src/finetune/instruct/documentation';
import { dedented, fenced, fencesIn } from '../../../../src/finetune/instruct/fence';
import { pairsOfFunctions } from '../../../../src/finetune/instruct/fromFunctions';
import {
	isTestFile,
	pairsOfTests,
	subjectsAmong,
	subjectsOf,
} from '../../../../src/finetune/instruct/fromTests';
import { type FoundFunction, functionsIn } from '../../../../src/finetune/instruct/functions';
import { grammarOfFile } from '../../../../src/inference/syntax/languages';
import { Trees } from '../../../../src/inference/syntax/trees';
import { root } from '../../../support/root';

const trees = new Trees(path.join(root, 'node_modules/@vscode/tree-sitter-wasm/wasm'));

async function read(file: string, text: string): Promise<readonly FoundFunction[]> {
	const grammar = grammarOfFile(file);
	assert.ok(grammar !== undefined);
	return (
		(await trees.attempt(grammar, text, 10_000, (tree) => functionsIn(tree.rootNode, text, grammar))) ?? []
	);
}

const PROSE = 'Adds up all values of the list.';

/** A documented function `sumAll` of each language, with what follows the documentation as its code. */
const LANGUAGES: Readonly<Record<string, readonly [text: string, code: string]>> = {
	'a.ts': [
		`import x from 'y';\n\n/**\n * ${PROSE}\n * @param list of numbers\n */\nexport function sumAll(list: number[]): number {\n\treturn list.reduce((a, b) => a + b, 0);\n}\n`,
		'export function sumAll(list: number[]): number {\n\treturn list.reduce((a, b) => a + b, 0);\n}',
	],
	'arrow.tsx': [
		`/** ${PROSE} */\nexport const sumAll = (list: number[]) => {\n\treturn 1;\n};\n`,
		'export const sumAll = (list: number[]) => {\n\treturn 1;\n};',
	],
	'a.js': [
		`class A {\n\t// ${PROSE}\n\tasync sumAll(list) {\n\t\treturn 1;\n\t}\n}\n`,
		'async sumAll(list) {\n\treturn 1;\n}',
	],
	'a.py': [
		`class A:\n    @cached\n    def sumAll(self, values):\n        """${PROSE}\n\n        Args:\n            values: numbers\n        """\n        total = sum(values)\n        return total\n`,
		'@cached\ndef sumAll(self, values):\n    total = sum(values)\n    return total',
	],
	'A.java': [
		`class A {\n    /** ${PROSE} */\n    @Override\n    public int sumAll(int[] a) {\n        return 1;\n    }\n}\n`,
		'@Override\npublic int sumAll(int[] a) {\n    return 1;\n}',
	],
	'a.go': [
		`package a\n\n// ${PROSE}\nfunc sumAll(a []int) int {\n\treturn 1\n}\n`,
		'func sumAll(a []int) int {\n\treturn 1\n}',
	],
	'a.rs': [
		`impl A {\n    /// ${PROSE}\n    #[inline]\n    pub fn sumAll(&self) -> i32 {\n        1\n    }\n}\n`,
		'#[inline]\npub fn sumAll(&self) -> i32 {\n    1\n}',
	],
	'a.cpp': [
		`// ${PROSE}\ntemplate <class T>\nT sumAll(T* list) {\n  return 1;\n}\n`,
		'template <class T>\nT sumAll(T* list) {\n  return 1;\n}',
	],
	'a.c': [`/* ${PROSE} */\nint sumAll(int *a) {\n  return 1;\n}\n`, 'int sumAll(int *a) {\n  return 1;\n}'],
	'a.cs': [
		`class A {\n    /// <summary>${PROSE}</summary>\n    public int sumAll(int[] a) {\n        return 1;\n    }\n}\n`,
		'public int sumAll(int[] a) {\n    return 1;\n}',
	],
	'a.php': [
		`<?php\n/** ${PROSE} */\nfunction sumAll($a) {\n    return 1;\n}\n`,
		'function sumAll($a) {\n    return 1;\n}',
	],
	'a.rb': [`class A\n  # ${PROSE}\n  def sumAll(a)\n    1\n  end\nend\n`, 'def sumAll(a)\n  1\nend'],
};

describe('finetune/instruct/functions', () => {
	for (const [file, [text, code]] of Object.entries(LANGUAGES)) {
		it(`finds what is documented in ${file}`, async () => {
			const found = (await read(file, text)).find(({ name }) => name === 'sumAll');
			assert.ok(found !== undefined);
			assert.equal(found.code, code);
			assert.equal(found.documentation?.prose, PROSE);
			assert.ok(found.documentation.comment.includes(PROSE));
			assert.ok(found.signature.includes('sumAll') && !found.signature.includes('return'), found.signature);
			assert.equal(found.isTest, false);
			const [told, written] = pairsOfFunctions(`demo/src/${file}`, [found]);
			assert.match(told?.question ?? '', /^Write the documentation of `sumAll` in src\//);
			assert.ok(!(told?.question ?? '').includes(PROSE), 'the answer is not told in the question');
			assert.ok(told?.answer.includes(PROSE));
			assert.ok(written?.question.includes(PROSE));
			assert.equal(fencesIn(written?.answer ?? '')[0]?.code.trimEnd(), code);
			assert.deepEqual(told?.files, [`demo/src/${file}`]);
		});
	}

	it('explains with what a long documentation says', async () => {
		const prose =
			'Reads the header first and then only those records that the caller has asked for, so that large files stay on disk.';
		const [found] = await read('a.ts', `/** ${prose} */\nfunction readSome(a: number) {\n\treturn a;\n}\n`);
		assert.ok(found !== undefined);
		const [told] = pairsOfFunctions('demo/a.ts', [found]);
		assert.match(told?.question ?? '', /^What does `readSome` in a.ts do\?/);
		assert.equal(told?.answer, prose);
	});

	it('takes neither notes to oneself nor code that is switched off for documentation', async () => {
		for (const comment of [
			'// TODO: make this much faster',
			'// return list.map((one) => one + 1);',
			'// eslint-disable-next-line all of it',
			'// sum',
		]) {
			const [found] = await read('a.ts', `${comment}\nfunction add(a: number) {\n\treturn a;\n}\n`);
			assert.equal(found?.documentation, undefined, comment);
		}
	});

	it('leaves out functions within others, and those that are too long', async () => {
		const long = `function long() {\n${'\tcall();\n'.repeat(90)}}\n`;
		const nested = 'function outer() {\n\tfunction inner() {\n\t\treturn 1;\n\t}\n\treturn inner();\n}\n';
		assert.deepEqual(
			(await read('a.ts', long + nested)).map(({ name }) => name),
			['outer'],
		);
	});

	it('cuts lists of parameters and the marks of comments off', () => {
		assert.equal(
			proseOf('/**\n * One line.\n *\n * Another\n * paragraph.\n * @returns x\n */'),
			'One line.\n\nAnother paragraph.',
		);
		assert.equal(proseOf('/** Says it. @throws where it cannot */'), 'Says it.');
		assert.equal(proseOf("'''Says it.\n\nReturns:\n  x\n'''"), 'Says it.');
		assert.equal(proseOf('/// Rust says it.\n///\n/// # Panics\n/// Never.'), 'Rust says it.');
	});

	it('puts fences around code that has fences', () => {
		const code = 'a\n```ts\nb\n```';
		assert.equal(fencesIn(fenced('md', code))[0]?.code, `${code}\n`);
		assert.equal(dedented('\t\ta\n\n\t\t\tb\n\tc'), '\ta\n\n\t\tb\nc');
	});
});

describe('finetune/instruct/fromTests', () => {
	it('tells tests by the names of their files', () => {
		for (const name of [
			'a/b.test.ts',
			'test_b.py',
			'b_test.go',
			'BTest.java',
			'b_spec.rb',
			'b.spec.js',
			'x/BTests.cs',
		]) {
			assert.ok(isTestFile(name), name);
		}
		for (const name of ['a/latest.ts', 'b.ts', 'test/support.ts', 'contest.py', 'Test.java']) {
			assert.ok(!isTestFile(name), name);
		}
	});

	it('ties a test to what has its name, the nearest of them, and to what it imports', () => {
		const files = [
			'src/a/sum.ts',
			'lib/sum.ts',
			'src/b/text.ts',
			'src/c/index.ts',
			'src/a/sum.test.ts',
			'sum.py',
		];
		const text = "import { x } from '../b/text';\nimport y from '../c';\nimport z from 'sum';\n";
		assert.deepEqual(subjectsOf('src/a/sum.test.ts', text, subjectsAmong(files)), [
			'src/a/sum.ts',
			'src/b/text.ts',
			'src/c/index.ts',
		]);
		assert.deepEqual(
			subjectsOf(
				'tests/test_more.py',
				'from pkg.util import x\nimport os\n',
				subjectsAmong(['pkg/util.py', 'other/os.txt']),
			),
			['pkg/util.py'],
		);
		assert.deepEqual(subjectsOf('a_test.go', '', subjectsAmong(['b.go'])), []);
	});

	const TESTS: Readonly<Record<string, readonly [source: string, test: string]>> = {
		'sum.test.ts': [
			'export function sumAll(a: number[]) {\n\treturn 1;\n}\nexport function other(a: number) {\n\treturn a;\n}\n',
			"describe('sum', () => {\n\tit('adds', () => {\n\t\tassert.equal(sumAll([1]), 1);\n\t});\n\tit('waits', async () => {\n\t\tawait 1;\n\t});\n});\n",
		],
		'test_sum.py': [
			'def sumAll(a):\n    b = a\n    return b\n',
			'def test_adds():\n    assert sumAll([1]) == 1\n\n\ndef helper():\n    return 1\n',
		],
		'sum_test.go': [
			'package a\nfunc sumAll(a int) int {\n\treturn a\n}\n',
			'package a\nfunc TestSum(t *testing.T) {\n\tif sumAll(1) != 1 {\n\t\tt.Fail()\n\t}\n}\n',
		],
		'SumTest.java': [
			'class Sum {\n int sumAll(int a) {\n  return a;\n }\n}\n',
			'class SumTest {\n @Test\n void adds() {\n  assertEquals(1, sumAll(1));\n }\n}\n',
		],
		'sum_spec.rb': [
			'def sumAll(a)\n  a\nend\n',
			"describe 'sum' do\n  it 'adds' do\n    expect(sumAll(1)).to eq(1)\n  end\nend\n",
		],
	};
	for (const [file, [source, test]] of Object.entries(TESTS)) {
		it(`shows the tests of a function in ${file}`, async () => {
			const end = file.slice(file.lastIndexOf('.'));
			const functions = await read(`sum${end}`, source);
			const tests = await read(file, test);
			assert.ok(
				tests.some(({ isTest }) => isTest),
				JSON.stringify(tests),
			);
			const pairs = pairsOfTests(
				{ file: `demo/${file}`, functions: tests },
				{ file: `demo/sum${end}`, functions },
			);
			assert.equal(pairs.length, 1);
			const [pair] = pairs;
			assert.match(pair?.question ?? '', /^Write tests for `sumAll` of sum/);
			assert.match(pair?.answer ?? '', /sumAll/);
			assert.doesNotMatch(pair?.answer ?? '', /waits|helper/);
			assert.deepEqual(pair?.files, [`demo/sum${end}`, `demo/${file}`]);
		});
	}
});
