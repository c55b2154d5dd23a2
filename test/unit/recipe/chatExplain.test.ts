/** Explanations of functions and statements say what the code says, in the product's own prompts. */
import * as assert from 'node:assert/strict';
import { compiled } from '../../../models/recipe/chat/compiler';
import { docText, jsDocText, sharedWords } from '../../../models/recipe/chat/docText';
import { explainFunction } from '../../../models/recipe/chat/explainFunction';
import { explainStatements, statementsOf } from '../../../models/recipe/chat/explainStatement';
import { tellFacts } from '../../../models/recipe/chat/facts';
import { functionsOf } from '../../../models/recipe/chat/functions';
import { fromDocumentation, fromName } from '../../../models/recipe/chat/purpose';
import { isSelfContained, pythonFunctions, pythonStatements } from '../../../models/recipe/chat/python';
import { randomFrom } from '../../../src/finetune/training/random';

const inTree = <T>(text: string, use: (tree: Parameters<typeof functionsOf>[0]) => T) =>
	compiled(new Map([['a.ts', text]]), (program) => use(program.tree('a.ts')));
const factsOf = (text: string) => inTree(text, (tree) => functionsOf(tree)[0]?.facts);
const clausesOf = (text: string) =>
	inTree(text, (tree) => statementsOf(tree).map((run) => run.map(({ clause }) => clause)))[0];
const pythonClauses = (text: string) => pythonStatements(text)[0]?.map(({ clause }) => clause);

describe('recipe/chat/functions', () => {
	it('reads parameters, results, calls, loops and throws off a function, and nothing off those within it', () => {
		const facts = factsOf(
			[
				'export async function sum(values: number[], start = 0, ...rest: string[]): Promise<number> {',
				'\tlet total = start;',
				'\tfor (const value of values) {',
				'\t\ttotal += await weigh(value);',
				'\t}',
				'\tconst inner = () => { return hidden(); };',
				'\tif (total < 0) { throw new RangeError(inner()); }',
				'\treturn total;',
				'}',
			].join('\n'),
		);
		assert.deepEqual(facts?.parameters, [
			{ name: 'values', type: 'number[]', isOptional: false, isRest: false },
			{ name: 'start', type: undefined, isOptional: true, isRest: false },
			{ name: 'rest', type: 'string[]', isOptional: false, isRest: true },
		]);
		assert.equal(facts.isAsync, true);
		assert.equal(facts.returns, '`total`');
		assert.deepEqual(facts.throws, ['RangeError']);
		assert.deepEqual(facts.calls, ['weigh', 'inner']);
		assert.deepEqual(facts.loops, ['values']);
		assert.equal(facts.returnType, 'Promise<number>');
	});

	it('says that nothing is returned only where no return has a value and no type promises one', () => {
		assert.equal(factsOf('function a() { return; }')?.returns, 'nothing');
		assert.equal(factsOf('function a(): number { throw new Error(); }')?.returns, undefined);
		assert.equal(factsOf('const a = () => 1;')?.returns, 'the number `1`');
		assert.equal(factsOf('function a(b) { if (b) { return 1; } }')?.returns, undefined);
		assert.equal(factsOf('function a(b) { if (b) { return; } return 1; }')?.returns, undefined);
	});

	it('tells what it knows in sentences', () => {
		const facts = factsOf('function add(one: number, two?: string) { return one; }');
		const told = facts === undefined ? [] : tellFacts(facts, randomFrom(1));
		assert.match(told[0] ?? '', /`one` \(`number`\) and `two` \(`string`, optional\)\.$/);
		assert.equal(told[1], 'It returns `one`.');
	});
});

