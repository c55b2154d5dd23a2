/** What a real Git says it ignores, in repositories made for the test. */
import * as assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { isAbort } from '../../../src/inference/cancel';
import { gitProgram } from '../../../src/inference/git';
import { gitIgnored, repositoryOf } from '../../../src/inference/gitIgnored';

const never = new AbortController().signal;

describe('git ignored', () => {
	let folder = '';
	beforeEach(() => {
		folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'familiar-git-')));
	});
	afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

	const at = (file: string) => path.join(folder, file);

	function write(file: string, text = ''): void {
		fs.mkdirSync(path.dirname(at(file)), { recursive: true });
		fs.writeFileSync(at(file), text);
	}

	function repository(name: string, ignored: string): void {
		write(`${name}/.gitignore`, ignored);
		execFileSync('git', ['init', '-q'], { cwd: at(name) });
	}

	/** Files by the rule that ignores them. */
	async function ask(files: readonly string[]): Promise<Record<string, string>> {
		const { ignored, problems } = await gitIgnored('git', files.map(at), never);
		assert.deepEqual(problems, []);
		return Object.fromEntries(
			[...ignored].map(([file, { source, line, pattern }]) => [
				path.relative(folder, file),
				`${source}:${line} ${pattern}`,
			]),
		);
	}

	it('names the line, and is not misled by those that take in', async () => {
		repository('one', '# comment\n*.local.ts\nout/\n!keep.local.ts\n');
		write('one/sub/.gitignore', 'ä b.ts\n');
		assert.deepEqual(
			await ask(['one/a.local.ts', 'one/keep.local.ts', 'one/a.ts', 'one/out/b/a.ts', 'one/sub/ä b.ts']),
			{
				'one/a.local.ts': '.gitignore:2 *.local.ts',
				'one/out/b/a.ts': '.gitignore:3 out/',
				'one/sub/ä b.ts': 'sub/.gitignore:1 ä b.ts',
			},
		);
	});

	it('what is tracked is not ignored', async () => {
		repository('one', '*.ts\n');
		write('one/tracked.ts');
		execFileSync('git', ['add', '-f', 'tracked.ts'], { cwd: at('one') });
		assert.deepEqual(Object.keys(await ask(['one/tracked.ts', 'one/other.ts'])), ['one/other.ts']);
	});

	it('each file is asked of the repository that it lies in', async () => {
		repository('one', '*.ts\n');
		repository('one/inner', '*.js\n');
		write('outside/a.ts');
		assert.deepEqual(await ask(['one/a.ts', 'one/inner/a.ts', 'one/inner/a.js', 'outside/a.ts']), {
			'one/a.ts': '.gitignore:1 *.ts',
			'one/inner/a.js': '.gitignore:1 *.js',
		});
		assert.equal(await repositoryOf(at('one/inner/sub')), at('one/inner'));
	});

	it('a path through a symbolic link is no obstacle for the others', async () => {
		repository('one', '*.ts\n');
		write('one/real/a.ts');
		fs.symlinkSync(at('one/real'), at('one/link'), 'junction');
		assert.deepEqual(Object.keys(await ask(['one/link/a.ts', 'one/b.ts'])), ['one/link/a.ts', 'one/b.ts']);
	});

	it('nothing is ignored where all is taken in', async () => {
		repository('one', '');
		assert.deepEqual(await ask(['one/a.ts']), {});
	});

	it('without a Git, or with a broken repository, the files are not ignored and the log hears why', async () => {
		repository('one', '*.ts\n');
		repository('two', '*.ts\n');
		fs.rmSync(at('two/.git/HEAD'));
		const files = [at('one/a.ts'), at('two/a.ts')];
		const broken = await gitIgnored('git', files, never);
		assert.deepEqual([...broken.ignored.keys()], [at('one/a.ts')]);
		assert.equal(broken.problems.length, 1);
		assert.match(broken.problems[0] ?? '', /two: fatal: not a git repository/);
		const missing = await gitIgnored('familiar-has-no-such-git', files, never);
		assert.equal(missing.ignored.size, 0);
		assert.match(missing.problems[0] ?? '', /one: .*ENOENT/);
	});

	it('ends when it is told to', async () => {
		repository('one', '*.ts\n');
		const aborted = AbortSignal.abort();
		await assert.rejects(gitIgnored('git', [at('one/a.ts')], aborted), isAbort);
	});

	it('reads git.path as VS Code has it', () => {
		const values = [undefined, null, '', '/usr/bin/git', ['/opt/git', 'git'], [], 7];
		assert.deepEqual(values.map(gitProgram), ['git', 'git', 'git', '/usr/bin/git', '/opt/git', 'git', 'git']);
	});
});
