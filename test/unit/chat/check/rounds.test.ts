/** Tests of the second chances: how many there are, what is asked, and which attempt is taken. */

import * as assert from 'node:assert/strict';
import type { Problem } from '../../../../src/chat/check/checking';
import { type Attempt, bestOf, changed } from '../../../../src/chat/check/rounds';
import type { Verdict } from '../../../../src/chat/check/verdict';
import type { Finding } from '../../../../src/chat/question';

/** One fault for each time the word stands in the text. */
function verdictOn(lines: readonly string[]): Verdict {
	const remaining = lines.flatMap((line, index): Problem[] =>
		[...line.matchAll(/wrong/g)].map(() => ({ code: 1, message: 'wrong', line: index })),
	);
	return { type: 'checked', asked: 1, remaining, brought: [], isForeign: false };
}

interface Asked {
	readonly code: string;
	readonly findings: readonly Finding[];
	readonly round: number;
}

/** Lets a model answer with these, one after the other. */
async function run(first: string, ...answers: (string | undefined)[]) {
	const asked: Asked[] = [];
	const told: [round: number, isLast: boolean][] = [];
	const lines = ['above', first, 'below'];
	const best = await bestOf(
		{ lines, range: { start: 1, end: 1 } },
		{
			check: async (after) => verdictOn(after),
			async again({ lines, range }: Attempt, findings, round) {
				asked.push({ code: lines.slice(range.start, range.end + 1).join('\n'), findings, round });
				return answers[round - 1];
			},
			onChecked: ({ round }, isLast) => told.push([round, isLast]),
		},
	);
	return { best, asked, told };
}

describe('chat/check/rounds', () => {
	it('takes what is right at once, and asks nothing', async () => {
		const { best, asked, told } = await run('right');
		assert.deepEqual([best.lines, best.round], [['above', 'right', 'below'], 0]);
		assert.deepEqual(asked, []);
		assert.deepEqual(told, [[0, true]]);
	});

	it('asks again with the code as it would be and the errors that it has', async () => {
		const { best, asked, told } = await run('wrong', 'one\nwrong', 'one\ntwo\nthree');
		assert.deepEqual(best.lines, ['above', 'one', 'two', 'three', 'below']);
		assert.deepEqual(best.range, { start: 1, end: 3 });
		assert.equal(best.round, 2);
		assert.deepEqual(asked, [
			{ code: 'wrong', findings: [{ line: 2, message: 'wrong' }], round: 1 },
			{ code: 'one\nwrong', findings: [{ line: 3, message: 'wrong' }], round: 2 },
		]);
		assert.deepEqual(told, [
			[0, false],
			[1, false],
			[2, true],
		]);
	});

	it('asks twice at most, and takes the attempt with the fewest faults, of equals the first', async () => {
		const { best, asked } = await run('wrong wrong', 'wrong', 'wrong too');
		assert.equal(asked.length, 2);
		assert.deepEqual([best.lines[1], best.round], ['wrong', 1]);
	});

	it('keeps what there is when no better answer comes, or the same once more', async () => {
		for (const answer of [undefined, 'wrong', '', '   ']) {
			const { best, asked } = await run('wrong', answer, 'right');
			assert.deepEqual([best.lines[1], asked.length], ['wrong', 1], JSON.stringify(answer));
		}
	});

	it('does not ask again where nobody could check', async () => {
		const told: boolean[] = [];
		const best = await bestOf(
			{ lines: ['wrong'], range: { start: 0, end: 0 } },
			{
				check: async () => ({ type: 'unchecked', reason: 'no.' }),
				again: () => assert.fail('asked'),
				onChecked: (_, isLast) => told.push(isLast),
			},
		);
		assert.deepEqual([best.round, told], [0, [true]]);
	});

	it('knows which lines are the model’s after an edit, also where there were none', () => {
		const lines = ['// a comment', 'rest'];
		const edits = [{ start: 1, removed: 0, lines: ['one', 'two'] }];
		assert.deepEqual(changed(lines, edits, { start: 1, end: 0 }), {
			lines: ['// a comment', 'one', 'two', 'rest'],
			range: { start: 1, end: 2 },
		});
	});
});
