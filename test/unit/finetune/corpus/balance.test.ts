/** Weights: no language and no folder drowns the others, and the whole stays as large as it is. */
import * as assert from 'node:assert/strict';
import { balanced, MOST_WEIGHT } from '../../../../src/finetune/corpus/balance';
import { type AuditedFile, out } from '../../../../src/finetune/corpus/verdict';

const file = (path: string, characters: number, repository = 0): AuditedFile => ({
	repository,
	path,
	verdict: { type: 'in', characters, hash: '' },
});

/** Share of what is drawn, by the given key. */
function drawn(files: readonly AuditedFile[], keyOf: (path: string) => string): ReadonlyMap<string, number> {
	const shares = new Map<string, number>();
	let all = 0;
	for (const { path, verdict } of balanced(files)) {
		if (verdict.type === 'in') {
			const weighed = verdict.characters * (verdict.weight ?? Number.NaN);
			shares.set(keyOf(path), (shares.get(keyOf(path)) ?? 0) + weighed);
			all += weighed;
		}
	}
	return new Map([...shares].map(([key, share]) => [key, share / all]));
}
const ending = (path: string) => path.slice(path.lastIndexOf('.') + 1);
const top = (path: string) => path.slice(0, path.indexOf('/'));
const near = (one: number | undefined, other: number) =>
	assert.ok(Math.abs((one ?? Number.NaN) - other) < 0.01, `${one} is not ${other}`);

describe('corpus: balance', () => {
	it('leaves one language in one folder as it is', () => {
		const files = balanced([file('src/a.ts', 100), file('src/b.ts', 300)]);
		assert.deepEqual(
			files.map(({ verdict }) => verdict.type === 'in' && verdict.weight),
			[1, 1],
		);
	});

	it('draws small languages more often, with the exponent 0.7', () => {
		const shares = drawn([file('src/a.ts', 600), file('src/b.py', 400)], ending);
		near(shares.get('ts'), 0.6 ** 0.7 / (0.6 ** 0.7 + 0.4 ** 0.7));
	});

	it('gives a language at most 70 % unless it has more than 90 %', () => {
		near(drawn([file('src/a.ts', 880), file('src/b.py', 120)], ending).get('ts'), 0.7);
		const most = drawn([file('src/a.ts', 950), file('src/b.py', 50)], ending).get('ts') ?? 0;
		assert.ok(most > 0.85 && most < 0.95, String(most));
	});

	it('gives a folder at most 70 % unless it has more than 90 %', () => {
		const files = [file('big/a.ts', 800), file('one/b.ts', 100), file('two/c.ts', 100)];
		const shares = drawn(files, top);
		near(shares.get('big'), 0.7);
		near(shares.get('one'), 0.15);
		near(drawn([file('big/a.ts', 950), file('one/b.ts', 50)], top).get('big'), 0.95);
	});

	it('tells folders of two repositories apart', () => {
		const files = [file('src/a.ts', 800, 0), file('src/b.ts', 200, 1)];
		const weights = balanced(files).map(({ verdict }) => (verdict.type === 'in' ? verdict.weight : 0));
		assert.ok((weights[0] ?? 0) < 1 && (weights[1] ?? 0) > 1, weights.join(' '));
	});

	it('draws nothing more often than twice, and keeps every language', () => {
		const files = balanced([
			file('src/a.ts', 100_000),
			...'py go rs java rb'.split(' ').map((name) => file(`src/a.${name}`, 10)),
		]);
		for (const { verdict } of files) {
			assert.ok(verdict.type === 'in' && (verdict.weight ?? 0) <= MOST_WEIGHT && (verdict.weight ?? 0) > 0);
		}
	});

	it('is the same again, and says nothing of what is out or empty', () => {
		const files = [file('src/a.ts', 600), file('src/b.py', 400), file('src/c.go', 0)];
		const left: AuditedFile = { repository: 0, path: 'd.ts', verdict: out('empty', '0 bytes') };
		const once = balanced([...files, left]);
		assert.deepEqual(balanced(once), once);
		assert.equal(once.at(-1), left);
		assert.deepEqual(balanced([]), []);
		assert.equal(balanced([file('a.ts', 0)])[0]?.verdict.type, 'in');
	});
});
