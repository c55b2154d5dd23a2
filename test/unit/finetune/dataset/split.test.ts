/** The split loses no file, has none on both sides, and says when there is too little to split. */
import * as assert from 'node:assert/strict';
import { enough, split } from '../../../../src/finetune/dataset/split';

const filesOf = (...sizes: number[]) =>
	sizes.map((characters, index) => ({ name: `repository/file${index}.ts`, characters }));
const total = (files: readonly { readonly characters: number }[]) =>
	files.reduce((sum, file) => sum + file.characters, 0);

describe('split', () => {
	it('holds out about a tenth of the text, whatever the seed, and every file is on one side', () => {
		const files = filesOf(...Array.from({ length: 200 }, (_, index) => 100 + ((index * 7919) % 5_000)));
		for (let seed = 0; seed < 50; seed++) {
			const { train, heldOut } = split(files, seed);
			assert.deepEqual(new Set([...train, ...heldOut]), new Set(files));
			assert.equal(train.length + heldOut.length, files.length);
			const share = total(heldOut) / total(files);
			assert.ok(share >= 0.09 && share <= 0.11, `${share} with seed ${seed}`);
		}
	});

	it('does not prefer small files', () => {
		const files = filesOf(...Array.from({ length: 200 }, (_, index) => (index % 2 === 0 ? 1_000 : 1)));
		const small = split(files, 1).heldOut.filter((file) => file.characters === 1).length;
		assert.ok(small < 25, `${small} of 100`);
	});

	it('is the same for the same seed and another for another', () => {
		const files = filesOf(...Array(40).fill(1_000));
		const names = (seed: number) => split(files, seed).heldOut.map((file) => file.name);
		assert.equal(names(1).length, 4);
		assert.deepEqual(names(1), names(1));
		assert.notDeepEqual(names(1), names(2));
	});

	it('leaves files on their side, in whatever order they are listed', () => {
		const files = filesOf(...Array(40).fill(1_000));
		const names = (listed: typeof files) =>
			split(listed, 1)
				.heldOut.map((file) => file.name)
				.sort();
		assert.deepEqual(names([...files].reverse()), names(files));
	});

	it('divides two files, and takes the smallest where each is more than a tenth', () => {
		assert.deepEqual(
			split(filesOf(10, 900), 1).heldOut.map((file) => file.characters),
			[10],
		);
		assert.deepEqual(
			split(filesOf(500, 900), 7).heldOut.map((file) => file.characters),
			[500],
		);
		assert.equal(split(filesOf(5, 5), 3).train.length, 1);
		assert.deepEqual(
			split(filesOf(900, 400, 800), 1).heldOut.map((file) => file.characters),
			[400],
		);
	});

	it('refuses to divide one file or none', () => {
		assert.throws(() => split(filesOf(10), 1), /1 files cannot be split/);
		assert.throws(() => split([], 1), RangeError);
	});
});

describe('enough', () => {
	function check(files: number, expected: RegExp) {
		it(`${files} files: ${expected.source}`, () => {
			const verdict = enough(files);
			assert.match(
				verdict.type === 'refused' ? verdict.reason : (verdict.note ?? 'nothing to say'),
				expected,
			);
			assert.equal(verdict.type, files < 10 ? 'refused' : 'enough');
		});
	}
	check(0, /no file to learn from.*Open a Git repository/);
	check(1, /^Only 1 file can be .*at least 10/);
	check(9, /^Only 9 files can be .*Open more repositories/);
	check(10, /not verifiable/);
	check(29, /not verifiable/);
	check(30, /nothing to say/);
});
