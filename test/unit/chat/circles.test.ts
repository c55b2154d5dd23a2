/** An answer that says the same again and again is told from one that only looks like it. */
import * as assert from 'node:assert/strict';
import { goesInCircles } from '../../../src/chat/circles';

describe('chat/circles', () => {
	const repeated = (text: string, times: number) => Array.from({ length: times }, () => text).join('');

	for (const [what, text] of [
		['a word', repeated('`to_`; ', 200)],
		['two words that change places', repeated('index is undefined and undefined is index and ', 40)],
		[
			'a sentence',
			repeated('This declares the value of the index that it was given by whoever called it first. ', 20),
		],
		[
			'a line of code',
			repeated('\tconst { name, value, other, more, again, still } = options.of(this);\n', 20),
		],
		['signs without an end', `A rule: ${'-'.repeat(450)}`],
		['a number without an end', `return 1${'00'.repeat(220)}`],
	] as const) {
		it(`hears ${what}`, () => {
			assert.equal(goesInCircles(`It says what it does.\n\n${text}`), true);
			assert.equal(goesInCircles(text.slice(0, 60)), false, 'not before it is one');
		});
	}

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
		it(`lets ${what} be`, () => assert.equal(goesInCircles(text), false));
	}
});
