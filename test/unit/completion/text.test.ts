/** Rules over a finished text: fit, brackets, shape, cursor and prompt. */
import * as assert from 'node:assert/strict';
import { expectedCloser, isOnlyClosing, openQuote, readBrackets } from '../../../src/completion/brackets';
import {
	afterInsertion,
	cursorAt,
	lineAbove,
	lineAfter,
	lineBefore,
	linesBelow,
} from '../../../src/completion/cursor';
import { fitInto } from '../../../src/completion/fit';
import { fillRequest, promptBudget, sharedBudget } from '../../../src/completion/prompt';
import { shapeAt } from '../../../src/completion/shape';
import { head, stableTail } from '../../../src/inference/fillPieces';
import { settings } from '../../../src/manifest';
import { fakeDescription } from '../../support/fakeModel';
import { cursorIn } from '../../support/marked';

describe('fit', () => {
	/** `expected`: the line that results; `covers` as a number. */
	const cases: readonly [line: string, text: string, expected: string, covers: number][] = [
		['const a = █', '1;', 'const a = 1;', 0],
		['const a = █  ', '1;', 'const a = 1;  ', 0],
		['call(█)', 'a, b', 'call(a, b)', 0],
		['call(█)', 'a, b)', 'call(a, b)', 0],
		['call(█)', 'f(x)', 'call(f(x))', 0],
		['call(█)', 'f(x))', 'call(f(x))', 0],
		['call(█)', 'f(x));', 'call(f(x));', 1],
		['function add(█)', 'a, b) {', 'function add(a, b) {', 1],
		['call(█);', 'a);', 'call(a);', 0],
		['call(█);', 'a)', 'call(a);', 0],
		['call("█")', 'text', 'call("text")', 0],
		['call("█")', 'text")', 'call("text")', 0],
		['call("█")', 'text", other)', 'call("text", other)', 2],
		['call({█})', ' a: 1 })', 'call({ a: 1 })', 0],
		['call({█})', ' a: [1] }, b)', 'call({ a: [1] }, b)', 2],
		['a = █;', 'b();', 'a = b();', 0],
		['a = █ + b;', 'c + b;', 'a = c + b;', 0],
		['a = █ + b;', 'c', 'a = c + b;', 0],
		['<p>█</p>', 'text</p>', '<p>text</p>', 0],
		['call(█)', 'a,\n\tb)', 'call(a,)', 0],
		['call(█)', ')', 'call()', 0],
		["it('█', () => {", "works', () => {", "it('works', () => {", 0],
		// What the rest of the line has already, whatever blanks and punctuation say.
		['a = █;', 'b() ;', 'a = b();', 0],
		['a = [b, █, d]', 'c, d]', 'a = [b, c, d]', 0],
		['a = █ + b;', 'c+b;', 'a = c + b;', 0],
		['a = █ + b;', 'c + b', 'a = c + b;', 0],
		['a = █ + b;', 'c + b,', 'a = c + b;', 0],
		// What the rest closes, the text does not close.
		['call(█) + y', 'x)', 'call(x) + y', 0],
		['call(█) + y', 'x).then(z)', 'call(x) + y', 0],
		['\ta, █) + y', 'b)', '\ta, b) + y', 0],
		['f("█", other)', 'text", more)', 'f("text", other)', 0],
		['a = f(█ + b', 'x)', 'a = f(x) + b', 0],
		// Code inside of a string ends with its own bracket.
		[`a = \`b \${█}\`;`, 'name}`;', `a = \`b \${name}\`;`, 0],
		[`a = \`b \${█}\`;`, 'name}', `a = \`b \${name}\`;`, 0],
		[`a = \`b \${f(█)}\`;`, 'x)}`;', `a = \`b \${f(x)}\`;`, 0],
		[`a = \`b \${c["█"]}\`;`, 'd"]}`;', `a = \`b \${c["d"]}\`;`, 0],
		[`echo "\${█}"`, 'HOME}"', `echo "\${HOME}"`, 0],
		['puts "#{█}"', 'name}"', 'puts "#{name}"', 0],
		['print(f"{█}")', 'name}")', 'print(f"{name}")', 0],
		['a = "{█}"', 'b"', 'a = "{b}"', 0],
		// What the text opens, it closes.
		['call(█)', 'f(x', 'call(f(x))', 0],
		['call(█) + y', 'f([x', 'call(f([x])) + y', 0],
		['call(█)', '"abc', 'call("abc")', 0],
		['call(█)', '(a) => {', 'call((a) => {)', 0],
		['if (f(█) {', 'g(x', 'if (f(g(x) {', 0],
		['// see (█)', "the dog's (old", "// see (the dog's (old)", 0],
		['a = "█"', 'f(x', 'a = "f(x"', 0],
	];
	for (const [line, text, expected, covers] of cases) {
		it(`${line} + ${JSON.stringify(text)}`, () => {
			const [before = '', after = ''] = line.split('█');
			const fitted = fitInto(text, before, after);
			assert.equal(before + fitted.text + after.slice(fitted.covers), expected);
			assert.equal(fitted.covers, covers);
			// Insert-only: what is covered stands in the text again, in order.
			let rest = after.slice(0, fitted.covers);
			for (const character of fitted.text) {
				rest = rest.startsWith(character) ? rest.slice(character.length) : rest;
			}
			assert.equal(rest, '');
		});
	}
});

