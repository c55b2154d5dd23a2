/** The search of the workspace, in real folders and in its thread. */

import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { type SearchOrder, searchFiles } from '../../../../src/chat/tools/search';
import { Toolbox } from '../../../../src/chat/tools/toolbox';
import { isAbort } from '../../../../src/inference/cancel';
import { temporaryFolder } from '../../../support/engines';
import { l10n } from '../../../support/fakeVscode';
import { root } from '../../../support/root';
import { silentLog } from '../../../support/silentLog';
import { FakeEditor, never } from '../context/fakeEditor';

describe('chat/tools/search', () => {
	let folder: string;
	beforeEach(() => {
		folder = fs.realpathSync(temporaryFolder());
	});

	function write(files: Readonly<Record<string, string>>): void {
		for (const [file, text] of Object.entries(files)) {
			fs.mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
			fs.writeFileSync(path.join(folder, file), text);
		}
	}

	const scope = () => ({ folders: [{ name: 'w', folder }], globs: ['**/private/**'], gitPath: 'git' });

	async function lines(change: Partial<SearchOrder>): Promise<readonly string[]> {
		const order = { scope: scope(), query: '', isPattern: false, below: '', ...change };
		const { matches } = await searchFiles(order, never);
		return matches.map(({ label, line, text }) => `${label}:${line}: ${text}`).sort();
	}

	it('finds texts in any case, and patterns, in the files that may be read', async () => {
		const outside = temporaryFolder();
		fs.writeFileSync(path.join(outside, 'out.ts'), 'total(1);\n');
		write({
			'src/a.ts': 'const a = 1;\n\treturn Total(a);\n',
			'lib/b.py': 'total = a+b\n',
			'private/c.ts': 'total(2);\n',
			'.familiarignore': 'old/\n',
			'old/d.ts': 'total(3);\n',
			'.env': 'total=4\n',
			'node_modules/x/e.ts': 'total(5);\n',
		});
		fs.symlinkSync(path.join(outside, 'out.ts'), path.join(folder, 'src/link.ts'));
		fs.symlinkSync(outside, path.join(folder, 'linked'));
		const both = ['lib/b.py:1: total = a+b', 'src/a.ts:2: return Total(a);'];
		assert.deepEqual(await lines({ query: 'total' }), both);
		assert.deepEqual(await lines({ query: 't.tal\\b', isPattern: true }), both);
		assert.deepEqual(await lines({ query: 't.tal' }), []);
		assert.deepEqual(await lines({ query: 'a+b' }), ['lib/b.py:1: total = a+b']);
		assert.deepEqual(await lines({ query: 'total', below: 'src/' }), ['src/a.ts:2: return Total(a);']);
	});

	it('finds nothing in a file with a key that spans many lines', async () => {
		const body = Array.from({ length: 12 }, (_, index) => `${'Ab3+'.repeat(15)}${index + 10}/w`);
		const key = ['-----BEGIN RSA PRIVATE KEY-----', ...body, '-----END RSA PRIVATE KEY-----'];
		write({ 'setup.md': key.join('\n'), 'b.md': 'Ab3+ is no key\n' });
		assert.deepEqual(await lines({ query: 'Ab3+' }), ['b.md:1: Ab3+ is no key']);
	});

	it('bounds what it gives of one file, and of all', async () => {
		write({ 'a.ts': 'x1;\n'.repeat(50) });
		assert.equal((await lines({ query: 'x1' })).length, 20);
		write(Object.fromEntries(Array.from({ length: 30 }, (_, index) => [`f${index}.ts`, 'x1;\n'.repeat(20)])));
		const order = { scope: scope(), query: 'x1', isPattern: false, below: '' };
		const { matches, isCut } = await searchFiles(order, never);
		assert.deepEqual([matches.length, isCut], [200, true]);
	});

	describe('in its thread', () => {
		function toolbox(longest?: number) {
			const editor = new FakeEditor();
			return new Toolbox({
				editor: async () => editor,
				searchScript: path.join(root, 'dist/searchWorker.js'),
				scope,
				translate: l10n.t,
				log: silentLog,
				...(longest === undefined ? {} : { longest }),
			});
		}

		it('finds what is there', async () => {
			write({ 'a.ts': 'const total = 1;\n' });
			assert.deepEqual(await toolbox().run({ name: 'search', arguments: { query: 'TOTAL' } }, never), {
				type: 'found',
				text: 'a.ts:1: const total = 1;',
			});
		});

		it('is ended where a pattern takes for ever', async () => {
			write({ 'a.ts': `${'a'.repeat(60)}!\n` });
			const call = { name: 'search', arguments: { query: '^(a+)+$', isRegex: true } };
			assert.deepEqual(await toolbox(1_500).run(call, never), {
				type: 'refused',
				text: 'It took longer than 1.5 seconds and was ended.',
			});
		});

		it('ends with the answer', async () => {
			write({ 'a.ts': `${'a'.repeat(60)}!\n` });
			const stop = new AbortController();
			const call = { name: 'search', arguments: { query: '^(a+)+$', isRegex: true } };
			const running = toolbox().run(call, stop.signal);
			stop.abort();
			await assert.rejects(running, isAbort);
		});
	});
});
