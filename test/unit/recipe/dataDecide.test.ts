/** Decisions over all packages: idioms, the share of one package, and whole families for validation. */
import * as assert from 'node:assert/strict';
import {
	type Candidate,
	decide,
	familyOf,
	heldOutTest,
	MOST_OF_PACKAGE,
	shuffled,
} from '../../../models/recipe/data/decide';
import { printOf } from '../../../src/finetune/corpus/copies';

/** A file that resembles no other path's. */
function candidate(name: string, path: string, bytes: number, passages: readonly number[] = []): Candidate {
	const print = printOf(`${name} ${path} `.repeat(3));
	const finding = { similarity: 0, of: 'held/file.ts', passages };
	return { package: name, language: 'typescript', path, bytes, print, finding };
}

const many = (count: number) => Array.from({ length: count }, (_, index) => index);

describe('decisions on the starter data', () => {
	it('takes a passage that many families have for an idiom, and counts the others', () => {
		const shared = many(30);
		const families = ['a-one', 'a-two', 'b', 'c', 'd', 'e', '@f/one'];
		const six = families.map((name) => candidate(name, 'a.ts', 1_000, shared));
		assert.deepEqual(six.filter(heldOutTest(six)), []);
		assert.ok(decide(six).every((decision) => decision === 'train'));
		// `a-one` and `a-two` are one family.
		const five = six.slice(0, 6);
		assert.ok(decide(five).every((decision) => decision === 'held out'));
		const few = five.map((one) => ({ ...one, finding: { ...one.finding, passages: shared.slice(0, 19) } }));
		assert.ok(decide(few).every((decision) => decision === 'train'));
	});

	it('leaves out what is alike, with all of its copies', () => {
		const [one, two, three] = [
			candidate('a', 'a.ts', 1_000),
			candidate('b', 'b.ts', 1_000),
			candidate('c', 'c.ts', 1_000),
		];
		const copy = { ...two, package: 'd', finding: { ...two.finding, similarity: 0.5 } };
		const near = { ...one, finding: { ...one.finding, similarity: 0.49 } };
		assert.deepEqual(decide([near, two, three, copy]), ['train', 'held out', 'train', 'held out']);
	});

	it('takes no more of a package than its share: whole folders, tests last', () => {
		const size = MOST_OF_PACKAGE.typescript / 8;
		const files = many(10).flatMap((folder) => [
			candidate('p', `src/${folder}/a.ts`, size / 2),
			candidate('p', `src/${folder}/b.ts`, size / 2),
			candidate('p', `test/${folder}/c.ts`, size),
		]);
		const decisions = decide(files);
		const kept = files.filter((_, index) => decisions[index] === 'train');
		assert.equal(kept.length, 16);
		assert.ok(kept.every((file) => file.path.startsWith('src/')));
		const folders = new Set(kept.map((file) => file.path.split('/')[1]));
		assert.equal(folders.size, 8);
		assert.equal(decisions.filter((decision) => decision === 'too much of one package').length, 14);
	});

	it('keeps whole families for validation, about a hundredth of the text', () => {
		const large = many(100).map((index) => candidate(`large${index}`, 'a.ts', 100_000));
		const small = many(40).flatMap((index) => [
			candidate(`s${index}-one`, 'a.ts', 5_000),
			candidate(`s${index}-two`, 'a.ts', 5_000),
		]);
		const files = [...large, ...small];
		const decisions = decide(files);
		const chosen = files.filter((_, index) => decisions[index] === 'validation');
		assert.equal(chosen.length, 20);
		assert.ok(chosen.every((file) => file.package.startsWith('s')));
		assert.equal(new Set(chosen.map((file) => familyOf(file.package))).size, 10);
		assert.deepEqual(['@babel/core', 'd3-array', 'python3-oslo.db', 'zod'].map(familyOf), [
			'@babel',
			'd3',
			'oslo',
			'zod',
		]);
	});

	it('shuffles by name alone', () => {
		const names = many(50).map((index) => `name${index}`);
		const order = shuffled(names, (name) => name);
		assert.deepEqual(
			shuffled([...names].reverse(), (name) => name),
			order,
		);
		assert.notDeepEqual(order, names);
		assert.deepEqual([...order].sort(), [...names].sort());
	});
});
