/** An answer that says the same again and again is told from one that only looks like it. */
import * as assert from 'node:assert/strict';
import { firstRound } from '../../../src/chat/circles';

describe('chat/circles', () => {
	const repeated = (text: string, times: number) => Array.from({ length: times }, () => text).join('');

	for (const [what, text, round] of [
		['a word', repeated('`to_`; ', 200), '`to_`;'],
		[
			'two words that change places',
			repeated('index is undefined and undefined is index and ', 40),
			'index is undefined and',
		],
		[
			'a sentence',
			repeated('This declares the value of the index that it was given by whoever called it first. ', 20),
			'This declares the value of the index that it was given by whoever called it first. ',
		],
		[
			'a line of code',
			repeated('\tconst { name, value, other, more, again, still } = options.of(this);\n', 20),
			'\tconst { name, value, other, more, again, still } = options.of(this);',
		],
		['signs without an end', `A rule: ${'-'.repeat(450)}`, 'A rule: -'],
		['a number without an end', `return 1${'00'.repeat(220)}`, 'return 10'],
	] as const) {
		it(`hears ${what}`, () => {
			const said = `It says what it does.\n\n${text}`;
			assert.equal(said.slice(0, firstRound(said) ?? assert.fail()), `It says what it does.\n\n${round}`);
			assert.equal(firstRound(text.slice(0, 60)), undefined, 'not before it is one');
		});
	}

	it('is cut at its first round though words stray into it', () => {
		const loop = (times: number) => repeated('it is a string ', times);
		const text = `Line 5.\n\n${loop(12)}or ${loop(14)}and ${loop(10)}`;
		assert.equal(text.slice(0, firstRound(text)), 'Line 5.\n\nit is a string');
	});

	for (const [what, text] of [
		['nothing', ''],
		['a short answer', 'It adds two numbers.'],
		['a table', Array.from({ length: 60 }, (_, row) => `| item ${row} | ${row * 7} | yes | no |`).join('\n')],
		[
			'imports that are alike',
			Array.from({ length: 50 }, (_, at) => `import { part${at} } from './parts/part${at}';`).join('\n'),
		],
		['a rule below a heading', `Heading\n${'='.repeat(120)}\n`],
		['a matrix of zeros', repeated('[0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],\n', 9)],
	] as const) {
		it(`lets ${what} be`, () => assert.equal(firstRound(text), undefined));
	}
});
