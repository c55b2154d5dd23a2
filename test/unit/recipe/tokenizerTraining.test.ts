/** Learning merges: against the definition, the same whatever the order, from a like share of each family's files. */
import * as assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { documentLine } from '../../../models/recipe/document';
import { sampleWords } from '../../../models/recipe/tokenizer/sampling';
import { learnMerges } from '../../../models/recipe/tokenizer/training';
import { randomFrom } from '../../../src/finetune/training/random';
import { temporaryFolder } from '../../support/engines';

/** Counts every pair anew for each merge. Tokens are as old as they stand in the list. */
function learnedByHand(words: ReadonlyMap<string, number>, most: number): readonly string[] {
	const tokens = ['a', 'b', 'c', 'd'];
	let parts = [...words].map(([word, count]) => [[...word], count] as const);
	const merges: string[] = [];
	while (merges.length < most) {
		const counts = new Map<string, number>();
		for (const [word, count] of parts) {
			for (const [index, right] of word.slice(1).entries()) {
				const pair = `${word[index]} ${right}`;
				counts.set(pair, (counts.get(pair) ?? 0) + count);
			}
		}
		const age = (pair: string) => {
			const [left = '', right = ''] = pair.split(' ');
			return tokens.indexOf(left) * 1_000 + tokens.indexOf(right);
		};
		const [best] = [...counts]
			.filter(([, count]) => count > 1)
			.sort(([one, many], [other, more]) => more - many || age(one) - age(other));
		if (best === undefined) {
			break;
		}
		const [left, right] = best[0].split(' ');
		tokens.push(`${left}${right}`);
		merges.push(best[0]);
		parts = parts.map(([word, count]) => {
			const merged: string[] = [];
			for (const part of word) {
				if (part === right && merged.at(-1) === left) {
					merged[merged.length - 1] = `${left}${right}`;
				} else {
					merged.push(part);
				}
			}
			return [merged, count];
		});
	}
	return merges;
}

function randomWords(seed: number): ReadonlyMap<string, number> {
	const random = randomFrom(seed);
	const below = (limit: number) => Math.floor(random.next() * limit);
	const letter = () => 'abcd'[below(4)] ?? '';
	return new Map(
		Array.from({ length: 60 }, () => [Array.from({ length: 1 + below(9) }, letter).join(''), 1 + below(20)]),
	);
}

describe('learning merges', () => {
	it('takes the most frequent pair each time, as the definition says', () => {
		for (let seed = 1; seed <= 30; seed++) {
			const words = randomWords(seed);
			const merges = learnMerges(words, 40);
			assert.deepEqual(merges, learnedByHand(words, 40), `seed ${seed}`);
			assert.equal(merges.length, 40);
		}
	});

	it('gives the same merges for words in another order', () => {
		const words = randomWords(7);
		assert.deepEqual(learnMerges(new Map([...words].reverse()), 60), learnMerges(words, 60));
	});

	it('counts a pair in a run as the run is merged', () => {
		assert.deepEqual(learnMerges(new Map([['aaaaa', 3]]), 9), ['a a', 'aa a', 'aa aaa']);
	});

	it('ends where no pair comes twice, and takes bytes for letters', () => {
		assert.deepEqual(learnMerges(new Map([['ab', 1]]), 9), []);
		assert.deepEqual(learnMerges(new Map([[' é', 2]]), 9), ['Ġ Ã', 'ĠÃ ©']);
	});
});

describe('the words that merges are learnt from', () => {
	const file = path.join(temporaryFolder(), 'train.jsonl');
	const document = (name: string, text: string) =>
		documentLine({ package: name, language: 'typescript', path: 'a.ts', text });

	it('come from so much of each family, and count so often a file', async () => {
		fs.writeFileSync(
			file,
			[
				document('@big/one', 'alpha '.repeat(50)),
				document('@big/two', 'beta'),
				document('small', 'alpha'),
				document('@big/one', 'gamma'),
			].join(''),
		);
		const sample = await sampleWords(file, { perFamily: 302, perFile: 10 });
		assert.deepEqual(
			[...sample.words],
			[
				['alpha', 2],
				[' alpha', 10],
				[' ', 1],
				['beta', 1],
			],
		);
		assert.deepEqual([sample.families, sample.files, sample.characters], [2, 3, 309]);
	});
});
