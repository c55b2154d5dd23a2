/** Every measure of a text's quality, just within its threshold and just beyond it. */
import * as assert from 'node:assert/strict';
import { charactersPerToken, judgeQuality, judgeTokens } from '../../../../src/finetune/corpus/quality';
import { loadTokenTables } from '../../../../src/inference/tokens';

const WORDS = Array.from({ length: 20 }, (_, index) => `word${String.fromCharCode(97 + index)}`).join(' ');

/** A text of `length` characters with these words, filled up with one character. */
const filled = (length: number, fill: string, text = WORDS) => text + fill.repeat(length - text.length);

describe('corpus: quality', () => {
	function check(
		name: string,
		text: string,
		expected: readonly [value: string, threshold: string] | undefined,
	) {
		it(`${name}: ${expected === undefined ? 'in' : expected.join(', ')}`, () => {
			const verdict = judgeQuality(text, 'a.ts');
			assert.deepEqual(verdict === undefined ? undefined : [verdict.value, verdict.threshold], expected);
			if (verdict !== undefined) {
				assert.equal(verdict.stage, 'quality');
			}
		});
	}
	// 100 letters: 20 words of five.
	check('a quarter letters and digits', filled(400, '.'), undefined);
	check('fewer', filled(404, '.'), ['24.8 %', 'at least 25 % letters and digits']);
	check('letters of other scripts count', `${WORDS}${'\u5b57'.repeat(200)}${'.'.repeat(700)}`, undefined);
	check('three tenths digits', `${WORDS}${'.'.repeat(51)} ${'7'.repeat(73)}`, undefined);
	check('more', `${WORDS}${'.'.repeat(51)} ${'7'.repeat(74)}`, ['30.2 %', 'at most 30 % digits']);
	const code = `${WORDS.split(' ').join(';\n')};\n`;
	check('four lines of comment to one of code', `${'// wordy\n'.repeat(80)}${code}`, undefined);
	check('more comment', `${'// wordy\n'.repeat(82)}${code}`, ['80.4 %', 'at most 80 % of the lines comment']);
	check('20 different words', `${WORDS} worda wordb`, undefined);
	check('19', `${WORDS.slice(6)} wordb wordc`, ['19 words', 'at least 20 different words']);

	it('counts the characters of a token on pieces of the text', () => {
		const pieces: string[] = [];
		const count = (text: string) => {
			pieces.push(text);
			return text.length / 4;
		};
		assert.equal(charactersPerToken('abcd'.repeat(10), count), 4);
		assert.equal(charactersPerToken('abcd'.repeat(10_000), count), 4);
		assert.deepEqual(
			pieces.map((piece) => piece.length),
			[40, 512, 512],
		);
		assert.equal(
			charactersPerToken('', () => 0),
			0,
		);
	});

	it('leaves out what has fewer than two characters a token', () => {
		assert.equal(judgeTokens(2), undefined);
		const verdict = judgeTokens(1.9);
		assert.deepEqual(
			[verdict?.stage, verdict?.value, verdict?.threshold],
			['quality', '1.9', 'at least 2 characters a token'],
		);
	});

	it('tells code from what is only written with letters', async () => {
		const { count } = await loadTokenTables();
		const code = 'export function sumOf(values: readonly number[]): number {\n\treturn values.length;\n}\n';
		assert.ok(charactersPerToken(code.repeat(20), count) > 3);
		const noise = Array.from({ length: 400 }, (_, index) => ((index * 7919) % 1296).toString(36)).join('+/');
		assert.ok(charactersPerToken(noise, count) < 2);
	});
});