describe('brackets', () => {
	const cases: readonly [text: string, owed: string, firstUnmatched: number | undefined][] = [
		['', '', undefined],
		['f(a)', '', undefined],
		['f({', ')}', undefined],
		['a)', '', 1],
		['"(" + b)', '', 7],
		["don't (", ')', undefined],
		['[1, 2', ']', undefined],
		['(]', '', 1],
		['`a` }', '', 4],
		['"\\")" )', '', 6],
	];
	for (const [text, owed, firstUnmatched] of cases) {
		it(JSON.stringify(text), () => {
			const brackets = readBrackets(text);
			assert.equal(brackets.firstUnmatched, firstUnmatched);
			if (firstUnmatched === undefined) {
				assert.equal(brackets.owed.join(''), owed);
			}
		});
	}
	it('knows the bracket in which a text ends', () => {
		assert.equal(expectedCloser('f(a, [b], {'), '}');
		assert.equal(expectedCloser('f(a, [b], {}'), ')');
		assert.equal(expectedCloser('f(a)'), undefined);
		assert.equal(expectedCloser('f(a])'), undefined);
	});
	it('knows the string in which a line ends', () => {
		assert.equal(openQuote('call("a'), '"');
		assert.equal(openQuote('call("a", '), undefined);
		assert.equal(openQuote("// don't"), undefined);
		assert.equal(openQuote('`a'), '`');
		assert.equal(openQuote(`\`a \${b}`), '`');
		assert.equal(openQuote(`\`a \${b`), undefined);
		assert.equal(openQuote(`\`a \${b["c`), '"');
		assert.equal(openQuote(`"\${a`), '"');
	});
	it('knows what editors close by themselves', () => {
		for (const rest of ['', ')', '})', '");', ' ', '</div>', '>', ') {']) {
			assert.ok(isOnlyClosing(rest), rest);
		}
		for (const rest of ['a', ' + b', '(', 'b)']) {
			assert.ok(!isOnlyClosing(rest), rest);
		}
	});
});

describe('shape', () => {
	const cases: readonly [source: string, expected: string, language?: string][] = [
		['const a = █', 'line'],
		['█', 'block'],
		['f() {\n\t█\n}', 'block'],
		['f() {█', 'block opens'],
		['f(() =>█', 'block opens'],
		['f() {█}', 'line'],
		['call(█)', 'line'],
		['def f():█', 'block opens', 'python'],
		['a ? b :█', 'line'],
		['// note:█', 'line'],
	];
	for (const [source, expected, languageId = 'typescript'] of cases) {
		it(JSON.stringify(source), () => {
			const shape = shapeAt(cursorIn(source, { languageId }));
			assert.equal(shape.type === 'block' && shape.opens ? 'block opens' : shape.type, expected);
		});
	}
});

