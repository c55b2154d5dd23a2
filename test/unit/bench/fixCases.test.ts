/** Tests of the fix bench's cases and counting: what is right is right, what is wrong is wrong, by the compiler's word. */

import * as assert from 'node:assert/strict';
import { compiled } from '../../../models/recipe/chat/compiler';
import { applyLineEdits } from '../../../src/chat/patch';
import { type Case, fixCases, generateCases } from '../../bench/fixCases';
import { type Result, scoreOf } from '../../bench/fixRun';

/** How many of the texts the compiler has nothing to say about. */
function compiling(texts: readonly string[]): number {
	const files = new Map(texts.map((text, index) => [`a${index}.ts`, text]));
	return compiled(files, (program) =>
		texts.filter((_, index) => program.problems(`a${index}.ts`).length === 0),
	).length;
}

function written({ change }: Case, code: string): string {
	return applyLineEdits(change.lines, change.editsOf(code)).join('\n');
}

describe('bench/fixCases', function () {
	this.timeout(120_000);

	it('breaks programs in many ways, each of which the compiler reports', () => {
		const cases = fixCases(60, 1);
		assert.equal(cases.length, 60);
		assert.equal(compiling(cases.map(({ change }) => change.lines.join('\n'))), 0);
		assert.ok(new Set(cases.map(({ way }) => way)).size >= 15);
		assert.ok(cases.every(({ question }) => question.task === 'fix' && question.findings.length > 0));
	});

	it('knows what would be right of most, and that compiles as the product applies it', () => {
		const texts = fixCases(60, 1).flatMap((one) =>
			one.right === undefined ? [] : [written(one, one.right)],
		);
		assert.ok(texts.length >= 40);
		assert.equal(compiling(texts), texts.length);
	});

	it('gives the scripted model wrong answers to choose from, which hardly ever compile', () => {
		const wrong = fixCases(60, 1).flatMap((one) => one.wrong.map((code) => written(one, code)));
		assert.ok(wrong.length >= 120);
		assert.ok(compiling(wrong) < wrong.length / 10);
	});

	it('takes bodies out of functions, and what is right puts them back', () => {
		const cases = generateCases(40, 1);
		assert.equal(cases.length, 40);
		const texts = cases.map((one) => written(one, one.right ?? ''));
		assert.equal(compiling(texts), texts.length);
		for (const [index, { original }] of cases.entries()) {
			const text = (texts[index] ?? '').replace(/^\s*\/\/.*\n/gm, '');
			assert.equal(text.replace(/\s+/g, ''), original.replace(/\s+/g, ''));
		}
	});
});

describe('bench/fixRun', function () {
	this.timeout(60_000);
	it('counts by the compiler what the check had to say', () => {
		const [one] = fixCases(1, 1);
		assert.ok(one !== undefined);
		const common = { one, rounds: 1, milliseconds: [] };
		const [good, bad] = ['export const a = 1;', 'export const a: string = 1;'];
		const results: readonly Result[] = [
			{ ...common, first: good, offered: good, isPraised: true },
			{ ...common, first: bad, offered: one.original, isPraised: true, rounds: 3 },
			{ ...common, first: bad, offered: bad, isPraised: false },
			{ ...common, first: undefined, offered: undefined, isPraised: false },
		];
		assert.deepEqual(scoreOf(results), {
			firstCompiles: 0.25,
			offeredCompiles: 0.5,
			firstWrong: 0.5,
			offeredWrong: 0.25,
			misjudged: 0,
			isOriginal: 0.25,
			isGutted: 0.25,
			meanAnswers: 1.5,
		});
		assert.equal(scoreOf([{ ...common, first: bad, offered: bad, isPraised: true }]).misjudged, 1);
	});
});
