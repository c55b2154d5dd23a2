/** Tests of code blocks that look for their place in a file: found where one place alone is like them. */

import * as assert from 'node:assert/strict';
import { blockEdits, type NoPlace, placeText } from '../../../../src/chat/apply/block';
import { applyLineEdits } from '../../../../src/chat/patch';

const file = [
	"import { other } from './other';",
	'',
	'export class Counter {',
	'\tprivate count = 0;',
	'',
	'\tadd(by: number): void {',
	'\t\tif (by > 0) {',
	'\t\t\tthis.count += by;',
	'\t\t}',
	'\t}',
	'',
	'\ttake(by: number): void {',
	'\t\tif (by > 0) {',
	'\t\t\tthis.count -= by;',
	'\t\t}',
	'\t}',
	'}',
	'',
	'export function twice(value: number): number {',
	'\tconst result = other(value);',
	'\treturn result + value;',
	'}',
];

function applied(code: string, selected?: { start: number; end: number }, lines = file): string {
	const place = blockEdits(lines, code, selected);
	return typeof place === 'string' ? place : applyLineEdits(lines, place.edits).join('\n');
}

const code = (...lines: string[]) => lines.join('\n');

describe('chat/apply/block', () => {
	it('puts a new version of a function in the place of the old one, as deep as that', () => {
		const written = code(
			'add(by: number): void {',
			'  if (by > 0) {',
			'    this.count += by;',
			'    this.changed();',
			'  }',
			'}',
		);
		assert.equal(
			applied(written),
			file
				.join('\n')
				.replace('\t\t\tthis.count += by;\n', '\t\t\tthis.count += by;\n\t\t\tthis.changed();\n'),
		);
	});

	it('finds the place of code with a new comment in front, which takes the place of the old documentation alone', () => {
		const twice = file.slice(18);
		const text = code('/**', ' * Adds what the other makes of it.', ' */', ...twice);
		const before = file.slice(0, 18).join('\n');
		assert.equal(applied(text), `${before}\n${text}`);
		const documented = [...file.slice(0, 18), '// eslint-disable-next-line', '/** Old. */', ...twice];
		assert.equal(applied(text, undefined, documented), `${before}\n// eslint-disable-next-line\n${text}`);
		const remarked = [...file.slice(0, 18), '// Keep this.', ...twice];
		assert.equal(applied(text, undefined, remarked), `${before}\n// Keep this.\n${text}`);
		assert.equal(applied(code('// ... existing code ...', ...twice)), 'elided');
		assert.equal(applied(code('// Only a remark.')), 'unknown');
	});

	it('takes no code for a comment in front', () => {
		const card = ['.card {', '  color: red;', '}'];
		assert.equal(applied(code('#title {', '  color: red;', '}'), undefined, card), 'unknown');
		const guide = ['# Setup', '', 'Run it.'];
		assert.equal(applied(code('# Installation', '', 'Run it.'), undefined, guide), 'unknown');
		const pointer = ['int *p;', '', '*p = 2;', 'f();'];
		assert.equal(applied(code('*p = 1;', 'f();'), undefined, pointer), 'unknown');
	});

	it('changes as few lines as it can', () => {
		const written = code(
			'export function twice(value: number): number {',
			'\tconst result = other(value);',
			'\treturn result * 2;',
			'}',
		);
		const place = blockEdits(file, written, undefined);
		assert.ok(typeof place !== 'string');
		assert.deepEqual(place.edits, [{ start: 20, removed: 1, lines: ['\treturn result * 2;'] }]);
	});

	it('knows a function by its name when its parameters are others', () => {
		const written = code(
			'add(by: number, times = 1): void {',
			'\tif (by > 0) {',
			'\t\tthis.count += by * times;',
			'\t}',
			'}',
		);
		assert.equal(
			applied(written),
			file
				.join('\n')
				.replace('\tadd(by: number): void {', '\tadd(by: number, times = 1): void {')
				.replace('this.count += by;', 'this.count += by * times;'),
		);
		// Conditions are no names.
		assert.equal(applied(code('if (by > 100) {', '\tthis.count += by;', '}')), 'unknown');
	});

	it('takes the selected lines where there are some', () => {
		assert.equal(
			applied('const result = 1;', { start: 19, end: 19 }),
			file.join('\n').replace('other(value);', '1;'),
		);
	});

	it('fills an empty file', () => {
		assert.equal(applied('const one = 1;', undefined, ['']), 'const one = 1;');
	});

	it('does not guess where nothing is like it, or its ends stand nowhere', () => {
		const unknown = [
			code('function quite(different: string) {', '\treturn different.length;', '}'),
			// Its head is another one, so what it replaces has no certain beginning.
			code('export function thrice(value: number): number {', '\tconst result = other(value);', '}'),
			'}',
		];
		assert.deepEqual(
			unknown.map((one) => applied(one)),
			['unknown', 'unknown', 'ambiguous'],
		);
	});

	it('does not delete what lies between two places far from each other', () => {
		const written = code(
			"import { other } from './other';",
			'',
			'export function twice(value: number): number {',
			'\tconst result = other(value);',
			'\treturn 2 * result;',
			'}',
		);
		assert.equal(applied(written), 'unknown');
	});

	it('takes the whole of a function that was larger before, in braces or by indentation', () => {
		const loop = [
			'function sum(all) {',
			'\tfor (const one of all) {',
			'\t\tuse(one);',
			'\t}',
			'\treturn 1;',
			'}',
			'rest();',
		];
		assert.equal(
			applied(code('function sum(all) {', '\tall.forEach(use);', '}'), undefined, [
				...loop.slice(0, 4),
				'}',
				'rest();',
			]),
			code('function sum(all) {', '\tall.forEach(use);', '}', 'rest();'),
		);
		const python = ['def one(a):', '    b = a', '    print(a)', '    return b', '', 'two()'];
		// It ends with a line after which the function goes on.
		assert.equal(applied(code('def one(a):', '    b = 2 * a', '    print(a)'), undefined, python), 'unknown');
		assert.equal(
			applied(code('def one(a):', '    b = 2 * a', '    return b'), undefined, python),
			code('def one(a):', '    b = 2 * a', '    return b', '', 'two()'),
		);
	});

	it('does not choose between two places', () => {
		const twin = [...file, '', ...file.slice(18)];
		assert.equal(applied(code(...file.slice(18, 20), '\treturn 0;', '}'), undefined, twin), 'ambiguous');
	});

	it('does not delete what the model left out, not even from selected lines', () => {
		for (const left of [
			'// ...',
			'\t// ... existing code ...',
			'# rest of the function',
			'…',
			'/* ... */',
			'// existing code',
		]) {
			const written = code('export class Counter {', left, '}');
			assert.equal(applied(written), 'elided', left);
			assert.equal(applied(written, { start: 2, end: 16 }), 'elided', left);
		}
		const spread = code(
			'export function twice(value: number): number {',
			'\tconst result = other({',
			'\t\t...value,',
			'\t});',
			'\treturn result + value;',
			'}',
		);
		assert.match(applied(spread), /\t\t\.\.\.value,/);
	});

	it('takes dots that stand in the file for what they are there', () => {
		const python = ['def one():', '    ...', '', 'def two():', '    return 1'];
		assert.equal(applied(code('def one():', '    ...'), undefined, python), python.join('\n'));
	});

	it('leaves very long files to a selection', () => {
		const long = Array.from({ length: 60_000 }, (_, index) => `line(${index % 1_000});`);
		assert.equal(applied(long.slice(100, 800).join('\n'), undefined, long), 'too-large');
		assert.equal(applied('line(0);\nother();', undefined, [...long, ...long, ...long, ...long]), 'ambiguous');
	});

	it('says of each what helps', () => {
		const all: readonly NoPlace[] = ['elided', 'unknown', 'ambiguous', 'too-large'];
		const texts = all.map((why) => placeText(why, 'a.ts', (message) => message));
		assert.equal(new Set(texts).size, all.length);
		assert.ok(texts.every((text) => /copy|select/i.test(text)));
	});
});
