/** Files that the user takes in or leaves out: what can be, what cannot and why, and how it is taken back. */
import * as assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { audit } from '../../../../src/finetune/corpus/audit';
import { AuditWorker } from '../../../../src/finetune/corpus/auditWorker';
import { caughtUp, freed, leftOut, placeOf, takenIn, withFile } from '../../../../src/finetune/corpus/force';
import { mayBeForced } from '../../../../src/finetune/corpus/judgeable';
import type { Audit, AuditedFile, Forced, Repository } from '../../../../src/finetune/corpus/verdict';
import { isAbort } from '../../../../src/inference/cancel';
import { root } from '../../../support/root';

const never = new AbortController().signal;
const secret = `gh${'p'}_q7Zt2KpXw9RbVn4LsYd8GfHj3McUe6Ta5QiB`;
const code = (name: string) =>
	Array.from({ length: 30 }, (_, line) => `const ${name}${line} = ${name}Of(${line});\n`).join('');

describe('corpus: files by hand', () => {
	let folder = '';
	let one: Repository;
	beforeEach(() => {
		folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'familiar-force-')));
		const files = {
			'a.ts': code('alpha'),
			'copy.ts': code('alpha'),
			'.familiarignore': 'ignored.ts\n',
			'ignored.ts': code('beta'),
			'notes.md': '# Notes\n',
			'tiny.ts': 'let a;\n',
			'key.md': `token: ${secret}\n`,
			'.env': 'A=1\n',
			'latin.txt': Buffer.from('caf\xe9', 'latin1'),
			'binary.dat': Buffer.from([1, 0, 2]),
			'large.csv': 'a,b\n'.repeat(600_000),
		};
		for (const [file, text] of Object.entries(files)) {
			fs.writeFileSync(path.join(folder, file), text);
		}
		fs.symlinkSync(path.join(folder, 'a.ts'), path.join(folder, 'link.ts'));
		execFileSync('git', ['init', '-q'], { cwd: folder });
		execFileSync('git', ['add', '-A', '-f'], { cwd: folder });
		one = { name: 'one', folder, gitPath: 'git' };
	});
	afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

	const forcedAudit = (forced: Partial<Forced>) =>
		audit([{ ...one, forced: { in: [], out: [], ...forced } }], () => undefined, never);
	const fileOf = ({ files }: Audit, name: string): AuditedFile => {
		const file = files.find((known) => known.path === name);
		assert.ok(file);
		return file;
	};
	const stageOf = ({ verdict }: AuditedFile) => (verdict.type === 'in' ? 'in' : verdict.stage);

	it('come in whatever rules, types, sizes and copies say', async () => {
		const names = ['ignored.ts', 'notes.md', 'tiny.ts', 'copy.ts'];
		const result = await forcedAudit({ in: names });
		for (const name of names) {
			const { verdict } = fileOf(result, name);
			assert.equal(verdict.type, 'in', name);
		}
		const notes = fileOf(result, 'notes.md');
		assert.ok(notes.verdict.type === 'in' && notes.verdict.forced === true);
		assert.equal(notes.verdict.characters, 8);
		assert.equal(notes.judged?.type === 'out' && notes.judged.stage, 'type');
		// It takes nobody's place.
		assert.equal(stageOf(fileOf(result, 'a.ts')), 'in');
		assert.equal(fileOf(result, 'a.ts').judged, undefined);
	});

	it('stay out where they hold a secret or cannot be read, and say which', async () => {
		const names = ['key.md', '.env', 'latin.txt', 'binary.dat', 'link.ts', 'large.csv', 'none.ts'];
		const result = await forcedAudit({ in: names });
		assert.deepEqual(
			names.slice(0, -1).map((name) => stageOf(fileOf(result, name))),
			['secret', 'secret', 'encoding', 'binary', 'unreadable', 'size'],
		);
		const key = fileOf(result, 'key.md').verdict;
		assert.ok(key.type === 'out' && /^line 1: GitHub token/.test(key.figure) && !key.figure.includes(secret));
	});

	it('stay chosen when nothing speaks against them any more', async () => {
		const a = fileOf(await forcedAudit({ in: ['a.ts'] }), 'a.ts');
		assert.ok(a.verdict.type === 'in' && a.verdict.forced === true);
		assert.equal(a.judged?.type, 'in');
	});

	it('go out, with all copies of them', async () => {
		const result = await forcedAudit({ out: ['a.ts'] });
		assert.equal(stageOf(fileOf(result, 'a.ts')), 'forced');
		assert.equal(fileOf(result, 'a.ts').judged?.type, 'in');
		assert.equal(stageOf(fileOf(result, 'copy.ts')), 'duplicate');
		// Also where another of them would be kept.
		const other = await forcedAudit({ out: ['copy.ts'] });
		assert.equal(stageOf(fileOf(other, 'copy.ts')), 'forced');
		assert.equal(stageOf(fileOf(other, 'a.ts')), 'duplicate');
	});

	it('may be asked for unless a stage is final', () => {
		assert.ok(mayBeForced('a.ts', 'ignored') && mayBeForced('a.ts', 'near-duplicate'));
		for (const stage of ['secret', 'unreadable', 'binary', 'encoding'] as const) {
			assert.ok(!mayBeForced('a.ts', stage), stage);
		}
		assert.ok(!mayBeForced('node_modules/', 'vendored'));
	});

	it('are decided about without another audit, and taken back', async () => {
		const result = await forcedAudit({});
		const worker = new AuditWorker(path.join(root, 'dist/corpusWorker.js'));
		const judge = (file: string) => worker.judge({ repository: one, file }, never);
		const notes = fileOf(result, 'notes.md');
		const index = result.files.indexOf(notes);
		const changed = withFile(result, index, takenIn(notes, await judge('notes.md')));
		assert.deepEqual(changed, {
			...(await forcedAudit({ in: ['notes.md'] })),
			repositories: changed.repositories,
		});
		assert.deepEqual(withFile(changed, index, freed(fileOf(changed, 'notes.md'))), result);
		const refused = takenIn(fileOf(result, 'key.md'), await judge('key.md'));
		assert.equal(stageOf(refused), 'secret');
		assert.equal(refused.judged, undefined);
		const a = fileOf(result, 'a.ts');
		assert.deepEqual(freed(leftOut(leftOut(a))), a);
		assert.deepEqual(leftOut(a).verdict, fileOf(await forcedAudit({ out: ['a.ts'] }), 'a.ts').verdict);
	});

	it('stop being judged when it is cancelled', async () => {
		const worker = new AuditWorker(path.join(root, 'dist/corpusWorker.js'));
		await assert.rejects(worker.judge({ repository: one, file: 'a.ts' }, AbortSignal.abort()), isAbort);
	});

	it('are found again in another audit, wherever they stand there', async () => {
		const before = await forcedAudit({});
		fs.writeFileSync(path.join(folder, '0.ts'), code('zero'));
		execFileSync('git', ['add', '0.ts'], { cwd: folder });
		const after = await forcedAudit({});
		const index = before.files.findIndex((file) => file.path === 'tiny.ts');
		const place = placeOf(after, { folder, path: 'tiny.ts' }, index);
		assert.notEqual(place, index);
		assert.equal(after.files[place]?.path, 'tiny.ts');
		assert.equal(placeOf(after, { folder, path: 'none.ts' }, index), -1);
		assert.equal(placeOf(after, { folder: '/elsewhere', path: 'tiny.ts' }), -1);
	});

	it('count also when they are decided while the audit runs', async () => {
		const ran = await forcedAudit({ in: ['notes.md'], out: ['ignored.ts'] });
		const asked: string[] = [];
		const now = { in: ['tiny.ts', 'gone.ts'], out: ['a.ts', 'ignored.ts'] };
		const result = await caughtUp(
			ran,
			() => now,
			async (_, file) => {
				asked.push(file);
				return { type: 'in', characters: 9, hash: '', forced: true };
			},
		);
		assert.deepEqual(asked, ['tiny.ts']);
		const stages = ['a.ts', 'tiny.ts', 'notes.md', 'ignored.ts'].map((name) => stageOf(fileOf(result, name)));
		assert.deepEqual(stages, ['forced', 'in', 'type', 'forced']);
		assert.ok(fileOf(result, 'tiny.ts').judged !== undefined && fileOf(result, 'a.ts').judged !== undefined);
		const same = { in: ['notes.md'], out: ['ignored.ts'] };
		assert.equal(
			await caughtUp(
				ran,
				() => same,
				() => assert.fail(),
			),
			ran,
		);
	});
});
