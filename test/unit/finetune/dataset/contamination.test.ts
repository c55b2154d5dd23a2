/** The check finds what is planted, whatever its blanks, and nothing else; clusters find what resembles. */
import * as assert from 'node:assert/strict';
import { signatureOf } from '../../../../src/finetune/corpus/minHash';
import { clustersOf } from '../../../../src/finetune/dataset/clusters';
import { contaminated } from '../../../../src/finetune/dataset/contamination';
import { ownCode } from '../../../support/gitHistory';

const train = Array.from({ length: 30 }, (_, index) => ownCode(`learned${index}`, 20));

describe('contamination', () => {
	it('is none between texts of their own', () => {
		const middles = Array.from({ length: 50 }, (_, index) => ownCode(`asked${index}`, 2));
		assert.deepEqual([...contaminated(train, middles)], []);
	});

	it('finds fifty tokens in a row, whatever blanks are between them', () => {
		const copied = (train[17] ?? '').slice(900, 1_300).replaceAll('\t', '    ');
		const planted = `const own = 1;\n${copied}\nconst more = 2;\n`;
		assert.deepEqual([...contaminated(train, [ownCode('a', 3), planted, ownCode('b', 3)])], [1]);
		assert.deepEqual([...contaminated([], [planted])], []);
	});

	it('does not mind fewer', () => {
		const copied =
			(train[3] ?? '')
				.match(/\w+|[^\w\s]|\s+/g)
				?.slice(100, 150)
				.join('') ?? '';
		assert.deepEqual([...contaminated(train, [copied])], []);
	});

	it('finds a long line, and does not mind a short one', () => {
		const long =
			'const message = describe(firstThing, secondThing, { third: compute(1), fourth: compute(2) }, rest);';
		const short = "import { readFileSync } from 'node:fs';";
		const texts = [...train, `${short}\n\t${long}\n`];
		assert.deepEqual([...contaminated(texts, [`{\n\t\t\t${long}\n}`, `${short}\nown();`])], [0]);
	});
});

describe('clusters', () => {
	it('are of files that resemble each other, directly or through others', () => {
		const one = ownCode('first', 30);
		const changed = (text: string, from: string, to: string) => text.replaceAll(from, to);
		const texts = [
			one,
			ownCode('second', 30),
			`${changed(one, 'firstStep1(', 'renamed(')}\n// And a word about it.\n`,
			ownCode('third', 30),
			`${changed(changed(one, 'firstStep1(', 'renamed('), 'Report', 'Tell')}`,
		];
		assert.deepEqual(clustersOf(texts.map(signatureOf)), [0, 1, 0, 3, 0]);
	});
});