describe('cursor', () => {
	it('reads lines around it', () => {
		const cursor = cursorIn('one\n\ntwo\n\n  th█ree\n\nfour\nfive');
		assert.equal(lineBefore(cursor), '  th');
		assert.equal(lineAfter(cursor), 'ree');
		assert.deepEqual(linesBelow(cursor, 3), ['four', 'five']);
		assert.equal(lineAbove(cursor), 'two');
		assert.equal(cursor.firstLine, 0);
	});

	const facts = cursorIn('█');
	/** Counts what is read; a line is made only when asked for. */
	function huge(lineCount: number, line: string) {
		const reads = { lines: 0 };
		return {
			reads,
			lines: {
				lineCount,
				lineAt: () => {
					reads.lines++;
					return line;
				},
			},
		};
	}
	const hazards: readonly [name: string, line: string][] = [
		['50 MB on one line', 'x'.repeat(50_000_000)],
		['1 MB of one letter', 'a'.repeat(1_000_000)],
		['200,000 spaces', ' '.repeat(200_000)],
		['minified code', 'var a=1;'.repeat(500)],
	];
	for (const [name, line] of hazards) {
		it(`${name}: nothing is copied`, () => {
			const { lines, reads } = huge(1, line);
			const cursor = cursorAt(facts, lines, { line: 0, character: line.length >> 1 });
			assert.ok(cursor.isLineTooLong);
			assert.equal(cursor.before.length + cursor.after.length, 0);
			assert.equal(reads.lines, 1);
		});
		it(`${name}, next to the cursor's line: not read into the prompt`, () => {
			const lines = { lineCount: 3, lineAt: (number: number) => (number === 1 ? 'const a = ' : line) };
			const cursor = cursorAt(facts, lines, { line: 1, character: 10 });
			assert.equal(cursor.before, 'const a = ');
			assert.equal(cursor.after, '');
		});
	}
	it('a million lines: only the windows are read', () => {
		const { lines, reads } = huge(1_000_000, 'const a = 1;');
		const cursor = cursorAt(facts, lines, { line: 500_000, character: 0 });
		assert.ok(reads.lines < 8_000, String(reads.lines));
		assert.ok(cursor.before.length <= 65_536 && cursor.after.length <= 16_384 + 12);
	});
	describe('in a document that is longer than its window', () => {
		/** Lines of 11 to 36 characters, each another. */
		const text = (line: number) => `const a${line} = 1;${'x'.repeat((line * 7) % 23)}`;
		const on = (line: number, lineAt = text) =>
			cursorAt(facts, { lineCount: 20_000, lineAt }, { line, character: 0 });

		it('on consecutive lines it starts with the same line, and moves in steps of 64', () => {
			const starts = Array.from({ length: 257 }, (_, index) => on(10_000 + index).firstLine);
			const steps = starts.slice(1).map((start, index) => start - (starts[index] ?? 0));
			assert.deepEqual([...new Set(steps)].sort(), [0, 64]);
			assert.ok(steps.filter((step) => step > 0).length <= 5, steps.join(' '));
		});

		it('it starts with the line that it says, and is nearly full', () => {
			for (let line = 10_000; line < 10_130; line += 13) {
				const cursor = on(line);
				assert.equal(cursor.before.slice(0, cursor.before.indexOf('\n')), text(cursor.firstLine));
				assert.equal(cursor.firstLine + cursor.before.split('\n').length - 1, line);
				assert.ok(cursor.before.length > 65_536 - 65 * 40 && cursor.before.length <= 65_536);
			}
		});

		it('few long lines are not left out for it', () => {
			const cursor = on(10_000, () => 'x'.repeat(1_500));
			assert.equal(cursor.firstLine, 10_000 - Math.floor(65_536 / 1_501));
		});
	});
	it('lone surrogates and NUL become U+FFFD, and no offset moves', () => {
		const cursor = cursorIn('a\uD800b\0😀█\uDC00');
		assert.equal(cursor.before, 'a\uFFFDb\uFFFD😀');
		assert.equal(cursor.after, '\uFFFD');
	});
	it('a selected suggestion stands for what was typed', () => {
		const lines = { lineCount: 1, lineAt: () => 'a.le' };
		const cursor = cursorAt(facts, lines, { line: 0, character: 4 }, { character: 2, text: 'length' });
		assert.equal(cursor.before, 'a.length');
	});
	it('moves on after an insertion', () => {
		const cursor = afterInsertion(cursorIn('call(█);\nb'), 'a, b)\r\n', 1);
		assert.equal(cursor.before, 'call(a, b)\n');
		assert.equal(cursor.after, ';\nb');
	});
});

