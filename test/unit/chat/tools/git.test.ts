/** What the tools on Git give, with real repositories. */

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { pathToFileURL } from 'node:url';
import { gitDiff, gitLog } from '../../../../src/chat/tools/git';
import type { Arguments, Tool } from '../../../../src/chat/tools/tool';
import { temporaryFolder } from '../../../support/engines';
import { FakeEditor, never } from '../context/fakeEditor';

describe('chat/tools/git', () => {
	let repository: string;
	/** The opened folder, in which the editor finds files of the disk. */
	let folder: string;
	let editor: FakeEditor;
	beforeEach(() => {
		repository = fs.realpathSync(temporaryFolder());
		folder = path.join(repository, 'app');
		fs.mkdirSync(folder);
		editor = new (class extends FakeEditor {
			override async find(name: string) {
				const file = path.join(folder, name);
				return fs.existsSync(file) ? { path: name, uri: pathToFileURL(file).toString() } : undefined;
			}
		})();
		editor.gitFolders = [folder];
		git('init', '-q');
		commit('app/a.ts', 'one\n', 'First');
		commit('app/b.ts', 'one\n', 'Second');
		commit('other/c.ts', 'one\n', 'Beside it');
	});

	function git(...words: string[]): void {
		execFileSync('git', ['-c', 'user.name=T', '-c', 'user.email=t@t', ...words], {
			cwd: repository,
			stdio: 'pipe',
		});
	}

	function commit(file: string, text: string, message: string): void {
		fs.mkdirSync(path.dirname(path.join(repository, file)), { recursive: true });
		fs.writeFileSync(path.join(repository, file), text);
		git('add', '.');
		git('commit', '-qm', message);
	}

	async function run(tool: Tool, given: Arguments = {}) {
		const search = async () => assert.fail('nobody searches');
		const { type, text } = await tool.run(given, { ...editor.tools, search }, never);
		return `${type}: ${text}`;
	}

	it('lists the commits of the opened folder, and of one file', async () => {
		assert.match(await run(gitLog), /^found: \w{7,} \d{4}-\d\d-\d\d T: Second\n\w+ \S+ T: First$/);
		assert.match(await run(gitLog, { count: 1 }), /^found: \S+ \S+ T: Second$/);
		assert.match(await run(gitLog, { path: 'a.ts' }), /^found: \S+ \S+ T: First$/);
	});

	it('leaves out what looks like a secret, and refuses what is not there or excluded', async () => {
		commit('app/a.ts', 'two\n', "Use key = 'AKIAQ3EGRVTZ5KXW2MNB'");
		assert.doesNotMatch(await run(gitLog), /AKIA/);
		assert.match(await run(gitLog, { path: 'nowhere.ts' }), /^refused: There is no file/);
		assert.match(await run(gitLog, { path: '--all' }), /^refused: There is no file/);
		editor.excluded = async () => 'Excluded.';
		assert.match(await run(gitLog, { path: 'a.ts' }), /^refused: a\.ts cannot be read: Excluded/);
		editor.gitFolders = [temporaryFolder()];
		assert.match(await run(gitLog), /^refused: Git knows no commits/);
	});

	it('runs no program that the repository names', async () => {
		const mark = path.join(temporaryFolder(), 'ran');
		const program = path.join(repository, 'program');
		const signature = '-----BEGIN PGP SIGNATURE-----\\n\\nx\\n-----END PGP SIGNATURE-----\\n';
		const signing = `case "$*" in *-bsau*) cat > /dev/null; echo '[GNUPG:] SIG_CREATED ' >&2; printf -- '${signature}'; exit 0;; esac`;
		fs.writeFileSync(program, `#!/bin/sh\n${signing}\ntouch '${mark}'\n`, { mode: 0o755 });
		git('-c', `gpg.program=${program}`, 'commit', '-qS', '--allow-empty', '-m', 'Signed');
		commit('app/a.ts', 'signed\n', 'Changed');
		git('-c', `gpg.program=${program}`, 'commit', '-qS', '--amend', '-m', 'Signed, too');
		for (const key of ['gpg.program', 'core.fsmonitor', 'diff.external', 'core.pager']) {
			git('config', key, program);
		}
		git('config', 'log.showSignature', 'true');
		fs.writeFileSync(path.join(folder, 'a.ts'), 'changed\n');
		assert.match(await run(gitLog), /^found/);
		assert.match(await run(gitDiff), /^found/);
		assert.ok(!fs.existsSync(mark));
	});

	it('shows what was changed in the opened folder', async () => {
		assert.match(await run(gitDiff), /^refused: Nothing was changed/);
		fs.writeFileSync(path.join(folder, 'a.ts'), 'two\n');
		fs.writeFileSync(path.join(repository, 'other/c.ts'), 'two\n');
		const diff = await run(gitDiff);
		assert.match(diff, /^found: .*\n[\s\S]*a\.ts[\s\S]*-one\n\+two/);
		assert.doesNotMatch(diff, /c\.ts/);
		assert.match(await run(gitDiff, { isStaged: true }), /^refused: Nothing is staged/);
	});

	it('shows what was changed in one file, of those that may be read only', async () => {
		for (const file of ['a.ts', 'b.ts', '../other/c.ts']) {
			fs.writeFileSync(path.join(folder, file), 'two\n');
		}
		const diff = await run(gitDiff, { path: './a.ts' });
		assert.match(diff, /^found: .*1 file\n[\s\S]*a\.ts[\s\S]*-one\n\+two/);
		assert.doesNotMatch(diff, /b\.ts|c\.ts/);
		assert.match(await run(gitDiff, { path: '../other/c.ts' }), /^refused: All changed files lie outside/);
		assert.match(await run(gitDiff, { path: 'nowhere.ts' }), /^refused: There is no file/);
		assert.match(await run(gitDiff, { path: '*.ts' }), /^refused: There is no file/);
		git('checkout', '-q', 'app/a.ts');
		assert.match(await run(gitDiff, { path: 'a.ts' }), /^refused: Nothing was changed/);
		git('add', 'app/b.ts');
		assert.match(await run(gitDiff, { path: 'b.ts', isStaged: true }), /^found: [\s\S]*b\.ts/);
		assert.match(await run(gitDiff, { path: 'a.ts', isStaged: true }), /^refused: Nothing is staged/);
		editor.excluded = async () => 'Excluded.';
		assert.match(await run(gitDiff, { path: 'b.ts' }), /^refused: b\.ts cannot be read: Excluded/);
	});
});
