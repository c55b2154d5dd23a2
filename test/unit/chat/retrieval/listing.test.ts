/** Which files are indexed, with real repositories and folders. */
import * as assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { listFiles, type Scope } from '../../../../src/chat/retrieval/listing';
import { isAbort } from '../../../../src/inference/cancel';

const never = new AbortController().signal;

describe('listing of the workspace', () => {
	let folder = '';
	beforeEach(() => {
		folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'familiar-listing-')));
	});
	afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

	function write(files: Readonly<Record<string, string>>): void {
		for (const [file, text] of Object.entries(files)) {
			fs.mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
			fs.writeFileSync(path.join(folder, file), text);
		}
	}
	const git = (...words: readonly string[]) => execFileSync('git', words, { cwd: folder });
	const scope = (change: Partial<Scope> = {}): Scope => ({
		folders: [{ name: 'work', folder }],
		globs: [],
		gitPath: 'git',
		...change,
	});
	async function names(change: Partial<Scope> = {}): Promise<readonly string[]> {
		const { files, problems } = await listFiles(scope(change), never);
		assert.deepEqual(problems, []);
		return files.map(({ label }) => label).sort();
	}

	const code = 'let a = 1;\n';
	const tree = {
		'src/a.ts': code,
		'src/new.ts': code,
		'README.md': '# Read',
		'build/tracked.ts': code,
		'.env': 'A=1',
		'keys/server.pem': 'x',
		'photo.png': 'x',
		'data.json': '{}',
		'lib/jquery.min.js': code,
		'api/user.pb.go': code,
		'package-lock.json': '{}',
		'ignored/b.ts': code,
		'node_modules/x/index.js': code,
		'.gitignore': 'ignored/\nnode_modules/\n',
	};

	it('has what Git tracks and what is new, without what it ignores', async () => {
		write(tree);
		git('init', '-q');
		git('add', '--', 'src/a.ts', 'build/tracked.ts');
		assert.deepEqual(await names(), ['README.md', 'build/tracked.ts', 'src/a.ts', 'src/new.ts']);
	});

	it('reads a folder without Git, without built and hidden folders', async () => {
		write({ ...tree, '.cache/c.ts': code });
		const found = ['README.md', 'ignored/b.ts', 'src/a.ts', 'src/new.ts'];
		assert.deepEqual(await names(), found);
		git('init', '-q');
		// Restricted Mode.
		assert.deepEqual(await names({ gitPath: undefined }), found);
		assert.deepEqual(await names({ gitPath: path.join(folder, 'no-such-git') }), found);
	});

	it('obeys the setting and .familiarignore', async () => {
		write({ ...tree, '.familiarignore': 'src/new.ts\n' });
		git('init', '-q');
		assert.deepEqual(await names({ globs: ['**/*.md'] }), ['build/tracked.ts', 'src/a.ts']);
		assert.deepEqual(await names({ globs: ['{src,build}'] }), ['README.md']);
		assert.deepEqual(await names({ globs: [`${folder}/src`] }), ['README.md', 'build/tracked.ts']);
	});

	it('says which rules cannot be read, and indexes nothing of that folder', async () => {
		write(tree);
		fs.mkdirSync(path.join(folder, '.familiarignore'));
		const { files, problems } = await listFiles(scope(), never);
		assert.deepEqual(files, []);
		assert.match(problems.join(), /familiarignore says what must not be read/);
	});

	it('does not follow links, in a loop or out of the folder', async () => {
		write({ 'src/a.ts': code });
		fs.symlinkSync(folder, path.join(folder, 'src', 'loop'));
		fs.symlinkSync(os.tmpdir(), path.join(folder, 'out-of-here'));
		assert.deepEqual(await names(), ['src/a.ts']);
	});

	it('names the folder where several are open, and has no file twice', async () => {
		write({ 'one/a.ts': code, 'one/inner/b.ts': code, 'two/c.ts': code });
		const folders = ['one', 'two', 'one/inner'].map((name) => ({
			name: path.basename(name),
			folder: path.join(folder, name),
		}));
		assert.deepEqual(await names({ folders }), ['one/a.ts', 'one/inner/b.ts', 'two/c.ts']);
	});

	it('has room for so many files, and says how many are left out: the deepest', async () => {
		write({ 'a.ts': code, 'x/y/b.ts': code, 'x/c.ts': code, 'x/y/z/d.ts': code });
		const { files, leftOut } = await listFiles(scope(), never, 2);
		assert.deepEqual(files.map(({ label }) => label).sort(), ['a.ts', 'x/c.ts']);
		assert.equal(leftOut, 2);
	});

	it('can be cancelled', async () => {
		write(tree);
		await assert.rejects(listFiles(scope(), AbortSignal.abort()), isAbort);
	});
});