describe('prompt', () => {
	const completion = {
		enabled: true,
		languages: settings.completionLanguages.default,
		trigger: settings.completionTrigger.default,
		pauseOnBattery: false,
		debounce: 75,
		maxTokens: 96,
		leftToRight: false,
	};
	const budgets: readonly [speed: number, contextSize: number, trainedContext: number, expected: number][] = [
		[1_000, 8_192, 8_192, 600],
		[10, 8_192, 8_192, 256],
		[100_000, 8_192, 8_192, 2_048],
		[1_000, 512, 8_192, 384],
		[1_000, 8_192, 256, 128],
		[1_000, 8_192, 0, 600],
		[1_000, 64, 64, 32],
		[0, 8_192, 8_192, 256],
	];
	for (const [prefillTokensPerSecond, contextSize, trainedContext, expected] of budgets) {
		it(`budget: ${prefillTokensPerSecond} tokens/s, context ${contextSize}/${trainedContext}`, () =>
			assert.equal(
				promptBudget({ ...fakeDescription, prefillTokensPerSecond, contextSize, trainedContext }, 96),
				expected,
			));
	}

	it('cuts at the start of the line', () => {
		const request = fillRequest(cursorIn('a;\n\tb = █;\nc'), fakeDescription, completion, 'interactive');
		assert.equal(request.prefix, 'a;\n');
		assert.equal(request.typed, '\tb = ');
		assert.equal(request.suffix, ';\nc');
		assert.equal(request.path, 'src/sample.ts');
		assert.equal(request.repository, 'repository');
	});
	describe('with context', () => {
		const long = Array.from({ length: 400 }, (_, line) => `const name${line} = call(${line});\n`).join('');
		const files = (length: number) => [{ path: 'b.ts', text: 'b'.repeat(length) }];
		/** The room that context is offered, and the prompt with as much context. */
		const asked = (source: string) => {
			const rooms: number[] = [];
			const request = fillRequest(cursorIn(source), fakeDescription, completion, 'interactive', (most) => {
				rooms.push(most);
				return files(most);
			});
			return { rooms, request };
		};

		it('comes on top of the current file, which is cut as without it', () => {
			const { rooms, request } = asked(`${long}█\n${long}`);
			// 1,000 tokens, of which an eighth stays free.
			assert.deepEqual(rooms, [875]);
			assert.deepEqual(request.files, files(875));
			assert.equal(request.maxPromptTokens, 1_600);
			const alone = fillRequest(cursorIn(`${long}█\n${long}`), fakeDescription, completion, 'interactive');
			assert.deepEqual([request.prefix, request.suffix], [alone.prefix, alone.suffix]);
		});
		it('the room is the same wherever somebody types', () => {
			const rooms = Array.from({ length: 20 }, (_, lines) => asked(`${long.slice(0, 300 * lines)}█`).rooms);
			assert.deepEqual(new Set(rooms.flat()), new Set([875]));
		});
		const budgets: readonly [speed: number, size: number, file: number, context: number][] = [
			[1_000, 8_192, 600, 1_000],
			[100_000, 8_192, 2_048, 1_024],
			// A small context is shared: the file keeps three fifths.
			[100_000, 2_048, 1_152, 768],
			[1_000, 1_024, 538, 358],
			[500, 8_192, 300, 500],
			// Too little to be worth it: the file has all.
			[50, 8_192, 256, 0],
			[1_000, 256, 128, 0],
		];
		for (const [prefillTokensPerSecond, contextSize, file, context] of budgets) {
			it(`${prefillTokensPerSecond} tokens/s, context ${contextSize}`, () => {
				const model = { ...fakeDescription, prefillTokensPerSecond, contextSize };
				assert.deepEqual(sharedBudget(model, 96), { file, context });
			});
		}
	});

	it('names with control characters stay on their line', () => {
		const cursor = cursorIn('a = █', { path: 'src/a\n# b\r\0.ts', repository: 'x\u0085y\u2028z\x1b' });
		const request = fillRequest(cursor, fakeDescription, completion, 'interactive');
		assert.equal(request.path, 'src/a # b  .ts');
		assert.equal(request.repository, 'x y z ');
	});

	const file = Array.from({ length: 400 }, (_, line) => `const name${line} = call(${line});\n`);
	it('the start of the prefix rarely moves while lines are added', () => {
		const starts = new Set<string>();
		for (let lines = 200; lines < 264; lines++) {
			const prefix = stableTail(file.slice(0, lines).join(''), 0, 1_800);
			assert.ok(prefix.length <= 1_800 && prefix.length >= 900, String(prefix.length));
			starts.add(prefix.slice(0, prefix.indexOf('\n')));
		}
		assert.ok(starts.size <= 10, [...starts].join());
	});
	it('what is written below does not move the start, though it begins further out', () => {
		const deep = Array.from({ length: 150 }, (_, line) => `\tconst deep${line} = call(${line});\n`).join('');
		const starts = new Set<string>();
		for (let lines = 0; lines < 20; lines++) {
			const prefix = stableTail(deep + file.slice(0, lines).join(''), 0, 1_800);
			starts.add(prefix.slice(0, prefix.indexOf('\n')));
		}
		assert.ok(starts.size <= 3 && [...starts].every((line) => line.startsWith('\t')), [...starts].join());
	});
	it('a small budget is used, too', () => {
		for (let lines = 200; lines < 264; lines++) {
			const prefix = stableTail(file.slice(0, lines).join(''), 0, 400);
			assert.ok(prefix.length <= 400 && prefix.length >= 200, String(prefix.length));
		}
	});
	it('the same while a line is typed', () => {
		const before = file.slice(0, 300).join('');
		const requests = ['', 'c', 'co', 'con', 'cons'].map((typed) =>
			fillRequest(cursorIn(`${before}${typed}█`), fakeDescription, completion, 'interactive'),
		);
		assert.equal(new Set(requests.map(({ prefix }) => prefix)).size, 1);
		assert.equal(new Set(requests.map(({ suffix }) => suffix)).size, 1);
	});
	const closings: readonly [source: string, suffix: string][] = [
		['call(█)\nb', '\nb'],
		['call("█")\nb', '\nb'],
		['call([█])\nb', '\nb'],
		['call([a█])\nb', '\nb'],
		// It is not the editor's, or more than that follows.
		['call(a)█)\nb', ')\nb'],
		['call(█);\nb', ');\nb'],
		['if (a█) {\nb', ') {\nb'],
		['call(█]\nb', ']\nb'],
		['\ta, █)\nb', ')\nb'],
		// The model would write a block below.
		['f() {█}\nb', '}\nb'],
		['call({█})\nb', '})\nb'],
		['a = █\nb', '\nb'],
	];
	for (const [source, suffix] of closings) {
		it(`what the editor closes by itself does not move the suffix: ${JSON.stringify(source)}`, () => {
			const request = fillRequest(cursorIn(source), fakeDescription, completion, 'interactive');
			assert.equal(request.suffix, suffix);
		});
	}
	it('starts count from the line of the file, not of the window', () => {
		const whole = stableTail(file.slice(0, 300).join(''), 0, 1_800);
		assert.equal(stableTail(file.slice(101, 300).join(''), 101, 1_800), whole);
	});
	it('cuts the suffix at a line, and never a pair', () => {
		assert.equal(head('abc\ndef\nghi', 9), 'abc\ndef');
		assert.equal(head('ab😀cd', 3), 'ab');
		assert.equal(head('short', 9), 'short');
	});
});
