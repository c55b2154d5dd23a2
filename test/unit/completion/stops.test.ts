/** The rules that end a generation early, all at once over a stream; and that ending it ends the source. */
import * as assert from 'node:assert/strict';
import { type AskedShape, shapeAt } from '../../../src/completion/shape';
import { accumulated, earliestStop, type StopRule, stopped, stopRules } from '../../../src/completion/stops';
import { cursorIn } from '../../support/marked';

/** More lines than a suggestion may have, none like another. */
const WORDS = 'ask begin call draw enter fold give hold invite join keep listen move note open play'.split(
	' ',
);

async function* stream(pieces: readonly string[], seen: string[] = []): AsyncGenerator<string> {
	for (const piece of pieces) {
		seen.push(piece);
		yield piece;
	}
}

/** Runs the whole set of rules over the text, character by character, as a stream does at its worst. */
async function run(source: string, text: string, languageId = 'typescript'): Promise<string> {
	const cursor = cursorIn(source, { languageId });
	const rules = stopRules(cursor, shapeAt(cursor));
	let last = '';
	for await (const soFar of stopped(accumulated(stream([...text])), rules)) {
		last = soFar;
	}
	return last;
}

describe('stops: one line', () => {
	const cases: readonly [name: string, source: string, text: string, expected: string][] = [
		['ends at the line end', 'const a = █', '1;\nconst b = 2;', '1;'],
		['keeps a text without line end', 'const a = █', '1;', '1;'],
		['is empty when the line ends at once', 'const a = 1█', '\nconst b', ''],
		['ends at the line end with CRLF', 'const a = █', '1;\r\nconst b', '1;'],
		['one line next to a closer', 'call(█)', 'a,\n\tb)', 'a,'],
		['one line in code that goes on', 'const a = █ + b;', '1\n', '1'],
		['ends where the rest of the line begins', 'const a = █ + other;', 'first + other;', 'first'],
		['ends at a spelled special token', 'const a = █', '1<|fim_middle|>2', '1'],
		['ends at a StarCoder token', 'const a = █', '1<fim_suffix>2', '1'],
		['ends at an end of text', 'const a = █', '1<|endoftext|>2', '1'],
		['a file name’s place', 'const a = █', '"usage: cat <filename>";', '"usage: cat <filename>";'],
		['a repository’s place', 'const a = █', '"clone <repo_name>";', '"clone <repo_name>";'],
		['an element named like a token', 'return █', '<PRE>text</PRE>;', '<PRE>text</PRE>;'],
		['a fence first', 'f();\n█', '```ts\ng();', ''],
		['a fence first, on the next line', '// sorts a list█', '\n```ts', ''],
		['a fence in a comment', '/// █', '```', '```'],
		['does not take a comparison for a token', 'const a = █', 'b <c || d> e', 'b <c || d> e'],
		['ends at a control character', 'const a = █', '1\u0007;', '1'],
		['ends at a direction override', 'const a = "█', 'x\u202Ey', 'x'],
	];
	for (const [name, source, text, expected] of cases) {
		it(name, async () => assert.equal(await run(source, text), expected));
	}
});

describe('stops: block', () => {
	const cases: readonly [name: string, source: string, text: string, expected: string, language?: string][] =
		[
			[
				'a fence inside of code stays',
				'def f():\n    █',
				'"""Adds.\n    ```\n    f()\n    ```\n    """',
				'"""Adds.\n    ```\n    f()\n    ```\n    """',
				'python',
			],
			['a body up to its closer', 'function f() {█', '\n\treturn 1;\n}\n\nf();', '\n\treturn 1;\n}'],
			[
				'a body whose closer is missing comes whole',
				'function f() {█\n',
				'\n\tif (a) {\n\t\tb();\n\t}\n\tc();\n}\nd();',
				'\n\tif (a) {\n\t\tb();\n\t}\n\tc();\n}',
			],
			[
				'one whole statement of a body that is closed',
				'function f() {█\n}',
				'\n\tif (a) {\n\t\tb();\n\t}\n\tc();\n}\nd();',
				'\n\tif (a) {\n\t\tb();\n\t}',
			],
			['without the closer that is there', 'function f() {█\n}', '\n\treturn 1;\n}', '\n\treturn 1;'],
			['in a body: ends at a smaller indentation', 'f() {\n\t█\n}', 'a();\n\tb();\n}\n', 'a();\n\tb();'],
			['a closer that is missing is kept', 'f() {\n\t█', 'a();\n}\ng();', 'a();\n}'],
			['ends at a blank line', 'f() {\n\t█\n}', 'a();\n\n\tb();', 'a();'],
			[
				'a blank line inside brackets is kept',
				'█\nx;',
				'f(() => {\n\ta();\n\n\tb();\n});\ng();',
				'f(() => {\n\ta();\n\n\tb();\n});',
			],
			['one whole statement', 'f() {\n\t█\n}', 'if (a) {\n\t\tb();\n\t}\n\tc();', 'if (a) {\n\t\tb();\n\t}'],
			[
				'else belongs to its if',
				'f() {\n\t█\n}',
				'if (a) {\n\t\tb();\n\t} else {\n\t\tc();\n\t}\n\td();',
				'if (a) {\n\t\tb();\n\t} else {\n\t\tc();\n\t}',
			],
			[
				'Python: a body by its indentation',
				'def f():█',
				'\n    a()\n    return b\n\ndef g():',
				'\n    a()\n    return b',
				'python',
			],
			[
				'Python: back at the indentation',
				'def f():\n    █',
				'if a:\n        b()\n    c()',
				'if a:\n        b()',
				'python',
			],
			[
				'Python: else goes on',
				'def f():\n    █',
				'if a:\n        b()\n    else:\n        c()\n    d()',
				'if a:\n        b()\n    else:\n        c()',
				'python',
			],
			['an opener without a body gives nothing', 'function f() {█', '\nconst a = 1;', ''],
			[
				'at most twelve lines',
				'█\nx;',
				WORDS.map((word) => `${word}();`).join('\n'),
				WORDS.slice(0, 12)
					.map((word) => `${word}();`)
					.join('\n'),
			],
			[
				'ends at the line that follows',
				'f() {\n\t█\n\treturn result;\n}',
				'a();\n\treturn result;\n}',
				'a();',
			],
			['ends at a Markdown fence', 'f() {\n\t█\n}', 'a();\n```\nHere is', 'a();'],
			['a line typed at column 0 in a body', 'f() {\n█\n}', '\ta();\n\tb();\n}', '\ta();\n\tb();'],
		];
	for (const [name, source, text, expected, language] of cases) {
		it(name, async () => assert.equal(await run(source, text, language), expected));
	}
});

