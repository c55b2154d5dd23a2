/** BM25 by hand on texts small enough for it, and that rare words and names count more. */
import * as assert from 'node:assert/strict';
import { type Digest, digestOf, PLACE } from '../../../../src/chat/retrieval/digest';
import { rank } from '../../../../src/chat/retrieval/rank';

const plain = { name: 0, around: 0, path: 0 };

/** Paths of the files of the best chunks. */
function best(files: Readonly<Record<string, string>>, question: string): readonly string[] {
	const digests = Object.entries(files).map(([path, text]) => digestOf(path, text));
	return rank(digests, question, 10).map(({ file }) => Object.keys(files)[file] ?? '');
}

describe('ranking', () => {
	it('is BM25', () => {
		// Two chunks of 3 and 5 words; `red` stands once in the first and twice in the second, `blue` in the first only.
		const digests = [
			digestOf('', 'red blue green', undefined, plain),
			digestOf('', 'red red one two three', undefined, plain),
		];
		const constants = { k1: 1.2, b: 0.75, k3: 8 };
		const [first, second] = rank(digests, 'red blue', 10, constants);
		const rarity = (holders: number) => Math.log(1 + (2 - holders + 0.5) / (holders + 0.5));
		const part = (times: number, length: number) =>
			(times * 2.2) / (times + 1.2 * (0.25 + (0.75 * length) / 4));
		assert.equal(first?.file, 0);
		assert.ok(Math.abs((first?.score ?? 0) - (rarity(2) * part(1, 3) + rarity(1) * part(1, 3))) < 1e-9);
		assert.equal(second?.file, 1);
		assert.ok(Math.abs((second?.score ?? 0) - rarity(2) * part(2, 5)) < 1e-9);
	});

	it('prefers what declares the name over what uses it', () => {
		const files = {
			'user.ts': 'readConfig(a);\nreadConfig(b);\nconst other = 1;\nlet more = 2;\n',
			'config.ts': 'export function readConfig(file: string) {\n\treturn parse(file);\n}\nlet last = 3;\n',
		};
		assert.equal(best(files, 'where is readConfig')[0], 'config.ts');
	});

	it('knows files by their path', () => {
		const files = { 'src/auth/login.ts': 'export const a = one;\n', 'src/b.ts': 'export const b = two;\n' };
		assert.deepEqual(best(files, 'auth login'), ['src/auth/login.ts']);
	});

	it('finds nothing where no word of the question stands', () => {
		assert.deepEqual(best({ 'a.ts': 'const a = 1;' }, 'zebra'), []);
		assert.deepEqual(best({ 'a.ts': 'const a = 1;' }, ''), []);
		assert.deepEqual(rank([], 'zebra', 5), []);
	});

	it('takes a pasted file for a question', () => {
		const words = Array.from({ length: 20_000 }, (_, index) => `word${index.toString(36)}q`).join(' ');
		assert.equal(best({ 'a.ts': `const ${words.slice(0, 300)}`, 'b.ts': 'x' }, words)[0], 'a.ts');
	});

	it('keeps the words of each chunk apart', () => {
		const digest: Digest = digestOf('a.ts', [...Array(70)].map((_, line) => `call${line}x();`).join('\n'));
		const chunks = digest.places.length / PLACE;
		assert.ok(chunks > 1);
		assert.equal(digest.places.at(-1), digest.words.length);
		assert.equal(rank([digest], 'call69x', 1)[0]?.chunk, chunks - 1);
	});
});
