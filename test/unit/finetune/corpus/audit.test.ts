/** The audit against real Git repositories made for the test, on this thread and in a worker. */
import * as assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { JSDOM } from 'jsdom';
import markdownIt from 'markdown-it';
import { audit } from '../../../../src/finetune/corpus/audit';
import { type AuditOrder, AuditWorker } from '../../../../src/finetune/corpus/auditWorker';
import { auditReport } from '../../../../src/finetune/corpus/report';
import { attributesOf, RepositoryError } from '../../../../src/finetune/corpus/repository';
import { type AuditProgress, out, type Repository } from '../../../../src/finetune/corpus/verdict';
import { isAbort } from '../../../../src/inference/cancel';
import { writeGguf } from '../../../support/ggufWriter';
import { randomModel, SMALLEST_MODEL } from '../../../support/randomModel';
import { root } from '../../../support/root';

const never = new AbortController().signal;
const quiet = () => undefined;
const secret = `gh${'p'}_q7Zt2KpXw9RbVn4LsYd8GfHj3McUe6Ta5QiB`;

/** Code that resembles no other `name`. */
const code = (name: string, lines = 30) =>
	Array.from(
		{ length: lines },
		(_, line) => `const ${name}${line} = ${name}Of(${line}, '${name}${line * 7}');\n`,
	).join('');

/** A word for each number. */
const wordOf = (index: number) =>
	`name${'abcdefghij'[Math.floor(index / 10) % 10]}${'klmnopqrst'[index % 10]}${index > 99 ? 'more' : ''}`;

