/** Bad outputs of small models, written by hand after what they do, and the line or block that may be shown. */

export interface Golden {
	readonly name: string;
	/** `█` is the cursor. */
	readonly source: string;
	/** What the model wrote. */
	readonly raw: string;
	/** The document afterwards, or `nothing: REASON`. */
	readonly expected: string;
	/** Default: typescript. */
	readonly languageId?: string;
	/** The token limit ended it. Default: false. */
	readonly isCut?: boolean;
}

export const GOLDENS: readonly Golden[] = [
	{
		name: 'loops over an argument',
		source: 'const total = sum(█)',
		raw: 'a, b, a, b, a, b, a, b, a, b, a, b, a, b, a, b',
		expected: 'nothing: goes-in-circles',
	},
	{
		name: 'loops over a return',
		source: 'function f() {█\n}',
		raw: '\n\treturn result;\n\treturn result;\n\treturn result;\n',
		expected: 'function f() {\n\treturn result;\n}',
	},
	{
		name: 'loops over two lines',
		source: 'async function load() {█\n}',
		raw: '\n\tawait open(path);\n\tawait read(path);\n\tawait open(path);\n\tawait read(path);\n\tawait open(path);\n',
		expected: 'async function load() {\n\tawait open(path);\n\tawait read(path);\n}',
	},
	{
		name: 'loops over an import',
		source: '█\n',
		raw: 'import { a } from "./lib";\nimport { a } from "./lib";\nimport { a } from "./lib";\n',
		expected: 'import { a } from "./lib";\n',
	},
	{
		name: 'counts imports',
		source: '█\n',
		raw: 'import { part1 } from "./part1";\nimport { part2 } from "./part2";\nimport { part3 } from "./part3";\nimport { part4 } from "./part4";\n',
		expected: 'import { part1 } from "./part1";\n',
	},
	{
		name: 'counts the elements of an array',
		source: 'const primes = █',
		raw: '[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22',
		expected: 'nothing: goes-in-circles',
		isCut: true,
	},
	{
		name: 'counts cases',
		source: 'switch (kind) {\n\t█\n}',
		raw: 'case 1: return a1;\n\tcase 2: return a2;\n\tcase 3: return a3;\n\tcase 4: return a4;\n\tcase 5: return a5;',
		expected: 'switch (kind) {\n\tcase 1: return a1;\n}',
	},
	{
		name: 'counts tests',
		source: '█\n',
		raw: 'test("adds 1", () => add(1));\ntest("adds 2", () => add(2));\ntest("adds 3", () => add(3));\ntest("adds 4", () => add(4));\n',
		expected: 'test("adds 1", () => add(1));\n',
	},
	{
		name: 'a ruler without end',
		source: '// █',
		raw: '='.repeat(140),
		expected: 'nothing: goes-in-circles',
		isCut: true,
	},
	{
		name: 'zeroes without end',
		source: 'const bytes = "█',
		raw: '0'.repeat(90),
		expected: 'nothing: goes-in-circles',
		isCut: true,
	},
	{
		name: 'the same key on and on',
		source: 'const a = {█\n};',
		raw: '\n\tname: "a",\n\tname: "a",\n\tname: "a",\n',
		expected: 'const a = {\n\tname: "a",\n};',
	},
	{
		name: 'nested calls without end',
		source: 'const a = █',
		raw: 'f('.repeat(60),
		expected: 'nothing: goes-in-circles',
		isCut: true,
	},
	{
		name: 'repeats the next line',
		source: 'const a = first();\n█\nconst c = third(a, b);',
		raw: 'const b = second(a);\nconst c = third(a, b);',
		expected: 'const a = first();\nconst b = second(a);\nconst c = third(a, b);',
	},
	{
		name: 'repeats the next line with another quote',
		source: "import fs from 'node:fs';\n█\nimport path from 'node:path';",
		raw: 'import os from "node:os";\nimport path from "node:path";',
		expected: "import fs from 'node:fs';\nimport os from \"node:os\";\nimport path from 'node:path';",
	},
	{
		name: 'repeats only the next line',
		source: 'f();\n█\nreturn total;',
		raw: 'return total;',
		expected: 'nothing: only-repeats',
	},
	{
		name: 'repeats a next line of a dictionary',
		source: 'a = {\n    "x": 1,\n    █\n    "z": 3,\n}',
		raw: '"y": 2,\n    "z": 3\n}',
		expected: 'a = {\n    "x": 1,\n    "y": 2,\n    "z": 3,\n}',
		languageId: 'python',
	},
	{
		name: 'repeats the line above',
		source: 'logger.info("starting");\n█',
		raw: 'logger.info("starting");\nlogger.info("starting");',
		expected: 'nothing: only-repeats',
	},
	{
		name: 'repeats the line above behind its first word',
		source: 'const server = create(options);\nconst█',
		raw: ' server = create(options);',
		expected: 'nothing: only-repeats',
	},
	{
		name: 'repeats two lines above',
		source: 'expect(a).toBe(b);\nexpect(c).toBe(d);\n█',
		raw: 'expect(a).toBe(b);\nexpect(c).toBe(d);',
		expected: 'nothing: only-repeats',
	},
	{
		name: 'repeats the rest of the line',
		source: 'const sum = █ + offset;',
		raw: 'values.length + offset;',
		expected: 'const sum = values.length + offset;',
	},
	{
		name: 'repeats the rest of the line without blanks',
		source: 'const sum = █ + offset;',
		raw: 'values.length+offset',
		expected: 'const sum = values.length + offset;',
	},
	{
		name: 'repeats the condition\u2019s end',
		source: 'if (█) {',
		raw: 'isReady(a)) {',
		expected: 'if (isReady(a)) {',
	},
	{
		name: 'repeats the arrow',
		source: 'items.map(█ => item.name)',
		raw: '(item) => item.name)',
		expected: 'items.map((item) => item.name)',
	},
	{
		name: 'repeats a closing tag',
		source: '<li>█</li>',
		raw: '{item.name}</li>',
		expected: '<li>{item.name}</li>',
		languageId: 'typescriptreact',
	},
	{
		name: 'repeats quote and bracket',
		source: 'require("█");',
		raw: 'node:path");',
		expected: 'require("node:path");',
	},
	{
		name: 'one bracket too many',
		source: 'console.log(█)',
		raw: 'format(value)))',
		expected: 'console.log(format(value))',
	},
	{
		name: 'one brace too many',
		source: 'const { a } = █',
		raw: 'options};',
		expected: 'const { a } = options',
	},
	{
		name: 'closes another bracket',
		source: 'f() {\n\t█\n}',
		raw: 'const list = [1, 2});',
		expected: 'nothing: nothing-to-add',
	},
	{
		name: 'forgets a bracket',
		source: 'console.log(█);',
		raw: 'JSON.stringify(value',
		expected: 'console.log(JSON.stringify(value));',
	},
	{
		name: 'forgets a quote',
		source: 'console.log(█);',
		raw: '"hello',
		expected: 'console.log("hello");',
	},
	{
		name: 'answers in a fence',
		source: 'function add(a, b) {\n█\n}',
		raw: '```javascript\n\treturn a + b;\n```',
		expected: 'nothing: not-text',
	},
	{
		name: 'answers in a chat',
		source: '// reverses a string█',
		raw: '\n```js\nconst reverse = 1;\n```',
		expected: 'nothing: nothing-to-add',
	},
	{
		name: 'fence behind the code',
		source: 'f() {\n\t█\n}',
		raw: 'return 1;\n```\nThis function returns one.',
		expected: 'f() {\n\treturn 1;\n}',
	},
	{
		name: 'spells the end of text',
		source: 'const a = █',
		raw: '1;<|endoftext|>import os',
		expected: 'const a = 1;',
	},
	{
		name: 'spells the next file',
		source: 'x = █',
		raw: '1\n<file_sep>other.py\nimport os',
		expected: 'x = 1',
		languageId: 'python',
	},
	{
		name: 'spells half a token',
		source: 'const a = █',
		raw: 'b;<|fim_su',
		expected: 'const a = b;',
		isCut: true,
	},
	{
		name: 'spells a token in a comment',
		source: 'a(); // █',
		raw: 'calls a <fim_middle>',
		expected: 'a(); // calls a',
	},
	{
		name: 'hides a direction override',
		source: 'const a = █',
		raw: '"admin\u202e\u2066// check";',
		expected: 'const a = "admin',
	},
	{
		name: 'a zero-width space in a name',
		source: 'const a = █',
		raw: 'user\u200bname;',
		expected: 'const a = user',
	},
	{
		name: 'escape sequences',
		source: 'const a = █',
		raw: '\u001b[31mred',
		expected: 'nothing: not-text',
	},
	{
		name: 'broken bytes',
		source: 'const a = "█"',
		raw: 'caf\ufffd',
		expected: 'const a = "caf"',
	},
	{
		name: 'makes up a key',
		source: 'const client = new S3({ accessKeyId: █',
		raw: '"AK' + 'IAQZT2KPXW9RBVN4LS" })',
		expected: 'nothing: secret',
	},
	{
		name: 'only a bracket',
		source: 'call(a█',
		raw: ')',
		expected: 'nothing: too-little',
	},
	{
		name: 'only a semicolon',
		source: 'const a = b█',
		raw: ';',
		expected: 'nothing: too-little',
	},
	{
		name: 'only blanks',
		source: 'const a = █',
		raw: '   \n\n\n',
		expected: 'nothing: nothing-to-add',
	},
	{
		name: 'only a comment sign',
		source: 'doIt();█',
		raw: ' //',
		expected: 'nothing: too-little',
	},
	{
		name: 'indents twice',
		source: 'f() {\n\tif (a) {\n\t\t█\n\t}\n}',
		raw: '\t\tb();\n\t\tc();',
		expected: 'f() {\n\tif (a) {\n\t\tb();\n\t}\n}',
	},
	{
		name: 'spaces in a document of tabs',
		source: 'f() {\n\ta();\n\t█\n}',
		raw: 'for (const b of c) {\n        d(b);\n    }',
		expected: 'f() {\n\ta();\n\tfor (const b of c) {\n\t\td(b);\n\t}\n}',
	},
	{
		name: 'tabs in a document of spaces',
		source: 'def f():\n    a()\n    █',
		raw: 'for b in c:\n\t\td(b)',
		expected: 'def f():\n    a()\n    for b in c:\n        d(b)',
		languageId: 'python',
	},
	{
		name: 'four columns in a document of two',
		source: 'f() {\n  a();\n  if (x) {\n    y();\n  }\n}\ng() {█\n}',
		raw: '\n    b();\n    c();',
		expected: 'f() {\n  a();\n  if (x) {\n    y();\n  }\n}\ng() {\n  b();\n  c();\n}',
	},
	{
		name: 'goes on with the next function',
		source: 'function f() {█\n}\n',
		raw: '\n\treturn 1;\n}\n\nfunction g() {\n\treturn 2;\n}',
		expected: 'function f() {\n\treturn 1;\n}\n',
	},
	{
		name: 'goes on behind the block',
		source: 'def f():█\n',
		raw: '\n    return 1\n\ndef g():\n    return 2\n\nprint(f())',
		expected: 'def f():\n    return 1\n',
		languageId: 'python',
	},
	{
		name: 'explains itself',
		source: 'def add(a, b):\n    █',
		raw: 'return a + b\n\n# This function adds two numbers and returns\n# the result.',
		expected: 'def add(a, b):\n    return a + b',
		languageId: 'python',
	},
	{
		name: 'cut in the middle of a line',
		source: 'f() {\n\t█\n}',
		raw: 'const a = b();\n\tconst c = d(a, e, so',
		expected: 'f() {\n\tconst a = b();\n}',
		isCut: true,
	},
	{
		name: 'blanks at the ends',
		source: 'f() {\n\t█\n}',
		raw: 'a();   \n\tb();\t\n   ',
		expected: 'f() {\n\ta();\n\tb();\n}',
	},
];