describe('stops: a block that the syntax knows', () => {
	const block = (source: string, more: Partial<Extract<AskedShape, { type: 'block' }>>): AskedShape => {
		const shape = shapeAt(cursorIn(source));
		return shape.type === 'block' ? { ...shape, ...more } : shape;
	};
	const end = (source: string, shape: AskedShape, text: string) =>
		text.slice(0, earliestStop(text, true, stopRules(cursorIn(source), shape))?.end);

	it('an empty body comes whole', () => {
		const text = 'if (a) {\n\t\tb();\n\t}\n\tc();\n}\nd();';
		const source = 'function f() {\n\t█\n}';
		assert.equal(end(source, block(source, {}), text), 'if (a) {\n\t\tb();\n\t}');
		assert.equal(end(source, block(source, { isWhole: true }), text), 'if (a) {\n\t\tb();\n\t}\n\tc();');
	});
	it('a word closes what a word opened', () => {
		const source = 'class A\n  █';
		const ruby = block(source, { closer: 'end', isWhole: true });
		assert.equal(end(source, ruby, 'def f\n    1\n  end\nend\n\nx'), 'def f\n    1\n  end\nend');
	});
	it('a word that the document has is not written again', () => {
		const source = 'def f\n  █\nend';
		assert.equal(end(source, block(source, { closer: 'end' }), 'a\nend\nb'), 'a');
	});
});

describe('stops: the stream', () => {
	const rule = (name: string, end: StopRule['end']): StopRule => ({ name, reason: 'nothing-to-add', end });

	it('takes nothing after the end', async () => {
		const seen: string[] = [];
		const texts: string[] = [];
		for await (const text of stopped(accumulated(stream(['a', '\n', 'b', 'c'], seen)), [
			rule('line', (text) => (text.includes('\n') ? text.indexOf('\n') : undefined)),
		])) {
			texts.push(text);
		}
		assert.deepEqual(seen, ['a', '\n']);
		assert.deepEqual(texts, ['a', 'a']);
	});
	it('the earliest end wins', () => {
		const rules = [rule('two', () => 2), rule('one', () => 1), rule('none', () => undefined)];
		const stop = earliestStop('abc', true, rules);
		assert.deepEqual([stop?.end, stop?.rule.name], [1, 'one']);
	});
	it('says which rule ended it, where one did', async () => {
		const ended = async (pieces: readonly string[], end: StopRule['end']) => {
			const names: string[] = [];
			for await (const _ of stopped(accumulated(stream(pieces)), [rule('end', end)], ({ name }) =>
				names.push(name),
			)) {
				// Only the names count.
			}
			return names;
		};
		assert.deepEqual(await ended(['ab', 'c'], () => 1), ['end']);
		assert.deepEqual(await ended(['ab'], (text, isComplete) => (isComplete ? text.length - 1 : undefined)), [
			'end',
		]);
		assert.deepEqual(await ended(['ab'], (text, isComplete) => (isComplete ? text.length : undefined)), []);
		assert.deepEqual(await ended(['ab'], () => undefined), []);
	});
	it('a pair in two pieces stays whole', async () => {
		const cursor = cursorIn('const a = "█');
		let last = '';
		for await (const text of stopped(
			accumulated(stream(['\uD83D', '\uDE00', '";'])),
			stopRules(cursor, shapeAt(cursor)),
		)) {
			last = text;
		}
		assert.equal(last, '😀";');
	});
});
