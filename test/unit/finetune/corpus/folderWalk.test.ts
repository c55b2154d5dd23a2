/** Folders without Git: what is listed, what ignore files leave out, and what attribute files say, as Git itself has it. */
import * as assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { walkFolder } from '../../../../src/finetune/corpus/folderWalk';
import { attributesOf, RepositoryError } from '../../../../src/finetune/corpus/repository';
import { isAbort } from '../../../../src/inference/cancel';

const never = new AbortController().signal;

describe('corpus: folders without Git', () => {
	let folder = '';
	beforeEach(() => {
		folder = fs.mkdtempSync(path.join(os.tmpdir(), 'familiar-walk-'));
	});
	afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

	function write(files: Readonly<Record<string, string>>): void {
		for (const [file, text] of Object.entries(files)) {
			fs.mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
			fs.writeFileSync(path.join(folder, file), text);
		}
	}

	const TREE = {
		'.gitignore': '# none of these\n*.log\n/local/\nsub/skip.ts\ndeep/**/x.ts\n!keep.log\n',
		'a.ts': '',
		'b.log': '',
		'keep.log': '',
		'local/c.ts': '',
		'other/local/d.ts': '',
		'sub/.gitignore': '!b.log\n*.tmp\n/own.ts\n',
		'sub/b.log': '',
		'sub/e.tmp': '',
		'sub/own.ts': '',
		'sub/deeper/own.ts': '',
		'sub/skip.ts': '',
		'deep/one/two/x.ts': '',
		'deep/one/y.ts': '',
		'Upper.LOG': '',
	};

	it('lists what Git would, in the same order', async () => {
		write(TREE);
		const walked = await walkFolder(folder, never);
		execFileSync('git', ['init', '-q'], { cwd: folder });
		const listed = execFileSync('git', ['ls-files', '--others', '--exclude-standard'], {
			cwd: folder,
			encoding: 'utf8',
		});
		const expected = listed.split('\n').filter((name) => name !== '');
		assert.deepEqual([...walked.files].sort(), expected.sort());
		assert.deepEqual((await walkFolder(folder, never)).files, walked.files);
	});

	it('reads attributes as Git does, nested ones included', async () => {
		write({
			'.gitattributes':
				'# about\napi/** linguist-generated\n*.pb.ts linguist-generated=true text\nlib/*.js linguist-vendored\nlib/own.js -linguist-vendored\nfolder linguist-vendored\n/root.ts linguist-generated\nq?.ts linguist-vendored\n[xy].ts linguist-vendored\n**/gen/*.ts linguist-generated\nfalse.ts linguist-generated=false\n',
			'api/a.ts': '',
			'api/deep/b.ts': '',
			'x/c.pb.ts': '',
			'lib/d.js': '',
			'lib/own.js': '',
			'lib/deep/e.js': '',
			'folder/f.ts': '',
			'root.ts': '',
			'x/root.ts': '',
			'q1.ts': '',
			'q12.ts': '',
			'x.ts': '',
			'z.ts': '',
			'p/gen/g.ts': '',
			'gen/h.ts': '',
			'false.ts': '',
			'sub/.gitattributes': 'i.ts linguist-generated\n*.pb.ts !linguist-generated\n',
			'sub/i.ts': '',
			'sub/j.pb.ts': '',
			'i.ts': '',
		});
		const { files, attributes } = await walkFolder(folder, never);
		execFileSync('git', ['init', '-q'], { cwd: folder });
		const expected = await attributesOf({ name: 'x', folder, gitPath: 'git' }, files, never);
		assert.ok(expected.size > 8);
		assert.deepEqual(new Map([...attributes].sort()), new Map([...expected].sort()));
	});

	it('goes into no repository, no foreign folder and no link, and says so of folders', async () => {
		write({
			'a.ts': '',
			'inner/.git/HEAD': '',
			'inner/b.ts': '',
			'worktree/.git': 'gitdir: elsewhere',
			'worktree/c.ts': '',
			'node_modules/d/index.js': '',
			'.git-not/e.ts': '',
		});
		fs.symlinkSync(os.tmpdir(), path.join(folder, 'link'));
		const { files, submodules } = await walkFolder(folder, never);
		assert.deepEqual(files, ['a.ts', 'inner/', 'link', 'node_modules/', 'worktree/', '.git-not/e.ts']);
		assert.deepEqual([...submodules], ['inner/', 'worktree/']);
	});

	it('says why it cannot go on', async () => {
		await assert.rejects(walkFolder(path.join(folder, 'none'), never), RepositoryError);
		fs.mkdirSync(path.join(folder, '.gitignore'));
		await assert.rejects(walkFolder(folder, never), /\.gitignore says what to leave out/);
	});

	it('names a folder that it may not read, and reads the others', async function () {
		if (process.platform === 'win32') {
			this.skip();
		}
		write({ 'a.ts': '', 'closed/.gitignore': 'x', 'closed/b.ts': '', 'open/c.ts': '' });
		fs.chmodSync(folder, 0o755);
		fs.chmodSync(path.join(folder, 'closed'), 0);
		// Root may read everything.
		const isRoot = process.geteuid?.() === 0;
		try {
			if (isRoot) {
				process.seteuid?.(65_534);
			}
			const { files, unreadable } = await walkFolder(folder, never);
			assert.deepEqual(files, ['a.ts', 'closed/', 'open/c.ts']);
			assert.deepEqual([...unreadable], [['closed/', 'could not be read (EACCES)']]);
		} finally {
			if (isRoot) {
				process.seteuid?.(0);
			}
			fs.chmodSync(path.join(folder, 'closed'), 0o755);
		}
	});

	it('takes no pipe for a file with rules', async function () {
		if (process.platform === 'win32') {
			this.skip();
		}
		write({ 'sub/a.ts': '' });
		for (const name of ['.gitignore', '.gitattributes', 'sub/.gitignore', 'pipe.ts']) {
			execFileSync('mkfifo', [path.join(folder, name)]);
		}
		const { files } = await walkFolder(folder, never);
		assert.deepEqual(files, ['.gitattributes', '.gitignore', 'pipe.ts', 'sub/.gitignore', 'sub/a.ts']);
	});

	it('stops when it is cancelled', async () => {
		await assert.rejects(walkFolder(folder, AbortSignal.abort()), isAbort);
	});
});