describe('recipe/chat/statements', () => {
	it('says what statements do, or nothing', () => {
		assert.deepEqual(
			clausesOf("import { a, b as c } from './x';\nimport d from 'y';\nimport * as e from 'z';\nimport 'w';"),
			[
				"imports `a` and `b as c` from `'./x'`",
				"imports the default export as `d` from `'y'`",
				"imports everything as `e` from `'z'`",
				"loads `'w'` only for what happens when it is loaded",
			],
		);
		assert.deepEqual(
			clausesOf(
				'const a = [1, 2];\nlet b: string;\nconst { c, d } = await load();\na.push(3);\nb += 1;\nfor (const x of a) { use(x); }',
			),
			[
				'declares the constant `a` and sets it to a list of 2 items',
				'declares the variable `b` of type `string` without a value',
				'takes `c` and `d` out of what `load()` resolves to',
				'calls `a.push` with `3`',
				'adds the number `1` to `b`',
				'goes through `a` as `x` and each time calls `use` with `x`',
			],
		);
		assert.deepEqual(
			clausesOf(
				'if (a) { b(); } else { c = 1; }\ninterface I extends J { x: number; y(): void }\ntype T = "p" | "q";',
			),
			[
				'calls `b` without arguments if `a` holds, and otherwise sets `c` to the number `1`',
				'declares the interface `I`, which extends `J`, with `x` and `y`',
				'declares the type `T`: one of `"p"` or `"q"`',
			],
		);
		const long = 'x'.repeat(70);
		assert.deepEqual(clausesOf(`${long}.y = 1;\nlabel: for (;;) {}`), [undefined, undefined]);
	});

	it('explains statements that stand together under the lines that they have in their file', () => {
		const text = 'const one = 1;\nconst two = 2;\n\n// apart\nconst three = 3;\n';
		const made = inTree(text, (tree) => {
			const file = { path: 'src/a.ts', language: 'typescript', lines: text.split('\n') } as const;
			return Array.from({ length: 20 }, (_, seed) =>
				explainStatements(file, statementsOf(tree)[0] ?? [], randomFrom(seed)),
			);
		});
		const asked = new Set(made.map((one) => one?.messages[1]?.content.split('\n\n')[1]));
		assert.ok(
			asked.has('Code (src/a.ts, lines 1 to 2):\n```typescript\nconst one = 1;\nconst two = 2;\n```'),
		);
		assert.ok(asked.has('Code (src/a.ts, lines 5 to 5):\n```typescript\nconst three = 3;\n```'));
		assert.ok([...asked].every((text) => !text?.includes('apart')));
	});
});

describe('recipe/chat/python', () => {
	const SOURCE = [
		'def area(width: int, height=1, *rest):',
		'    """Return the area of a rectangle.',
		'',
		'    :param width: in metres',
		'    """',
		'    if width < 0:  # def no(',
		"        raise ValueError('negative (')",
		'    return multiply(width,',
		'        height)',
		'',
		'',
		'class A:',
		'    async def run(self):',
		'        for one in self.all:',
		'            await one.go()',
	].join('\n');

	it('finds functions with their docstrings and facts', () => {
		const [area, run] = pythonFunctions(SOURCE);
		assert.deepEqual([area?.firstLine, area?.lastLine, area?.isInside], [0, 8, true]);
		assert.equal(area?.doc?.summary, 'Return the area of a rectangle.');
		assert.equal(area?.facts.returns, 'the result of calling `multiply`');
		assert.deepEqual(area?.facts.throws, ['ValueError']);
		assert.deepEqual(area?.facts.calls, ['ValueError', 'multiply']);
		assert.deepEqual(
			area?.facts.parameters.map(({ name, type, isOptional, isRest }) => [name, type, isOptional, isRest]),
			[
				['width', 'int', false, false],
				['height', undefined, true, false],
				['rest', undefined, false, true],
			],
		);
		assert.deepEqual([run?.facts.noun, run?.facts.isAsync, run?.facts.returns], ['method', true, 'nothing']);
		assert.deepEqual(run?.facts.loops, ['self.all']);
	});

	it('says what lines do, or nothing', () => {
		assert.deepEqual(
			pythonClauses(
				"import os, sys\nfrom a.b import c as d\nx = 1\ny += f(x, 'a=b')\nprint(x)\nif x: pass\nx == 1\na = b = 2\n@wrap\nraise KeyError(x)",
			),
			[
				'imports `os` and `sys`',
				'imports `c as d` from `a.b`',
				'sets `x` to the number `1`',
				'adds the result of calling `f` to `y`',
				'calls `print` with `x`',
				undefined,
				undefined,
				undefined,
				undefined,
				'raises `KeyError`',
			],
		);
		assert.equal(pythonStatements('x = (1')[0]?.length, 0);
	});

	it('knows which code needs nothing else', () => {
		assert.ok(isSelfContained('def f(a, b=1):\n    c = [x.y for x in a]\n    return len(c) + b'));
		assert.ok(!isSelfContained('def f(a):\n    return helper(a)'));
	});
});

