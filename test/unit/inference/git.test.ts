/** What Git does not do for us, in repositories made for the test. */
import * as assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { pathToFileURL } from 'node:url';
import { runGit } from '../../../src/inference/git';

const never = new AbortController().signal;

describe('runGit', () => {
	let folder = '';
	beforeEach(() => {
		folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'familiar-git-')));
	});
	afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

	const git = (cwd: string, ...words: readonly string[]) =>
		execFileSync('git', ['-c', 'user.name=test', '-c', 'user.email=test@localhost', ...words], {
			cwd,
			encoding: 'utf8',
			stdio: ['ignore', 'pipe', 'ignore'],
		});

	function repository(name: string): string {
		const made = path.join(folder, name);
		fs.mkdirSync(made);
		git(made, 'init', '-q');
		for (const text of ['one\n', 'two\n']) {
			fs.writeFileSync(path.join(made, 'a.txt'), text);
			git(made, 'add', '.');
			git(made, 'commit', '-q', '-m', text.trim());
		}
		return made;
	}

	const missing = (of: string) =>
		git(of, 'rev-list', '--objects', '--all', '--missing=print')
			.split('\n')
			.filter((line) => line.startsWith('?')).length;

	it('fetches nothing that a partial clone left out', async () => {
		const from = repository('from');
		git(from, 'config', 'uploadpack.allowFilter', 'true');
		git(folder, 'clone', '-q', '--filter=blob:none', pathToFileURL(from).href, 'partial');
		const partial = path.join(folder, 'partial');
		const left = missing(partial);
		assert.ok(left > 0, 'something was left out');
		const { status } = await runGit('git', partial, ['log', '--numstat', '-p'], undefined, never);
		assert.notEqual(status, 0);
		assert.equal(missing(partial), left);
	});

	it('reads the repository of the folder, whatever the environment says', async () => {
		const [mine, other] = [repository('mine'), repository('other')];
		git(other, 'commit', '-q', '--allow-empty', '-m', 'of the other');
		process.env['GIT_DIR'] = path.join(other, '.git');
		try {
			const { stdout } = await runGit('git', mine, ['log', '-1', '--format=%s'], undefined, never);
			assert.equal(stdout, 'two\n');
		} finally {
			delete process.env['GIT_DIR'];
		}
	});
});
