/** Each rule that ends a generation early, by tables; and that ending it ends the source. */
import * as assert from 'node:assert/strict';
import { firstForbidden } from '../../../src/completion/invisible';
import { repeatedLineEnd, repetitionEnd, repetitionStart } from '../../../src/completion/repetition';
import { shapeAt } from '../../../src/completion/shape';
import { accumulated, earliestStop, stopped, stopRules } from '../../../src/completion/stops';
import { suffixReached } from '../../../src/completion/suffix';
import { cursorIn } from '../../support/marked';

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
				Array.from({ length: 20 }, (_, line) => `call${line}(${'abcdefghijklmnopqrst'[line]});`).join('\n'),
				Array.from({ length: 12 }, (_, line) => `call${line}(${'abcdefghijklmnopqrst'[line]});`).join('\n'),
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

describe('stops: repetition', () => {
	const cases: readonly [text: string, end: string | undefined][] = [
		['abcabcabcabcabcabc', 'abc'],
		['x = 0;x = 0;x = 0;x = 0;x = 0;x = 0;', 'x = 0;'],
		['some.thing(else);some.thing(else);some.thing(else);some.thing(else);', 'some.thing(else);'],
		['[0, 0, 0, 0]', undefined],
		['const a = 1;', undefined],
		['// ----------------------------------------', undefined],
		[`// ${'-'.repeat(120)}`, '// -'],
		['aaaaaaaaaaaaaaaa', 'a'],
		['((((', undefined],
		['', undefined],
		['haha', undefined],
	];
	for (const [text, end] of cases) {
		it(JSON.stringify(text.slice(0, 40)), () => {
			const index = repetitionStart(text);
			assert.equal(index === undefined ? undefined : text.slice(0, index), end);
		});
	}

	it('ends with the line before the one that repeats itself', () => {
		assert.equal(repetitionEnd(`a();\nb(${'c, '.repeat(9)}`), 4);
		assert.equal(repetitionEnd('c, '.repeat(9)), 0);
	});
	it('a long line that follows its like', () => {
		assert.equal(repeatedLineEnd('\tconst a = 1;\n\tconst a = 1;\n', false), 13);
		assert.equal(repeatedLineEnd('\tconst a = 1;\n\tconst a = 1;', false), undefined);
		assert.equal(repeatedLineEnd('\tconst a = 1;\n\tconst a = 1;', true), 13);
	});
	it('a long line for the third time', () => {
		const text = 'const a = b();\nc();\nconst a = b();\nd();\nconst a = b();\n';
		assert.equal(text.slice(0, repeatedLineEnd(text, true)), 'const a = b();\nc();\nconst a = b();\nd();');
	});
	it('short lines may come back', () =>
		assert.equal(repeatedLineEnd('}\n}\n}\n}\nbreak;\nbreak;\nbreak;', true), undefined));
});

describe('stops: what follows', () => {
	const cases: readonly [name: string, source: string, text: string, expected: number | undefined][] = [
		['rest of the line', 'a = █, other);', 'b, other);', 1],
		['rest of the line, after blanks', 'a = █   , other);', 'b, other);', 1],
		['closers are no proof', 'f(█);', 'g(1);', undefined],
		['next line', '\t█\n\treturn sum;', 'a();\n\treturn sum;\n', 4],
		['next line over a blank one', '\t█\n\n\treturn sum;', 'a();\n\treturn sum;\n', 4],
		['next line with another indentation', '\t█\n\treturn sum;', 'a();\n  return sum;\n', 4],
		['the first line itself', '\t█\n\treturn sum;', 'return sum;\n', 0],
		['half a line is not judged', '\t█\n\treturn sum;', 'a();\n\treturn sum;', undefined],
		['a closing line is no proof', '\t█\n}', 'a();\n}\n', undefined],
	];
	for (const [name, source, text, expected] of cases) {
		it(name, () => assert.equal(suffixReached(text, false, cursorIn(source)), expected));
	}
	it('the last line is judged when no more comes', () =>
		assert.equal(suffixReached('a();\n\treturn sum;', true, cursorIn('\t█\n\treturn sum;')), 4));
});

describe('stops: characters', () => {
	const cases: readonly [name: string, text: string, expected: number | undefined][] = [
		['plain', 'const a = "b";\n\t', undefined],
		['NUL', 'a\0b', 1],
		['escape', 'ab\u001b[31m', 2],
		['bell', '\u0007', 0],
		['carriage return in the middle', 'a\rb', 1],
		['right-to-left override', 'a\u202Eb', 1],
		['isolate', '\u2066a', 0],
		['zero-width space', 'ab\u200Bc', 2],
		['replacement character', 'ab\uFFFD', 2],
		['lone high surrogate', 'a\uD83Db', 1],
		['lone low surrogate', 'a\uDE00', 1],
		['emoji family', '👨‍👩‍👧‍👦', undefined],
		['flag', '🇩🇪', undefined],
		['combining', 'e\u0301', undefined],
		['Hebrew and Arabic', 'שלום مرحبا', undefined],
		['line separator', 'a\u2028b', 1],
	];
	for (const [name, text, expected] of cases) {
		it(name, () => assert.equal(firstForbidden(text, true), expected));
	}
	it('half a pair at the end of a stream waits', () =>
		assert.equal(firstForbidden('a\uD83D', false), undefined));
	it('half a pair at the end of a text does not', () => assert.equal(firstForbidden('a\uD83D', true), 1));
	it('a carriage return at the end of a stream waits', () =>
		assert.equal(firstForbidden('a\r', false), undefined));
	it('a joiner at the end of a stream waits', () =>
		assert.equal(firstForbidden('👨\u200D', false), undefined));
});

describe('stops: the stream', () => {
	it('takes nothing after the end', async () => {
		const seen: string[] = [];
		const texts: string[] = [];
		for await (const text of stopped(accumulated(stream(['a', '\n', 'b', 'c'], seen)), [
			(text) => (text.includes('\n') ? text.indexOf('\n') : undefined),
		])) {
			texts.push(text);
		}
		assert.deepEqual(seen, ['a', '\n']);
		assert.deepEqual(texts, ['a', 'a']);
	});
	it('the earliest end wins', () =>
		assert.equal(earliestStop('abc', true, [() => 2, () => 1, () => undefined]), 1));
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
