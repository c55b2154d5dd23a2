/** The same lines are found whatever a formatter did to them, and nothing is found that every program has. */
import * as assert from 'node:assert/strict';
import { FEWEST, LineFinder, significantLines } from '../../../../src/chat/origin/sameLines';

const CODE = [
	'export function total(items) {',
	"\tconst rate = items.length > 3 ? 'low' : 'high';",
	'\tlet sum = 0;',
	'\tfor (const item of items) {',
	'\t\tsum += item.price * item.count;',
	'\t}',
	'\treturn sum * RATES[rate];',
	'}',
];

describe('chat/origin/sameLines', () => {
	const find = (code: readonly string[], other: readonly string[]) =>
		new LineFinder(significantLines(code.join('\n'))).find(significantLines(other.join('\n')));

	it('finds them with their numbers in both texts', () => {
		const found = find(['// Mine.', ...CODE], ['/** Theirs. */', '', ...CODE, '', 'total([]);']);
		assert.deepEqual(found, { first: 2, last: 8, otherFirst: 3, otherLast: 9, count: 6 });
	});

	it('does not mind indentation, blanks, quotes, blank lines and lines of brackets alone', () => {
		const other = CODE.flatMap((line) => [
			line.replaceAll('\t', '  ').replaceAll("'", '"').replace(';', ''),
			'',
		]);
		assert.equal(find(CODE, other)?.count, 6);
	});

	it('needs so many in a row', () => {
		const broken = CODE.map((line) => (line.includes('let sum') ? '\tlet sum = 1;' : line));
		assert.equal(find(CODE, broken), undefined);
		assert.equal(find(CODE.slice(1), CODE), undefined, 'one less than FEWEST');
		assert.equal(FEWEST, 6);
	});

	it('takes the longest of several', () => {
		const longer = [...CODE.slice(0, -1), '\tlog(sum);', '\tlog(rate);', '}'];
		const found = find(longer, [...CODE, '', ...longer]);
		assert.deepEqual([found?.count, found?.otherFirst], [8, CODE.length + 2]);
	});

	for (const [what, lines] of [
		[
			'imports',
			['a', 'b', 'c', 'd', 'e', 'f', 'g'].map((name) => `import { ${name}Function } from './${name}';`),
		],
		['brackets', Array.from({ length: 20 }, () => '\t});')],
		['numbers', ['1,', '2,', '3,', '4,', '5,', '6,', '7,']],
		[
			'one line again and again',
			Array.from({ length: 20 }, () => 'assert.equal(actual, expected, message);'),
		],
	] as const) {
		it(`finds nothing in ${what}`, () => assert.equal(find(lines, lines), undefined));
	}
});
