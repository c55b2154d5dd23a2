/** The newest commits of a real repository, without those that nobody wrote in one go. */
import * as assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { historyOf } from '../../../../src/finetune/dataset/history';
import { isAbort } from '../../../../src/inference/cancel';
import { GitHistory, ownCode } from '../../../support/gitHistory';

const never = new AbortController().signal;

describe('history', () => {
	let folder = '';
	beforeEach(() => {
		folder = fs.mkdtempSync(path.join(os.tmpdir(), 'familiar-history-'));
	});
	afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

	const read = (at: string, ...paths: string[]) =>
		historyOf({ name: 'x', folder: at, gitPath: 'git' }, new Set(paths), never);

	it('tells what each commit added, the newest first, and what is checked out', async () => {
		const history = new GitHistory(folder);
		history.commit({ 'a.ts': 'first();\n', 'ä b.ts': 'one(1);\n' });
		const second = history.commit({ 'a.ts': 'first();\nsecondCall();\n' });
		const third = history.commit({ 'ä b.ts': 'one(1);\ntwoCalls(2);\n', 'data.json': '{ "added": true }\n' });
		const { head, commits, count } = (await read(folder, 'a.ts', 'ä b.ts')) ?? assert.fail('no history');
		assert.deepEqual(
			commits.map(({ hash, hunks }) => [hash, hunks]),
			[
				[third, [{ path: 'ä b.ts', lines: ['twoCalls(2);'] }]],
				[second, [{ path: 'a.ts', lines: ['secondCall();'] }]],
			],
		);
		assert.equal(head.commit, third);
		assert.ok((commits[0]?.at ?? 0) - (commits[1]?.at ?? 0) === 86_400_000 && head.at === commits[0]?.at);
		assert.equal(count, 3);
	});

	it('leaves out the first commit, bots, reverts, merges, and what changes everything', async () => {
		const history = new GitHistory(folder);
		history.commit({ 'a.ts': 'theFirstCommit();\n' });
		history.commit({ 'a.ts': 'byBot(1, 2);\n' }, { author: 'dependabot[bot]' });
		history.commit({ 'a.ts': 'reverted(1);\n' }, { message: 'Revert "x"' });
		history.commit({ 'a.ts': ownCode('mass', 900) });
		history.commit(
			Object.fromEntries(Array.from({ length: 120 }, (_, index) => [`m${index}.ts`, 'many(files);\n'])),
		);
		const kept = history.commit({ 'b.ts': 'byHand(1, 2);\n' });
		const { commits } = (await read(folder, 'a.ts', 'b.ts', 'm1.ts')) ?? assert.fail('no history');
		assert.deepEqual(
			commits.map(({ hash }) => hash),
			[kept],
		);
	});

	it('speaks of a folder below the root by paths within it', async () => {
		const history = new GitHistory(folder);
		history.commit({ 'sub/a.ts': 'first();\n', 'b.ts': 'b();\n' });
		history.commit({ 'sub/a.ts': 'first();\nsecondCall();\n', 'b.ts': 'outside(1);\n' });
		const { commits } = (await read(path.join(folder, 'sub'), 'a.ts', 'b.ts')) ?? assert.fail('no history');
		assert.deepEqual(
			commits.flatMap(({ hunks }) => hunks),
			[{ path: 'a.ts', lines: ['secondCall();'] }],
		);
	});

	it('runs nothing that the repository names', async () => {
		const history = new GitHistory(folder);
		history.commit({ 'a.ts': 'first();\n' });
		history.commit({ 'a.ts': 'first();\nsecondCall();\n', '.gitattributes': '*.ts diff=evil\n' });
		const trap = path.join(folder, 'ran');
		history.git('config', 'diff.external', `touch ${trap} #`);
		history.git('config', 'diff.evil.textconv', `touch ${trap} #`);
		history.git('config', 'diff.noprefix', 'true');
		history.git('config', 'color.ui', 'always');
		const { commits } = (await read(folder, 'a.ts')) ?? assert.fail('no history');
		assert.deepEqual(commits[0]?.hunks, [{ path: 'a.ts', lines: ['secondCall();'] }]);
		assert.equal(fs.existsSync(trap), false);
	});

	it('is none without a repository, a commit or Git, and ends when it is cancelled', async () => {
		assert.equal(await read(folder, 'a.ts'), undefined);
		const history = new GitHistory(folder);
		assert.equal(await read(folder, 'a.ts'), undefined);
		history.commit({ 'a.ts': 'first();\n' });
		const repository = { name: 'x', folder, gitPath: 'no-such-git' };
		assert.equal(await historyOf(repository, new Set(['a.ts']), never), undefined);
		await assert.rejects(
			historyOf({ ...repository, gitPath: 'git' }, new Set(['a.ts']), AbortSignal.abort()),
			isAbort,
		);
	});
});