describe('recipe/chat/docText', () => {
	it('takes the first sentences of a comment, and none that say nothing of the code', () => {
		const doc = docText(
			jsDocText(
				'/**\n * Returns the {@link Foo} of a file. It may be\n * empty, e.g. at first.\n *\n * More.\n * @param x what\n */',
			),
		);
		assert.deepEqual(doc, {
			summary: 'Returns the `Foo` of a file.',
			second: 'It may be empty, e.g. at first.',
			paragraph: 'Returns the `Foo` of a file. It may be empty, e.g. at first.',
		});
		const none = [
			'@param x',
			'TODO: the rest of it.',
			'Copyright 2020 of the authors.',
			'Gibt etwas zurück bitte.',
			'Short.',
			'Has `odd ticks in it.',
			'Returns <b>the</b> thing.',
			'Constructor for the class.',
		];
		for (const text of none) {
			assert.equal(docText(text), undefined, text);
		}
	});

	it('makes the summary speak of the function, and marks what only the name tells', () => {
		assert.equal(fromDocumentation('add', 'Return the sum.'), '`add` returns the sum.');
		assert.equal(fromDocumentation('add', 'Copies the list.'), '`add` copies the list.');
		assert.equal(fromDocumentation('add', 'The sum of both.'), 'The sum of both.');
		assert.equal(fromDocumentation('add', 'Read it and return it.'), 'Read it and return it.');
		assert.match(
			fromName('parseHttpHeaders', 'function', randomFrom(1)),
			/name, `parseHttpHeaders` parses “http headers”\.$/,
		);
		assert.match(fromName('foo', 'function', randomFrom(1)), /not say what it is for|not what it is for/);
		assert.ok(sharedWords('Returns the parsed headers', 'parse(header)') === 1);
		assert.ok(sharedWords('Returns the magic number', 'parse(header)') === 0);
	});

	it('repeats a comment that is shown, and one that is not only where the code tells it', () => {
		const text =
			'/** Returns the magic thing of it all. */\nexport function f(a: number) {\n\treturn a * 2;\n}\n';
		const file = { path: 'src/a.ts', language: 'typescript', lines: text.split('\n') } as const;
		const made = inTree(text, (tree) =>
			functionsOf(tree).flatMap((one) =>
				Array.from({ length: 30 }, (_, seed) =>
					explainFunction(
						file,
						{ ...one, doc: docText(jsDocText(one.comment ?? '')), isInside: false },
						randomFrom(seed),
					),
				),
			),
		);
		assert.ok(made.some((one) => one?.messages[1]?.content.includes('/** Returns')));
		for (const one of made) {
			const [asked = '', answer = ''] = one?.messages.slice(1).map(({ content }) => content) ?? [];
			assert.equal(answer.includes('magic'), asked.includes('/** Returns'), answer);
			assert.match(
				asked,
				/^Explain what this code does: .*\n\nCode \(src\/a\.ts, lines [12] to 4\):\n```typescript\n/,
			);
		}
	});
});
