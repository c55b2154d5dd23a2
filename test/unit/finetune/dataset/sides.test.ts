/** The newest changes are tested, a twentieth chooses, and nothing that resembles either is learned from. */
import * as assert from 'node:assert/strict';
import * as path from 'node:path';
import { type Added, sidesOf } from '../../../../src/finetune/dataset/sides';

const filesOf = (count: number, characters = 1_000) =>
	Array.from({ length: count }, (_, index) => ({ name: `r/f${index}.ts`, characters, cluster: index }));
const commit = (...names: number[]): Added => ({
	hunks: new Map(names.map((name) => [`r/f${name}.ts`, 1])),
});
const namesOf = (files: readonly { readonly name: string }[]) => files.map(({ name }) => name).sort();

describe('sides', () => {
	it('tests what the newest commits changed, up to a tenth of the text', () => {
		const commits = [commit(3), commit(7, 3), commit(1), commit(2), commit(4), commit(5)];
		const { test, by, train, validation, out, commits: used } = sidesOf(filesOf(20), commits, 1);
		assert.deepEqual([by, used], ['time', 2]);
		assert.deepEqual(namesOf(test), ['r/f3.ts', 'r/f7.ts']);
		assert.equal(validation.length, 1);
		assert.deepEqual(out, []);
		assert.equal(train.length + validation.length + test.length, 20);
		assert.equal(new Set([...train, ...validation, ...test]).size, 20);
	});

	it('ends with a tenth of the commits where those changed enough in files enough', () => {
		const many = (...names: number[]): Added => ({
			hunks: new Map(names.map((name) => [`r/f${name}.ts`, 250])),
		});
		const first = Array.from({ length: 30 }, (_, index) => index);
		const older = Array.from({ length: 9 }, (_, index) => commit(40 + index));
		const enough = sidesOf(filesOf(1_000), [many(...first), ...older], 1);
		assert.deepEqual([enough.test.length, enough.commits], [30, 1]);
		// The same in one file is no test of the others.
		const { test, commits: used } = sidesOf(filesOf(1_000), [many(0), ...older], 1);
		assert.deepEqual([test.length, used], [10, 10]);
	});

	it('tests small files rather than a few large ones, where there are some', () => {
		const large = Array.from({ length: 5 }, (_, index) => ({
			...{ name: `r/large${index}.ts`, characters: 4_000, cluster: 1_000 + index },
		}));
		const changed: Added = {
			hunks: new Map([...large.map(({ name }) => [name, 9] as const), ...commit(0, 1, 2, 3).hunks]),
		};
		const commits = [changed, commit(4, 5, 6, 7), commit(8), commit(9), commit(10), commit(11)];
		const { test, commits: used } = sidesOf([...filesOf(80), ...large], commits, 1);
		assert.deepEqual(
			[namesOf(test), used],
			[[0, 1, 2, 3, 4, 5, 6, 7, 8].map((index) => `r/f${index}.ts`), 3],
		);
		// Too few are small: the newest commit's large ones come with them.
		const fewer = sidesOf([...filesOf(80), ...large], [changed, commit(), commit(), commit(), commit()], 1);
		assert.deepEqual(namesOf(fewer.test), ['r/f0.ts', 'r/f1.ts', 'r/f2.ts', 'r/f3.ts', 'r/large0.ts']);
	});

	it('is drawn by seed where there is no history', () => {
		const files = filesOf(40);
		const { test, validation, train, by, commits } = sidesOf(files, [commit(1)], 1);
		assert.deepEqual([by, commits], ['seed', 0]);
		assert.deepEqual([train.length, validation.length, test.length], [34, 2, 4]);
		assert.deepEqual(sidesOf(files, [], 1).test, test);
		assert.notDeepEqual(namesOf(sidesOf(files, [], 2).test), namesOf(test));
	});

	it('is of whole folders where there is no history, and folders enough', () => {
		const inFolders = (count: number, files = 6) =>
			Array.from({ length: count * files }, (_, index) => ({
				name: `r/d${index % count}/f${index}.ts`,
				characters: 1_000,
				cluster: index,
			}));
		const foldersOf = (side: readonly { readonly name: string }[]) =>
			new Set(side.map(({ name }) => path.posix.dirname(name)));
		for (let seed = 0; seed < 20; seed++) {
			const { train, validation, test, by } = sidesOf(inFolders(20), [], seed);
			assert.equal(by, 'folder');
			assert.equal(test.length, 12);
			assert.equal(foldersOf(test).size, 2);
			const others = foldersOf([...train, ...validation]);
			assert.ok(![...foldersOf(test)].some((folder) => others.has(folder)));
			assert.equal(train.length + validation.length + test.length, 120);
		}
		// Too few folders, and too large ones.
		assert.equal(sidesOf(inFolders(4), [], 1).by, 'seed');
		assert.equal(sidesOf(inFolders(5), [], 1).by, 'seed');
	});

	it('takes folders for one whose files resemble each other', () => {
		const files = Array.from({ length: 120 }, (_, index) => ({
			name: `r/d${index % 20}/f${index}.ts`,
			characters: 1_000,
			// The first file of every folder and that of the next one are copies, but for every second pair.
			cluster: index < 20 ? Math.floor(index / 2) : 1_000 + index,
		}));
		for (let seed = 0; seed < 20; seed++) {
			const { test, by } = sidesOf(files, [], seed);
			assert.equal(by, 'folder');
			const numbers = new Set(test.map(({ name }) => Number(/d(\d+)/.exec(name)?.[1])));
			assert.ok(
				[...numbers].every((number) => numbers.has(number ^ 1)),
				[...numbers].join(),
			);
		}
	});

	it('keeps files that resemble each other on one side, or on none', () => {
		const commits = Array.from({ length: 6 }, (_, index) => commit(index));
		for (let seed = 0; seed < 30; seed++) {
			for (const history of [[], commits]) {
				const files = filesOf(40).map((file, index) => ({ ...file, cluster: index % 13 }));
				const { train, validation, test, out } = sidesOf(files, history, seed);
				const clusters = [train, validation, [...test, ...out]].map(
					(side) => new Set(side.map(({ cluster }) => cluster)),
				);
				const all = clusters.flatMap((side) => [...side]);
				assert.equal(new Set(all).size, all.length, `seed ${seed}`);
				assert.ok(train.length > 0 && validation.length > 0 && test.length > 0);
				assert.equal(train.length + validation.length + test.length + out.length, 40);
			}
		}
	});

	it('leaves something to learn from and to choose by, however much was changed', () => {
		const commits = Array.from({ length: 6 }, () => commit(0, 1, 2, 3));
		const { train, validation, test } = sidesOf(filesOf(4, 10), commits, 1);
		assert.deepEqual(
			[train, validation, test].map((side) => side.length > 0),
			[true, true, true],
		);
		const giant = [...filesOf(3, 10), { name: 'r/giant.ts', characters: 100_000, cluster: 99 }];
		const sides = sidesOf(giant, [], 3);
		assert.ok(sides.train.length > 0 && sides.validation.length > 0 && sides.test.length > 0);
		assert.throws(() => sidesOf(filesOf(2), [], 1), RangeError);
	});
});
