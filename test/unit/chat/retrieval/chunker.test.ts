/** Where files are cut: every line once, functions whole, nothing longer than 60 lines. */
import * as assert from 'node:assert/strict';
import { chunkLines, FEWEST, type LineSpan, MOST } from '../../../../src/chat/retrieval/chunker';

/** A function of so many lines. */
const code = (name: string, lines: number) => [
	`export function ${name}(value: number): number {`,
	...Array.from({ length: lines - 2 }, (_, line) => `\tvalue += ${line};`),
	'}',
];

function holds(spans: readonly LineSpan[], first: number, last: number): boolean {
	return spans.some((span) => span.first <= first && span.last >= last);
}

describe('chunks', () => {
	it('hold every line with something in it, once', () => {
		const lines = [...code('a', 30), '', '', ...code('b', 130), '', ...code('c', 5), ''];
		const covered = chunkLines(lines).flatMap(({ first, last }) =>
			Array.from({ length: last - first + 1 }, (_, index) => first + index),
		);
		assert.equal(new Set(covered).size, covered.length);
		for (const [index, line] of lines.entries()) {
			assert.equal(covered.includes(index + 1) || line === '', true, `line ${index + 1}`);
		}
	});

	it('are a function each where functions are long enough', () => {
		const lines = [...code('a', 30), '', ...code('b', 25), '', ...code('c', 40)];
		assert.deepEqual(chunkLines(lines), [
			{ first: 1, last: 30 },
			{ first: 32, last: 56 },
			{ first: 58, last: 97 },
		]);
	});

	it('take short functions together', () => {
		const lines = Array.from({ length: 12 }, (_, index) => [...code(`f${index}`, 6), '']).flat();
		const spans = chunkLines(lines);
		assert.ok(spans.every(({ first, last }) => last - first + 1 >= FEWEST - 1));
		for (let index = 0; index < 12; index++) {
			assert.ok(holds(spans, index * 7 + 1, index * 7 + 6), `function ${index}`);
		}
	});

	it('leave a comment and a decorator with what they speak of', () => {
		const lines = [...code('a', 30), '', '/**', ' * What b does.', ' */', '@decorated', ...code('b', 30)];
		assert.deepEqual(chunkLines(lines)[1], { first: 32, last: 65 });
	});

	it('leave a comment with what it speaks of where no line is blank', () => {
		const lines = [...code('a', 30), '// What b does.', ...code('b', 30)];
		assert.deepEqual(chunkLines(lines)[1], { first: 31, last: 61 });
	});

	it('never begin with what goes on from above', () => {
		const body = Array(29).fill('\twork();');
		const lines = ['if (a) {', ...body, '', '} else {', ...body, '}'];
		const firsts = chunkLines(lines).map(({ first }) => lines[first - 1]);
		assert.deepEqual(
			firsts.filter((line) => line?.startsWith('}') === true),
			[],
		);
		assert.equal(firsts.length, 2);
	});

	it('cut a long class between its methods', () => {
		const method = (name: string) => [`\t${name}() {`, ...Array(22).fill('\t\tthis.work();'), '\t}', ''];
		const lines = ['class Long {', ...[...'abcdefg'].flatMap(method), '}'];
		const spans = chunkLines(lines);
		for (let index = 0; index < 7; index++) {
			assert.ok(holds(spans, 2 + index * 25, 2 + index * 25 + 23), `method ${index}`);
		}
	});

	it('cut Python by its indentation', () => {
		const method = (name: string) => [`def ${name}():`, ...Array(24).fill('    work()'), '', ''];
		const spans = chunkLines([...'abcd'].flatMap(method));
		assert.deepEqual(
			spans.map(({ first }) => first),
			[1, 28, 55, 82],
		);
	});

	it('are never longer than 60 lines, whatever the text', () => {
		for (const line of ['\tx = 1;', '}', '', '\t\t\t\t(']) {
			const spans = chunkLines(Array(1_000).fill(line));
			assert.ok(spans.every(({ first, last }) => last - first < MOST));
		}
		assert.deepEqual(chunkLines(['', '  ', '']), []);
	});
});
