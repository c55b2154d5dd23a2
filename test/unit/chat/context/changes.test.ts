/** What a real Git says has changed, in repositories made for the test. */

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { changes } from '../../../../src/chat/context/changes';
import { FakeEditor, never } from './fakeEditor';

describe('chat/context/changes', () => {
	let folder = '';
	let editor = new FakeEditor();
	beforeEach(() => {
		folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'familiar-changes-')));
		editor = new FakeEditor();
		editor.gitFolders = [folder];
	});
	afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

	const write = (file: string, text: string) => fs.writeFileSync(path.join(folder, file), text);
	const git = (...words: string[]) =>
		execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@t', ...words], {
			cwd: folder,
			stdio: 'pipe',
		});
	const repository = () => {
		git('init', '-q');
		write('a.ts', 'one\n');
		write('b.ts', 'two\n');
		git('add', '.');
		git('commit', '-qm', 'first');
	};
	const textOf = async (which: 'all' | 'staged') => {
		const found = await changes(editor.tools, which, undefined, never);
		assert.ok(found.type === 'attached', JSON.stringify(found));
		return found.attachment;
	};
	const reasonOf = async (which: 'all' | 'staged') => {
		const found = await changes(editor.tools, which, undefined, never);
		assert.ok(found.type === 'refused', JSON.stringify(found));
		return found.reason;
	};

	it('tells what is staged from what is only changed', async () => {
		repository();
		assert.match(await reasonOf('staged'), /Nothing is staged/);
		assert.match(await reasonOf('all'), /Nothing was changed/);
		write('a.ts', 'ONE\n');
		assert.match(await reasonOf('staged'), /Nothing is staged/);
		assert.match((await textOf('all')).text, /-one\n\+ONE/);
		git('add', 'a.ts');
		write('b.ts', 'TWO\n');
		const staged = await textOf('staged');
		assert.match(staged.text, /\+ONE/);
		assert.doesNotMatch(staged.text, /TWO/);
		assert.equal(staged.language, 'diff');
		assert.match((await textOf('all')).text, /\+ONE[\s\S]*\+TWO/);
	});

	it('works before the first commit', async () => {
		git('init', '-q');
		write('a.ts', 'one\n');
		git('add', '.');
		assert.match((await textOf('staged')).text, /\+one/);
		assert.match((await textOf('all')).text, /\+one/);
	});

	it('leaves excluded files out, and says so', async () => {
		repository();
		write('a.ts', 'ONE\n');
		write('b.ts', 'HIDDEN\n');
		git('add', '.');
		editor.reasons.set('b.ts', 'Excluded by a test.');
		const staged = await textOf('staged');
		assert.doesNotMatch(staged.text, /HIDDEN|b\.ts/);
		assert.equal(staged.label, 'Staged changes, a part: 1 of 2 files');
		editor.reasons.set('a.ts', 'Excluded by a test.');
		assert.match(await reasonOf('staged'), /All changed files are excluded. Excluded by a test./);
	});

	describe('of a repository that is not opened as a whole', () => {
		const inFolder = (text: string) => {
			repository();
			for (const below of ['app', 'app-keys', 'lib']) {
				fs.mkdirSync(path.join(folder, below));
				write(`${below}/c.ts`, `${text} in ${below}\n`);
			}
			git('add', '.');
		};

		it('leaves out what lies outside of the opened folder, and counts it', async () => {
			inFolder('NEW');
			write('a.ts', 'NEW in the root\n');
			git('add', '.');
			editor.gitFolders = [path.join(folder, 'app')];
			for (const which of ['staged', 'all'] as const) {
				const { text, label } = await textOf(which);
				assert.deepEqual(text.match(/^\+NEW.*$/gm), ['+NEW in app']);
				assert.match(label, /a part: 1 of 4 files \(3 outside of the opened folder\)$/);
			}
			editor.reasons.set('app/c.ts', 'Excluded by a test.');
			assert.match(await reasonOf('staged'), /Excluded by a test/);
		});

		it('says so where everything lies outside', async () => {
			inFolder('NEW');
			fs.mkdirSync(path.join(folder, 'empty'));
			editor.gitFolders = [path.join(folder, 'empty')];
			assert.match(await reasonOf('staged'), /All changed files lie outside of the opened folder/);
		});

		it('takes all opened folders together', async () => {
			inFolder('NEW');
			editor.gitFolders = ['app', 'lib'].map((below) => path.join(folder, below));
			assert.deepEqual((await textOf('staged')).text.match(/^\+NEW.*$/gm), ['+NEW in app', '+NEW in lib']);
		});
	});

	it('asks by the name under which the folder was opened, also by way of a link', async () => {
		repository();
		fs.mkdirSync(path.join(folder, 'app'));
		write('app/a.ts', 'ONE\n');
		write('app/b.ts', 'HIDDEN\n');
		git('add', '.');
		for (const [name, target, below] of [
			['whole', folder, 'app/'],
			['part', path.join(folder, 'app'), ''],
		] as const) {
			const link = `${folder}-${name}`;
			fs.symlinkSync(target, link, 'junction');
			try {
				const asked: string[] = [];
				editor.gitFolders = [link];
				editor.excludedLocal = async (file) => {
					asked.push(path.relative(link, file).split(path.sep).join('/'));
					return file.endsWith('b.ts') ? 'Excluded by a test.' : undefined;
				};
				assert.doesNotMatch((await textOf('staged')).text, /HIDDEN/);
				assert.deepEqual(asked, [`${below}a.ts`, `${below}b.ts`]);
			} finally {
				fs.unlinkSync(link);
			}
		}
	});

	it('keeps the beginning of a diff that is too long', async () => {
		repository();
		write('a.ts', 'a line of text\n'.repeat(100_000));
		git('add', '.');
		const staged = await textOf('staged');
		assert.ok(staged.text.length <= 256 * 1024);
		assert.match(staged.label, /a part/);
	});

	it('takes a file name for a name, whatever it looks like', async () => {
		repository();
		for (const name of [':(top)x', '-n', 'ä\nb.ts', '*.ts']) {
			write(name, 'odd\n');
		}
		git('add', '--', '.');
		const staged = await textOf('staged');
		assert.equal(staged.text.match(/\+odd/g)?.length, 4);
	});

	it('refuses a diff with a secret in it', async () => {
		repository();
		write('a.ts', `const key = 'AKIA${'QRSTUVWX23456789'}';\n`);
		git('add', '.');
		assert.match(await reasonOf('staged'), /looks like a secret: AWS access key/);
	});

	it('says what is missing', async () => {
		assert.match(await reasonOf('staged'), /no Git repository/);
		editor.gitFolders = [];
		assert.match(await reasonOf('staged'), /No folder is open/);
		editor.gitFolders = [folder];
		editor.isTrusted = false;
		editor.git = () => assert.fail('Git was run');
		assert.match(await reasonOf('staged'), /Restricted Mode/);
		editor.isTrusted = true;
		editor.git = () => Promise.reject(new Error('spawn git ENOENT'));
		assert.match(await reasonOf('staged'), /Git could not be run: spawn git ENOENT/);
	});

	it('runs no program that the repository names', async () => {
		repository();
		write('run.sh', '#!/bin/sh\ntouch "$(dirname "$0")/was-run"\n');
		fs.chmodSync(path.join(folder, 'run.sh'), 0o755);
		write('.gitattributes', '*.ts diff=evil\n');
		git('config', 'diff.external', path.join(folder, 'run.sh'));
		git('config', 'diff.evil.textconv', path.join(folder, 'run.sh'));
		git('config', 'diff.evil.command', path.join(folder, 'run.sh'));
		write('a.ts', 'ONE\n');
		git('add', 'a.ts');
		assert.match((await textOf('staged')).text, /\+ONE/);
		assert.equal(fs.existsSync(path.join(folder, 'was-run')), false);
	});
});