describe('audit', () => {
	let folder = '';
	beforeEach(() => {
		folder = fs.mkdtempSync(path.join(os.tmpdir(), 'familiar-audit-'));
	});
	afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

	function repository(name: string, files: Readonly<Record<string, string | Uint8Array>>): Repository {
		const at = path.join(folder, name);
		for (const [file, text] of Object.entries(files)) {
			fs.mkdirSync(path.dirname(path.join(at, file)), { recursive: true });
			fs.writeFileSync(path.join(at, file), text);
		}
		execFileSync('git', ['init', '-q'], { cwd: at });
		execFileSync('git', ['add', '-A'], { cwd: at });
		return { name, folder: at, gitPath: 'git' };
	}

	async function stages(repositories: readonly Repository[]): Promise<Record<string, string>> {
		const { files } = await audit(repositories, quiet, never);
		return Object.fromEntries(
			files.map((file) => [
				file.path,
				file.verdict.type === 'in' ? 'in' : `${file.verdict.stage}: ${file.verdict.figure}`,
			]),
		);
	}

	it('judges tracked files only, each at its stage', async () => {
		const one = repository('one', {
			'a.ts': code('a'),
			'sub/b c.py': code('b'),
			'.gitignore': 'untracked.ts\n',
			'untracked.ts': code('c'),
			'latin.ts': Buffer.from(`${code('d')}// caf\xe9\n`, 'latin1'),
			'key.ts': `${code('e')}const t = '${secret}';\n`,
			'short.ts': 'let a;\n',
		});
		fs.symlinkSync('/etc/hostname', path.join(one.folder, 'link.ts'));
		execFileSync('git', ['add', 'link.ts'], { cwd: one.folder });
		assert.deepEqual(await stages([one]), {
			'.gitignore': 'type: .gitignore',
			'a.ts': 'in',
			'key.ts': 'secret: line 31: GitHub token, line 31: secretlint github',
			'latin.ts': 'encoding: not UTF-8',
			'link.ts': 'unreadable: a symbolic link',
			'short.ts': 'size: 7 of at least 200 bytes',
			'sub/b c.py': 'in',
		});
	});

	it('leaves out what the setting excludes, relative to any open folder or absolute, and names the glob', async () => {
		const one = repository('one', {
			'a.ts': code('a'),
			'data/b.ts': code('b'),
			'c.sql.ts': code('c'),
			'd.ts': code('d'),
		});
		const globs = ['one/data/**', '*.{sql,csv}.ts', `${one.folder}/d.ts`];
		assert.deepEqual(await stages([{ ...one, excluded: { globs, folders: [one.folder, folder] } }]), {
			'a.ts': 'in',
			'c.sql.ts': 'ignored: familiar.exclude says *.{sql,csv}.ts',
			'd.ts': `ignored: familiar.exclude says ${one.folder}/d.ts`,
			'data/b.ts': 'ignored: familiar.exclude says one/data/**',
		});
	});

	it('leaves out a file whose path holds a secret, also by hand, and does not write it into the report', async () => {
		const file = `keys/${secret}/a.ts`;
		const one = repository('one', { [file]: code('a'), 'b.ts': code('b') });
		const expected = 'secret: its path: GitHub token';
		assert.equal((await stages([one]))[file], expected);
		const forced = { in: [file], out: [] };
		assert.equal((await stages([{ ...one, forced }]))[file], expected);
		const report = auditReport(await audit([one], quiet, never));
		assert.ok(!report.includes(secret), report);
		assert.match(report, /keys\/…\/a\.ts/);
	});

	it('keeps the size and the hash of what it judged', async () => {
		const text = code('a').replaceAll('\n', '\r\n');
		const { files } = await audit([repository('one', { 'a.ts': text })], quiet, never);
		const verdict = files[0]?.verdict;
		assert.ok(verdict?.type === 'in');
		const { tokens = 0, ...rest } = verdict;
		assert.deepEqual(rest, {
			type: 'in',
			characters: code('a').length,
			hash: createHash('sha256').update(text).digest('hex'),
			weight: 1,
		});
		assert.ok(tokens > code('a').length / 5 && tokens < code('a').length / 2, String(tokens));
	});

	it('obeys .familiarignore at the root, also for a folder below it', async () => {
		const one = repository('one', {
			'.familiarignore': '# not these\nsub/private/\n*.gen.ts\n!keep.gen.ts\n',
			'a.ts': code('a'),
			'x.gen.ts': code('b'),
			'keep.gen.ts': code('c'),
			'sub/private/d.ts': code('d'),
			'sub/e.ts': code('e'),
		});
		const expected = {
			'private/d.ts': 'ignored: .familiarignore says sub/private/',
			'e.ts': 'in',
		};
		assert.deepEqual(await stages([one]), {
			'.familiarignore': 'type: .familiarignore',
			'a.ts': 'in',
			'keep.gen.ts': 'in',
			'sub/e.ts': 'in',
			'sub/private/d.ts': expected['private/d.ts'],
			'x.gen.ts': 'ignored: .familiarignore says *.gen.ts',
		});
		assert.deepEqual(await stages([{ ...one, folder: path.join(one.folder, 'sub') }]), expected);
	});

	it('refuses to read on when .familiarignore cannot be read', async () => {
		const one = repository('one', { 'a.ts': code('a'), '.familiarignore/x.ts': code('b') });
		await assert.rejects(
			audit([one], quiet, never),
			(error) => error instanceof RepositoryError && /\.familiarignore.*Make it readable/.test(error.message),
		);
	});

	it('obeys .familiarignore in folders below, for what lies in them', async () => {
		const files = {
			'.familiarignore': '*.gen.ts\n',
			'a.ts': code('a'),
			'sub/.familiarignore': '/secret.ts\nprivate/\n!keep.gen.ts\n*.tmp.ts\n!b.tmp.ts\n',
			'sub/secret.ts': code('b'),
			'sub/deep/secret.ts': code('c'),
			'sub/deep/private/d.ts': code('d'),
			'sub/deep/keep.gen.ts': code('e'),
			'sub/a.tmp.ts': code('f'),
			'sub/b.tmp.ts': code('g'),
			'secret.ts': code('h'),
		};
		const one = repository('one', files);
		const expected = {
			'a.ts': 'in',
			'secret.ts': 'in',
			'sub/secret.ts': 'ignored: .familiarignore says /secret.ts',
			'sub/deep/secret.ts': 'in',
			'sub/deep/private/d.ts': 'ignored: .familiarignore says private/',
			// What one file leaves out, no other takes in: rather too little is learned.
			'sub/deep/keep.gen.ts': 'ignored: .familiarignore says *.gen.ts',
			'sub/a.tmp.ts': 'ignored: .familiarignore says *.tmp.ts',
			'sub/b.tmp.ts': 'in',
			'.familiarignore': 'type: .familiarignore',
			'sub/.familiarignore': 'type: .familiarignore',
		};
		assert.deepEqual(await stages([one]), expected);
		fs.rmSync(path.join(one.folder, '.git'), { recursive: true });
		assert.deepEqual(await stages([one]), expected);
		if (process.platform !== 'win32') {
			execFileSync('mkfifo', [path.join(one.folder, 'sub/deep/private/.familiarignore')]);
		}
		const deep: Repository = { ...one, folder: path.join(one.folder, 'sub/deep') };
		execFileSync('git', ['init', '-q'], { cwd: one.folder });
		execFileSync('git', ['add', '-A'], { cwd: one.folder });
		// The folder between the root and the opened one speaks too.
		assert.equal((await stages([deep]))['private/d.ts'], 'ignored: .familiarignore says private/');
	});

	it('obeys .gitattributes, nested ones included', async () => {
		const one = repository('one', {
			'.gitattributes':
				'api/** linguist-generated\nlib/*.js linguist-vendored=true\nlib/own.js -linguist-vendored\n',
			'api/a.ts': code('a'),
			'lib/b.js': code('b'),
			'lib/own.js': code('c'),
			'sub/.gitattributes': 'd.ts linguist-generated=true\n',
			'sub/d.ts': code('d'),
		});
		const found = await stages([one]);
		assert.equal(found['api/a.ts'], 'generated: .gitattributes says linguist-generated');
		assert.equal(found['lib/b.js'], 'vendored: .gitattributes says linguist-vendored');
		assert.equal(found['lib/own.js'], 'in');
		assert.equal(found['sub/d.ts'], 'generated: .gitattributes says linguist-generated');
	});

	it('asks for the attributes of more files than Git may answer for at once', async () => {
		const one = repository('one', { '.gitattributes': '*9.ts linguist-generated\n' });
		const deep = 'folder/'.repeat(20);
		const files = Array.from({ length: 220_000 }, (_, index) => `${deep}${index}.ts`);
		const found = await attributesOf(one, files, never);
		assert.equal(found.size, files.length / 10);
		assert.equal(found.get(files.at(-1) ?? ''), 'linguist-generated');
	});

	it('leaves out copies across repositories and says of what', async () => {
		const one = repository('one', { 'a.ts': code('a', 200), 'b.ts': code('b') });
		const two = repository('two', {
			'c.ts': code('a', 200).replaceAll('\n', '\n\n'),
			'd.ts': `// changed\n${code('a', 200)}`,
			'e.ts': code('e'),
		});
		const found = await stages([one, two]);
		assert.equal(found['a.ts'], 'in');
		assert.equal(found['c.ts'], 'duplicate: a copy of one/a.ts');
		assert.match(found['d.ts'] ?? '', /^near-duplicate: (9\d|100) % the same as one\/a\.ts$/);
		assert.equal(found['e.ts'], 'in');
	});

	it('takes what vanishes meanwhile for unreadable', async () => {
		const one = repository(
			'one',
			Object.fromEntries(Array.from({ length: 101 }, (_, index) => [`f${index}.ts`, code(wordOf(index))])),
		);
		fs.rmSync(path.join(one.folder, 'f0.ts'));
		// The list is sorted as text: f99.ts comes last, after the report of the first hundred.
		const onProgress = () => fs.rmSync(path.join(one.folder, 'f99.ts'), { force: true });
		const { files } = await audit([one], onProgress, never);
		const verdictOf = (file: string) => files.find((known) => known.path === file)?.verdict;
		const missing = out('unreadable', 'missing', { threshold: 'a plain file that can be read' });
		assert.deepEqual(verdictOf('f0.ts'), missing);
		assert.deepEqual(verdictOf('f99.ts'), missing);
		assert.equal(files.filter((file) => file.verdict.type === 'in').length, 99);
	});

	it('does not follow a folder that became a link out of the repository', async () => {
		const one = repository('one', { 'sub/a.ts': code('a') });
		fs.mkdirSync(path.join(folder, 'outside'));
		fs.writeFileSync(path.join(folder, 'outside/a.ts'), code('secret'));
		fs.rmSync(path.join(one.folder, 'sub'), { recursive: true });
		fs.symlinkSync(path.join(folder, 'outside'), path.join(one.folder, 'sub'));
		assert.deepEqual(await stages([one]), {
			'sub/a.ts': 'unreadable: a symbolic link leads out of the repository',
		});
	});

	it('lists a file in conflict once, and nothing of a submodule', async () => {
		const inner = repository('inner', { 'a.ts': code('a') });
		execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@b', 'commit', '-qm', 'x'], {
			cwd: inner.folder,
		});
		const one = repository('one', { 'b.ts': code('b') });
		fs.renameSync(inner.folder, path.join(one.folder, 'inner'));
		execFileSync('git', ['-c', 'advice.addEmbeddedRepo=false', 'add', 'inner'], {
			cwd: one.folder,
			stdio: 'ignore',
		});
		const blob = execFileSync('git', ['hash-object', '-w', 'b.ts'], {
			cwd: one.folder,
			encoding: 'utf8',
		}).trim();
		execFileSync('git', ['update-index', '--index-info'], {
			cwd: one.folder,
			input: `0 ${'0'.repeat(40)}\tb.ts\n100644 ${blob} 2\tb.ts\n100644 ${blob} 3\tb.ts\n`,
		});
		const { files } = await audit([one], quiet, never);
		assert.deepEqual(
			files.map((file) => [file.path, file.verdict.type === 'in' ? 'in' : file.verdict.figure]),
			[
				['b.ts', 'in'],
				['inner', 'another repository in this one'],
			],
		);
	});

	it('says so of a folder in which Git tracks nothing, and what helps', async () => {
		fs.mkdirSync(path.join(folder, 'empty'));
		const empty = repository('empty', {});
		fs.writeFileSync(path.join(empty.folder, 'a.ts'), code('a'));
		const below: Repository = { ...empty, name: 'below', folder: path.join(empty.folder, 'below') };
		fs.mkdirSync(below.folder);
		await assert.rejects(
			audit([empty], quiet, never),
			(error) => error instanceof RepositoryError && /tracks no file.*git add/.test(error.message),
		);
		const one = repository('one', { 'a.ts': code('a') });
		const { leftOut } = await audit([below, one], quiet, never);
		assert.equal(leftOut[0]?.name, 'below');
		assert.ok(leftOut[0]?.reason.includes(`the repository in ${empty.folder}`), leftOut[0]?.reason);
	});

	it('has nothing to say of an empty repository or of none', async () => {
		assert.deepEqual((await audit([repository('one', { 'x/.keep': '' })], quiet, never)).files.length, 1);
		assert.deepEqual(await audit([], quiet, never), { repositories: [], leftOut: [], files: [] });
	});

	it('says why a folder that is not there, or whose Git is not, cannot be read', async () => {
		const none: Repository = { name: 'x', folder: path.join(folder, 'none'), gitPath: 'git' };
		await assert.rejects(
			audit([none], quiet, never),
			(error) => error instanceof RepositoryError && error.message.includes(none.folder),
		);
		const one = repository('one', { 'a.ts': code('a') });
		await assert.rejects(
			audit([{ ...one, gitPath: 'no-such-git' }], quiet, never),
			/no-such-git.*set git\.path/,
		);
	});

	it('leaves out a folder that cannot be read where another can, and says so', async () => {
		const broken: Repository = { name: 'docs', folder: path.join(folder, 'docs'), gitPath: 'git' };
		fs.mkdirSync(path.join(broken.folder, '.git'), { recursive: true });
		const one = repository('one', { 'a.ts': code('a') });
		const result = await audit([broken, one], quiet, never);
		assert.deepEqual(result.repositories, [one]);
		assert.deepEqual(
			result.files.map((file) => [file.repository, file.path, file.verdict.type]),
			[[0, 'a.ts', 'in']],
		);
		assert.equal(result.leftOut.length, 1);
		assert.match(auditReport(result), /^docs is left out: Git cannot list the files of .*\n\n## one\n/);
		await assert.rejects(audit([broken, broken], quiet, never), RepositoryError);
	});

	it('leaves out a folder that vanishes while it is listed, and reads the others', async function () {
		if (process.platform === 'win32') {
			this.skip();
		}
		const one = repository('one', { 'a.ts': code('a') });
		const two = repository('two', { 'b.ts': code('b') });
		const program = path.join(folder, 'git.sh');
		const remove = `case "$*" in *rev-parse*) rm -rf '${one.folder}';; esac`;
		fs.writeFileSync(program, `#!/bin/sh\ngit "$@"; code=$?\n${remove}\nexit $code\n`, { mode: 0o755 });
		const { leftOut, files } = await audit([{ ...one, gitPath: program }, two], quiet, never);
		assert.deepEqual(
			files.map((file) => file.path),
			['b.ts'],
		);
		assert.match(leftOut[0]?.reason ?? '', /ENOENT/);
	});

	it('reads a folder without Git by the same rules', async () => {
		const plain: Repository = { name: 'plain', folder: path.join(folder, 'plain'), gitPath: 'no-such-git' };
		const files = {
			'.familiarignore': 'private/\n',
			'.gitattributes': 'api/** linguist-generated\n',
			'.gitignore': '*.log.ts\n/local/\n',
			'a.ts': code('a'),
			'api/b.ts': code('b'),
			'c.log.ts': code('c'),
			'local/d.ts': code('d'),
			'private/e.ts': code('e'),
			'sub/copy.ts': code('a'),
		};
		for (const [file, text] of Object.entries(files)) {
			fs.mkdirSync(path.dirname(path.join(plain.folder, file)), { recursive: true });
			fs.writeFileSync(path.join(plain.folder, file), text);
		}
		fs.utimesSync(path.join(plain.folder, 'a.ts'), 1, 1);
		const excluded = { globs: ['**/none.ts'], folders: [plain.folder] };
		const found = await stages([{ ...plain, excluded }]);
		assert.deepEqual(found, {
			'.familiarignore': 'type: .familiarignore',
			'.gitattributes': 'type: .gitattributes',
			'.gitignore': 'type: .gitignore',
			// The copy was written later.
			'a.ts': 'duplicate: a copy of sub/copy.ts',
			'api/b.ts': 'generated: .gitattributes says linguist-generated',
			'private/e.ts': 'ignored: .familiarignore says private/',
			'sub/copy.ts': 'in',
		});
	});

	it('keeps of each cluster what was changed last', async () => {
		const one = repository('one', { 'a.ts': code('a', 200), 'b.ts': `// another head\n${code('a', 200)}` });
		const commit = (at: number, ...files: readonly string[]) => {
			const date = `${at} +0000`;
			const env = { ...process.env, GIT_AUTHOR_DATE: date, GIT_COMMITTER_DATE: date };
			const words = ['-c', 'user.name=a', '-c', 'user.email=a@b', 'commit', '-qm', 'x', ...files];
			execFileSync('git', words, { cwd: one.folder, env });
		};
		commit(1_700_000_000, 'a.ts');
		commit(1_700_000_100, 'b.ts');
		assert.match((await stages([one]))['a.ts'] ?? '', /^near-duplicate: \d+ % the same as b\.ts$/);
		fs.appendFileSync(path.join(one.folder, 'a.ts'), '// later\n');
		commit(1_700_000_200, 'a.ts');
		const found = await stages([one]);
		assert.equal(found['a.ts'], 'in');
		assert.match(found['b.ts'] ?? '', /^near-duplicate: \d+ % the same as a\.ts$/);
	});

	it('names for each near copy what it is near to, though something further is kept', async () => {
		const lines = code('chain', 300).split('\n');
		const other = code('other', 300).split('\n');
		/** The first lines changed: 85 % in common with the next, 0 with the last but one. */
		const step = (share: number) => [...other.slice(0, 300 * share), ...lines.slice(300 * share)].join('\n');
		const one = repository('one', {
			'a.ts': step(0),
			'b.ts': step(0.12),
			'c.ts': step(0.24),
			'd.ts': step(0.36),
		});
		const { files } = await audit([one], quiet, never);
		assert.equal(files[0]?.verdict.type, 'in');
		for (const { verdict } of files.slice(1)) {
			assert.ok(verdict.type === 'out' && verdict.stage === 'near-duplicate');
			assert.ok(Number(/^(\d+) %/.exec(verdict.value)?.[1]) >= 70, verdict.figure);
		}
		const last = files[3]?.verdict;
		assert.match(last?.type === 'out' ? last.figure : '', /^\d+ % the same as [bc]\.ts, a copy of a\.ts$/);
	});

	it('gives each verdict its stage, its value and its threshold', async () => {
		const one = repository('one', {
			'a.ts': code('a'),
			'wide.ts': `${'const wide = wideOf(1);'.repeat(6)}\n`.repeat(6),
			'same.ts': 'let a = 1;\n'.repeat(30),
			'small.ts': 'let a;\n'.repeat(5),
			'photo.png': 'x',
		});
		const { files } = await audit([one], quiet, never);
		assert.deepEqual(
			files.map(({ path: file, verdict }) =>
				verdict.type === 'in' ? [file] : [file, verdict.stage, verdict.value, verdict.threshold],
			),
			[
				['a.ts'],
				['photo.png', 'type', '.png', 'a known language'],
				['same.ts', 'quality', '2 words', 'at least 20 different words'],
				['small.ts', 'size', '35 bytes', 'at least 200 bytes'],
				['wide.ts', 'minified', '119', 'at most 100 characters a line'],
			],
		);
	});

	it('reports in steps and stops when it is cancelled', async () => {
		const one = repository(
			'one',
			Object.fromEntries(Array.from({ length: 250 }, (_, index) => [`f${index}.ts`, 'let a;\n'])),
		);
		const seen: AuditProgress[] = [];
		await audit([one], (progress) => seen.push(progress), never);
		assert.deepEqual(
			seen.map((progress) => progress.done),
			[100, 200, 250],
		);
		const controller = new AbortController();
		await assert.rejects(
			audit([one], () => controller.abort(), controller.signal),
			isAbort,
		);
	});

	it('reports names as they are, whatever Markdown would make of them', async () => {
		const names = ['<img src=x>.ts', 'a`b``.ts', 'two\nlines.ts', '[x](command:y).ts', 'p|q.png'];
		const one = repository(
			'<b>one',
			Object.fromEntries(names.map((name, index) => [name, code(wordOf(index))])),
		);
		const page = markdownIt({ html: true }).render(auditReport(await audit([one], quiet, never)));
		const { document } = new JSDOM(page).window;
		assert.equal(document.querySelectorAll('img, a, b').length, 0);
		assert.equal(document.querySelector('h2')?.textContent, '<b>one');
		assert.deepEqual(
			[...document.querySelectorAll('ul:last-of-type code')].map((code) => code.textContent),
			['<img src=x>.ts', '[x](command:y).ts', 'a`b``.ts', 'two lines.ts'],
		);
		assert.equal(document.querySelector('td code')?.textContent, 'p|q.png');
	});

	it('reports counts first, and never the text of a secret', async () => {
		const one = repository('one', { 'a.ts': code('a'), 'b|c.ts': `${code('b')}'${secret}'\n`, 'd.png': 'x' });
		const report = auditReport(await audit([one], quiet, never));
		assert.match(report, /## one\n\n1 of 3 files in, \d+ characters; 2 out\.\n\n- secret: 1\n- type: 1\n/);
		assert.match(report, /\| `b\\\|c\.ts` \| secret \| line 31: GitHub token/);
		assert.ok(!report.includes(secret.slice(4, 14)));
	});

	describe('in a worker', () => {
		const worker = new AuditWorker(path.join(root, 'dist/corpusWorker.js'));
		const order = (repositories: AuditOrder['repositories'], basePath?: string): AuditOrder => ({
			repositories,
			basePath,
		});

		it('says the same as on this thread', async () => {
			const one = repository('one', {
				'a.ts': code('a'),
				'b.ts': code('a'),
				'key.ts': `${code('k')}'${secret}'\n`,
			});
			const seen: AuditProgress[] = [];
			const result = await worker.audit(order([one]), (progress) => seen.push(progress), never);
			assert.deepEqual(result, await audit([one], quiet, never));
			assert.deepEqual(seen, [{ repository: 'one', done: 3, all: 3 }]);
		});

		it('hands errors on as what they were', async () => {
			await assert.rejects(
				worker.audit(order([{ name: 'x', folder: path.join(folder, 'x'), gitPath: 'git' }]), quiet, never),
				(error) => error instanceof RepositoryError && error.message.includes(folder),
			);
		});

		it('refuses a model that cannot be trained, before it reads anything', async () => {
			const file = path.join(folder, 'mixture.gguf');
			const { metadata, tensors } = randomModel(SMALLEST_MODEL);
			const used = { type: 'uint32', value: 2 } as const;
			const experts = { 'qwen2.expert_count': { ...used, value: 8 }, 'qwen2.expert_used_count': used };
			writeGguf(file, { metadata: { ...metadata, ...experts }, tensors });
			const seen: AuditProgress[] = [];
			const one = repository('one', { 'a.ts': code('a') });
			await assert.rejects(
				worker.audit(order([one], file), (progress) => seen.push(progress), never),
				/mixture of 8 experts/,
			);
			assert.deepEqual(seen, []);
		});

		it('ends with the thread when it is cancelled', async () => {
			const one = repository(
				'one',
				Object.fromEntries(Array.from({ length: 400 }, (_, index) => [`f${index}.ts`, code(`n${index}x`)])),
			);
			const controller = new AbortController();
			const seen: AuditProgress[] = [];
			const run = worker.audit(
				order([one]),
				(progress) => {
					seen.push(progress);
					controller.abort();
				},
				controller.signal,
			);
			await assert.rejects(run, isAbort);
			assert.equal(seen.length, 1);
			assert.ok(!process.getActiveResourcesInfo().includes('MessagePort'), 'the thread is gone');
			await assert.rejects(worker.audit(order([one]), quiet, controller.signal), isAbort);
		});

		it('says so when the thread cannot start or dies', async () => {
			await assert.rejects(
				new AuditWorker(path.join(folder, 'none.js')).audit(order([]), quiet, never),
				/none\.js/,
			);
			const dying = path.join(folder, 'dying.js');
			fs.writeFileSync(dying, 'process.exit(3);');
			await assert.rejects(
				new AuditWorker(dying).audit(order([]), quiet, never),
				/ended without a result \(code 3\)/,
			);
			const full = path.join(folder, 'full.js');
			fs.writeFileSync(full, "throw Object.assign(new Error('x'), { code: 'ERR_WORKER_OUT_OF_MEMORY' });");
			await assert.rejects(
				new AuditWorker(full).audit(order([]), quiet, never),
				/more than an audit has memory for.*familiar\.exclude/,
			);
		});
	});
});
