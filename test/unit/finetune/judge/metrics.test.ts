/** The measures of written texts, on texts that are read at a glance. */
import assert from 'node:assert/strict';
import { bareLines, identifiers } from '../../../../src/finetune/judge/codeText';
import { identifierScore, isExact, isPremature, similarity } from '../../../../src/finetune/judge/metrics';

describe('finetune/judge/metrics', () => {
	it('leaves out comments and empty lines, and keeps strings that look like comments', () => {
		const text = ' a = "http://x"; // why\n\n/* more\n of it */ b();  \n';
		assert.deepEqual(bareLines(text, 'x.ts'), ['a = "http://x";', 'b();']);
		assert.deepEqual(bareLines("a = '#1' # why\nb // 2", 'x.py'), ["a = '#1'", 'b // 2']);
		assert.deepEqual(bareLines('x -- why', 'x.lua'), ['x']);
		// An apostrophe begins no string that swallows the rest.
		assert.deepEqual(bareLines("it's // here\nb", 'x.c'), ["it's", 'b']);
	});

	it('calls equal what has the same lines', () => {
		assert.equal(isExact('  return a;  // it\n', 'return a;', 'x.ts'), true);
		assert.equal(isExact('return b;', 'return a;', 'x.ts'), false);
		assert.equal(isExact('', 'return a;', 'x.ts'), false);
	});

	it('is as similar as the longest common subsequence says', () => {
		assert.equal(similarity('abcd', 'abcd'), 1);
		assert.equal(similarity('', ''), 1);
		assert.equal(similarity('', 'a'), 0);
		// fuzz.ratio('kitten', 'sitting') = 62: ittn of 13.
		assert.equal(similarity('kitten', 'sitting'), 8 / 13);
	});

	it('compares names without keywords and strings, each once', () => {
		assert.deepEqual(
			[...identifiers('const total = sum(a, a) + "b c"; // d', 'x.ts')],
			['total', 'sum', 'a'],
		);
		assert.equal(identifierScore('sum(a, c)', 'sum(a, b)', 'x.ts'), 4 / 6);
		assert.equal(identifierScore('', 'sum(a)', 'x.ts'), 0);
		assert.equal(identifierScore('x', 'return;', 'x.ts'), undefined);
	});

	it('is premature where it is over before half of the truth', () => {
		assert.equal(isPremature({ text: 'ab', isOver: true }, 'abcdef'), true);
		assert.equal(isPremature({ text: 'abc', isOver: true }, 'abcdef'), false);
		assert.equal(isPremature({ text: 'ab', isOver: false }, 'abcdef'), false);
	});
});
