/** Pairs from the history of real Git repositories made for the test. */
import * as assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import type { Audit } from '../../../../src/finetune/corpus/verdict';
import { collect } from '../../../../src/finetune/instruct/collect';
import { fencesIn } from '../../../../src/finetune/instruct/fence';
import { commitsOf, diffOf, hunksOf } from '../../../../src/finetune/instruct/history';
import { PAIR_KINDS, type PairKind } from '../../../../src/finetune/instruct/pair';
import { isAbort } from '../../../../src/inference/cancel';
import { Trees } from '../../../../src/inference/syntax/trees';
import { root } from '../../../support/root';

const never = new AbortController().signal;
const quiet = () => undefined;

/** Lines of code that say which they are. */
const lines = (name: string, count = 30) =>
	Array.from(
		{ length: count },
		(_, line) => `const ${name}${line} = ${name}Of(${line}, '${name}${line * 7}');`,
	);

describe('finetune/instruct/history', () => {
	let folder = '';
	const git = (words: readonly string[], extra: Readonly<Record<string, string>> = {}) =>
		execFileSync('git', words, {
			cwd: folder,
			env: {
				...process.env,
				GIT_AUTHOR_NAME: 'A Person',
				GIT_AUTHOR_EMAIL: 'person@example.org',
				GIT_COMMITTER_NAME: 'A Person',
				GIT_COMMITTER_EMAIL: 'person@example.org',
				...extra,
			},
		}).toString();
	function write(file: string, text: string): void {
		fs.mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
		fs.writeFileSync(path.join(folder, file), text);
	}
	function commit(
		message: string,
		files: Readonly<Record<string, string>>,
		extra: Readonly<Record<string, string>> = {},
	): void {
		for (const [file, text] of Object.entries(files)) {
			write(file, text);
		}
		git(['add', '-A']);
		git(['commit', '-q', '--no-verify', '-m', message], extra);
	}
	/** What the audit says of everything in the folder, but for what is left out. */
	function audited(out: readonly string[] = []): Audit {
		const files = git(['ls-files']).trim().split('\n');
		return {
			repositories: [{ name: 'demo', folder, gitPath: 'git' }],
			leftOut: [],
			files: files.map((file) => {
				const bytes = fs.readFileSync(path.join(folder, file));
				return {
					repository: 0,
					path: file,
					verdict: out.includes(file)
						? { type: 'out', stage: 'secret', figure: '', value: '', threshold: '' }
						: {
								type: 'in',
								characters: bytes.length,
								hash: createHash('sha256').update(bytes).digest('hex'),
							},
				};
			}),
		};
	}
	const pairsOf = async (kinds: readonly PairKind[], out: readonly string[] = []) => {
		const trees = new Trees(path.join(root, 'node_modules/@vscode/tree-sitter-wasm/wasm'));
		return (await collect(audited(out), trees, { kinds, seeds: 0 }, quiet, never)).pairs;
	};
	beforeEach(() => {
		folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'familiar-history-')));
		git(['init', '-q', '-b', 'main']);
	});
	afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

	it('keeps what says in an imperative what was done, and leaves the rest', async () => {
		const text = lines('a');
		let count = 0;
		const change = (message: string, extra: Readonly<Record<string, string>> = {}) => {
			text[++count] = `const changed${count} = ${count};`;
			commit(message, { 'a.ts': text.join('\n') }, extra);
		};
		change('Add the very first of all files');
		change('feat(parser): support lists that are nested deeper');
		change('short');
		change('wip on the parser and its lists');
		change('Bump the version of all packages');
		change('Fix the parser, see issue 12 for details');
		change('Add what https://example.org asks for here');
		change('The parser now knows nested lists as well');
		change('Revert "Add the very first of all files"');
		change('Add a list of all the words', { GIT_AUTHOR_NAME: 'renovate[bot]' });
		change('Remove the list of words again\n\nNobody reads it.\n\nSigned-off-by: A <a@example.org>');
		git(['checkout', '-q', '-b', 'side', 'HEAD~1']);
		commit('Write another file of the side', { 'b.ts': lines('b').join('\n') });
		git(['checkout', '-q', 'main']);
		git(['merge', '-q', '--no-edit', '-m', 'Take what the side branch has', 'side']);
		const found = await commitsOf({ folder, gitPath: 'git' }, (file) => file !== 'b.ts', never);
		assert.deepEqual(
			found.map(({ subject }) => subject),
			[
				'Remove the list of words again',
				'Support lists that are nested deeper',
				'Add the very first of all files',
			],
		);
		assert.equal(found[0]?.body, 'Nobody reads it.');
		assert.deepEqual(found[0]?.files, ['a.ts']);
	});

	it('leaves out a reformatting, whatever it says', async () => {
		commit(
			'Indent all the files with tabs',
			Object.fromEntries(Array.from({ length: 101 }, (_, n) => [`f${n}.ts`, `${n}\n`])),
		);
		assert.deepEqual(await commitsOf({ folder, gitPath: 'git' }, () => true, never), []);
	});

	it('has nothing where there is no history', async () => {
		assert.deepEqual(await commitsOf({ folder, gitPath: 'git' }, () => true, never), []);
	});

	it('shows what changed, before and after, in files with odd names', async () => {
		const text = lines('a');
		commit('Add the first file of them all', { 'sub/ä b.ts': text.join('\n') });
		text[10] = 'const other = 1;';
		commit('Change one line of the file there', { 'sub/ä b.ts': text.join('\n') });
		const [newest] = await commitsOf({ folder, gitPath: 'git' }, () => true, never);
		assert.ok(newest !== undefined);
		assert.deepEqual(newest.files, ['sub/ä b.ts']);
		const diffs = await diffOf({ folder, gitPath: 'git' }, newest, never);
		const [hunk, ...more] = hunksOf(diffs.get('sub/ä b.ts') ?? '');
		assert.equal(more.length, 0);
		assert.equal(hunk?.before, lines('a').slice(6, 15).join('\n'));
		assert.equal(hunk?.after, text.slice(6, 15).join('\n'));
		assert.equal(hunk?.changed, 2);
	});

	it('works in a folder below the root', async () => {
		commit('Add the first file of them all', {
			'sub/a.ts': lines('a').join('\n'),
			'b.ts': lines('b').join('\n'),
		});
		const repository = { folder: path.join(folder, 'sub'), gitPath: 'git' };
		const [found] = await commitsOf(repository, () => true, never);
		assert.deepEqual(found?.files, ['a.ts']);
		assert.deepEqual(
			[...(await diffOf(repository, { hash: found?.hash ?? '', files: ['a.ts'] }, never)).keys()],
			['a.ts'],
		);
	});

	it('asks for messages, changes and fixes', async () => {
		const text = lines('a');
		const other = lines('b', 60);
		commit('Add the first files of them all', { 'a.ts': text.join('\n'), 'b.ts': other.join('\n') });
		text[10] = 'const a10 = aOf(10, null);';
		commit('Fix the crash on lists that are empty', { 'a.ts': text.join('\n') });
		other[3] = 'const b3 = cached(bOf);';
		commit('Cache what is read from the disk', { 'b.ts': other.join('\n') });
		const pairs = await pairsOf(['commits', 'fixes']);
		const fix = pairs.find(({ kind }) => kind === 'fixes');
		assert.match(
			fix?.question ?? '',
			/^Something is wrong in this part of a\.ts\. It needs a fix: fix the crash on lists that are empty\./,
		);
		assert.match(fix?.question ?? '', /aOf\(10, 'a70'\)/);
		assert.equal(fencesIn(fix?.answer ?? '')[0]?.code.trimEnd(), text.slice(6, 15).join('\n'));
		const change = pairs.find(({ question }) => question.startsWith('Change this part of b.ts: cache what'));
		assert.match(change?.answer ?? '', /cached\(bOf\)/);
		const messages = pairs.filter(({ question }) => question.startsWith('Write the commit message'));
		assert.deepEqual(
			messages.map(({ answer }) => answer),
			['Cache what is read from the disk', 'Fix the crash on lists that are empty'],
			'the first commit is too large',
		);
		assert.deepEqual(
			(await pairsOf(['fixes'])).map(({ kind }) => kind),
			['fixes'],
		);
	});

	it('shows nothing of a file that the audit left out', async () => {
		const text = lines('a');
		commit('Add the first files of them all', { 'a.ts': text.join('\n'), 'b.ts': lines('b').join('\n') });
		text[10] = 'const a10 = hidden;';
		commit('Hide what nobody should ever learn', { 'a.ts': text.join('\n') });
		assert.deepEqual(await pairsOf(PAIR_KINDS, ['a.ts']), []);
		assert.notEqual((await pairsOf(PAIR_KINDS)).length, 0);
	});

	it('runs no program that the repository names', async () => {
		const mark = path.join(folder, 'mark');
		commit('Add the first files of them all', {
			'a.ts': lines('a').join('\n'),
			'.gitattributes': '*.ts diff=evil\n',
		});
		git(['config', 'diff.evil.command', `touch ${mark}; true`]);
		git(['config', 'diff.evil.textconv', `touch ${mark}; cat`]);
		git(['config', 'diff.external', `touch ${mark}; true`]);
		git(['config', 'log.showSignature', 'true']);
		git(['config', 'gpg.program', `${mark}.sh`]);
		fs.writeFileSync(`${mark}.sh`, `#!/bin/sh\ntouch ${mark}\n`, { mode: 0o755 });
		commit('Change one of the many lines', { 'a.ts': lines('a').with(4, 'const x = 1;').join('\n') });
		assert.notEqual((await pairsOf(['commits'])).length, 0);
		assert.equal(fs.existsSync(mark), false);
	});

	it('makes pairs of functions, and ends when it is told to', async () => {
		commit('Add the first files of them all', {
			'a.ts':
				'/** Adds one to the number that it gets. */\nexport function addOne(a: number) {\n\treturn a + 1;\n}\n',
		});
		assert.deepEqual(
			(await pairsOf(['functions'])).map(({ kind, files }) => [kind, files]),
			[
				['functions', ['demo/a.ts']],
				['functions', ['demo/a.ts']],
			],
		);
		const controller = new AbortController();
		const trees = new Trees(path.join(root, 'node_modules/@vscode/tree-sitter-wasm/wasm'));
		await assert.rejects(
			collect(
				audited(),
				trees,
				{ kinds: ['functions'], seeds: 0 },
				() => controller.abort(),
				controller.signal,
			).then(() => collect(audited(), trees, { kinds: ['functions'], seeds: 0 }, quiet, controller.signal)),
			isAbort,
		);
	});

	it('shows no teacher a function with a secret, though its file was let in by hand', async () => {
		const secret = `gh${'p'}_q7Zt2KpXw9RbVn4LsYd8GfHj3McUe6Ta5QiB`;
		commit('Add the first files of them all', {
			'a.ts': `function open() {\n\treturn connect('${secret}');\n}\nfunction close() {\n\treturn 1;\n}\n`,
		});
		const trees = new Trees(path.join(root, 'node_modules/@vscode/tree-sitter-wasm/wasm'));
		const { seeds } = await collect(audited(), trees, { kinds: [], seeds: 5 }, quiet, never);
		assert.deepEqual(
			seeds.map(({ name }) => name),
			['close'],
		);
	});

	it('draws functions for a teacher, the same ones each time', async () => {
		const functions = Array.from(
			{ length: 30 },
			(_, n) => `export function run${n}() {\n\treturn ${n};\n}\n`,
		);
		commit('Add the first files of them all', { 'a.ts': functions.join('\n') });
		const trees = new Trees(path.join(root, 'node_modules/@vscode/tree-sitter-wasm/wasm'));
		const seeds = async () =>
			(await collect(audited(), trees, { kinds: ['teacher'], seeds: 5 }, quiet, never)).seeds;
		const first = await seeds();
		assert.equal(new Set(first.map(({ name }) => name)).size, 5);
		assert.deepEqual(await seeds(), first);
		assert.equal(first[0]?.language, 'typescript');
	});
});
