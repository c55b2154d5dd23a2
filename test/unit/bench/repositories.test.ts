/** The bench of three repositories: that they were never learned from, what is made of them, and the sign of a comparison. */
import * as assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import type { Audit } from '../../../src/finetune/corpus/verdict';
import type { JudgedSpan } from '../../../src/finetune/judge/judgement';
import { otherOverOwn } from '../../bench/crossed';
import { fewFiles, shuffledRepository } from '../../bench/derivedRepositories';
import { trainedOn } from '../../bench/unseen';
import { never } from '../../support/engines';
import { root } from '../../support/root';

/** Files of growing size, one of them left out. */
function auditOf(folder: string, count: number): Audit {
	const files = Array.from({ length: count }, (_, index) => {
		const text = `const first${index} = second${index} + third;\n`.repeat(index + 1);
		fs.writeFileSync(path.join(folder, `f${index}.ts`), text);
		return {
			repository: 0,
			path: `f${index}.ts`,
			verdict: { type: 'in', characters: text.length, hash: '' } as const,
		};
	});
	const out = { type: 'out', stage: 'size', figure: '', value: '', threshold: '' } as const;
	return {
		repositories: [{ name: 'house', folder, gitPath: 'git' }],
		leftOut: [],
		files: [...files, { repository: 0, path: 'gone.ts', verdict: out }],
	};
}

function tracked(folder: string): readonly string[] {
	return execFileSync('git', ['ls-files'], { cwd: folder, encoding: 'utf8' }).trim().split('\n').sort();
}

describe('repositories of the bench', () => {
	let folder = '';
	before(() => {
		folder = fs.mkdtempSync(path.join(os.tmpdir(), 'familiar-test-'));
		fs.mkdirSync(path.join(folder, 'from'));
	});
	after(() => fs.rmSync(folder, { recursive: true, force: true }));

	it('are held out: the starter was trained on none of that list', () => {
		const list: { readonly packages: readonly { readonly name: string }[] } = JSON.parse(
			fs.readFileSync(path.join(root, 'test/bench/holdout.json'), 'utf8'),
		);
		assert.deepEqual(trainedOn(list.packages.map(({ name }) => name)), []);
	});

	it('finds what was learned from, whatever registry it came from', () => {
		assert.deepEqual(trainedOn(['alembic', 'python3-alembic', 'execa']), ['alembic', 'python3-alembic']);
	});

	it('are shuffled within their lines, without what is held out', async () => {
		const audit = auditOf(path.join(folder, 'from'), 5);
		const to = path.join(folder, 'shuffled');
		const { name } = await shuffledRepository(audit, new Set(['house/f1.ts']), to, never);
		assert.equal(name, 'shuffled');
		assert.deepEqual(tracked(to), ['f0.ts', 'f2.ts', 'f3.ts', 'f4.ts']);
		const [before, after] = ['from', 'shuffled'].map((one) =>
			fs.readFileSync(path.join(folder, one, 'f4.ts'), 'utf8').split('\n'),
		);
		assert.equal(before?.length, after?.length);
		assert.notDeepEqual(before, after);
		for (const [index, line] of (before ?? []).entries()) {
			assert.deepEqual([...(after?.[index] ?? '')].sort(), [...line].sort());
		}
	});

	it('are cut to files of middle size', async () => {
		const to = path.join(folder, 'few');
		await fewFiles(auditOf(path.join(folder, 'from'), 8), 4, to, never);
		assert.deepEqual(tracked(to), ['f2.ts', 'f3.ts', 'f4.ts', 'f5.ts']);
	});

	it('count for the own adapter where it has less loss', () => {
		const places = ['a', 'a', 'b', 'c'].map(
			(file): JudgedSpan => ({
				...{ file, kind: 'tail', repository: undefined, path: file, files: [] },
				...{ prefix: '', typed: '', middle: 'x', suffix: '', ends: true, maxPromptTokens: 9 },
			}),
		);
		const own = [2, 2, 4, 1].map((sum) => ({ sum, tokens: 2 }));
		const other = own.map(({ sum, tokens }) => ({ sum: sum + 1, tokens }));
		const { value, low } = otherOverOwn(places, own, other).difference;
		assert.equal(value, 0.5);
		assert.ok(low > 0);
		// What one of them could not score is in neither.
		assert.equal(otherOverOwn(places, [undefined, ...own.slice(1)], other).base, 7 / 6);
	});
});
