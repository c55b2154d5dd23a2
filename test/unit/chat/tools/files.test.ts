/** What the tools on files give, and what they refuse. */

import assert from 'node:assert/strict';
import type { OutlineSymbol } from '../../../../src/chat/context/outline';
import { diagnostics, listSymbols, readFile, search } from '../../../../src/chat/tools/files';
import type { SearchResult } from '../../../../src/chat/tools/search';
import type { Arguments, Tool, ToolContext } from '../../../../src/chat/tools/tool';
import { FakeEditor, fileName, never } from '../context/fakeEditor';

const CODE = 'one\ntwo\nthree\nfour';

function symbol(name: string, start: number, end: number, children: readonly OutlineSymbol[] = []) {
	return { name, range: { start: { line: start }, end: { line: end } }, children };
}

describe('chat/tools/files', () => {
	let editor: FakeEditor;
	/** What the search was asked for, and what it finds. */
	let orders: unknown[];
	let result: SearchResult;
	beforeEach(() => {
		editor = new FakeEditor({ 'src/a.ts': CODE, 'secret.ts': 'x', 'link.ts': '' });
		editor.contents.set('link.ts', { type: 'outside' });
		editor.contents.set('photo.png', { type: 'binary' });
		editor.contents.set('key.ts', "const key = 'AKIAQ3EGRVTZ5KXW2MNB';");
		editor.reasons.set('secret.ts', 'The setting excludes it.');
		orders = [];
		result = { matches: [], isCut: false };
	});

	function run(tool: Tool, given: Arguments) {
		const context: ToolContext = {
			...editor.tools,
			search: async (order) => {
				orders.push(order);
				return result;
			},
		};
		return tool.run(given, context, never);
	}

	async function refusal(tool: Tool, given: Arguments): Promise<string> {
		const { type, text } = await run(tool, given);
		assert.equal(type, 'refused', text);
		assert.ok(text.length < 200 && !text.includes('\n'));
		return text;
	}

	async function found(tool: Tool, given: Arguments): Promise<string> {
		const { type, text } = await run(tool, given);
		assert.equal(type, 'found', text);
		return text;
	}

	it('reads a file, or some of its lines', async () => {
		assert.equal(await found(readFile, { path: 'src/a.ts' }), `src/a.ts, lines 1 to 4\n${CODE}`);
		assert.equal(
			await found(readFile, { path: './src/a.ts', firstLine: 2, lastLine: 3 }),
			'src/a.ts, lines 2 to 3\ntwo\nthree',
		);
		assert.match(await found(readFile, { path: 'src/a.ts', firstLine: 'x', lastLine: -2 }), /lines 1 to 4/);
	});

	it('gives no lines of a key that spans many', async () => {
		const body = Array.from({ length: 12 }, (_, index) => `${'Ab3+'.repeat(15)}${index + 10}/w`);
		const key = ['-----BEGIN RSA PRIVATE KEY-----', ...body, '-----END RSA PRIVATE KEY-----'];
		editor.contents.set('setup.md', ['# Setup', ...key].join('\n'));
		assert.match(
			await refusal(readFile, { path: 'setup.md', firstLine: 4, lastLine: 9 }),
			/looks like a secret/,
		);
	});

	for (const [path, reason] of [
		['../outside.ts', /There is no file/],
		['/etc/passwd', /There is no file/],
		['nowhere.ts', /There is no file nowhere\.ts/],
		['secret.ts', /The setting excludes it/],
		['link.ts', /leads out of the workspace/],
		['photo.png', /not a text/],
		['key.ts', /looks like a secret/],
	] as const) {
		it(`refuses to read ${path}`, async () => {
			assert.match(await refusal(readFile, { path }), reason);
		});
	}

	it('refuses arguments that are missing or wrong', async () => {
		assert.match(await refusal(readFile, {}), /path is missing/);
		assert.match(await refusal(readFile, { path: 7 }), /path is missing/);
		assert.match(await refusal(readFile, { path: 'src/a.ts', firstLine: 99 }), /nothing in it/i);
		assert.match(await refusal(search, { query: ' ' }), /query is missing/);
		assert.match(await refusal(search, { query: '(', isRegex: true }), /no regular expression/);
		assert.match(await refusal(listSymbols, {}), /path is missing/);
	});

	it('searches, and leaves out what is excluded or looks like a secret', async () => {
		const match = (label: string, line: number, text: string) => ({ file: `/w/${label}`, label, line, text });
		result = {
			matches: [
				match('src/a.ts', 2, 'two'),
				match('secret.ts', 1, 'two'),
				match('src/b.ts', 5, "two = 'AKIAQ3EGRVTZ5KXW2MNB'"),
			],
			isCut: true,
		};
		assert.equal(await found(search, { query: 'two', folder: './src/' }), 'src/a.ts:2: two\nThere is more.');
		await run(search, { query: 't.o', isRegex: true });
		assert.deepEqual(orders, [
			{ query: 'two', isPattern: false, below: 'src/' },
			{ query: 't.o', isPattern: true, below: '' },
		]);
		result = { matches: [match('secret.ts', 1, 'two')], isCut: false };
		assert.match(await refusal(search, { query: 'two' }), /Nothing was found/);
	});

	it('lists the symbols of a file, those of a class below it', async () => {
		editor.outlines.set('src/a.ts', [symbol('A', 0, 8, [symbol('run()', 2, 4)]), symbol('b', 10, 10)]);
		assert.equal(await found(listSymbols, { path: 'src/a.ts' }), '1-9: A\n  3-5: run()\n11-11: b');
		assert.match(await refusal(listSymbols, { path: 'secret.ts' }), /The setting excludes it/);
		assert.match(await refusal(listSymbols, { path: 'link.ts' }), /no text file of the workspace/);
		editor.outlines.clear();
		assert.match(await refusal(listSymbols, { path: 'src/a.ts' }), /No language extension/);
	});

	it('finds symbols of the workspace by a part of their name, without excluded files', async () => {
		editor.known = ['src/a.ts', 'secret.ts'].map((path) => ({
			...fileName(path),
			name: 'total',
			container: 'Cart',
			start: 3,
			end: 3,
		}));
		assert.equal(await found(listSymbols, { name: 'tot' }), 'src/a.ts:4: total Cart');
		assert.match(await refusal(listSymbols, { name: 'other' }), /No language extension/);
	});

	it('lists what is reported, of the workspace or of one file', async () => {
		const problem = (path: string, line: number) =>
			({ ...fileName(path), line, message: 'wrong', severity: 'error' }) as const;
		editor.reported = [problem('src/a.ts', 3), problem('secret.ts', 1), problem('photo.png', 1)];
		assert.equal(await found(diagnostics, {}), 'src/a.ts:3: error: wrong\nphoto.png:1: error: wrong');
		assert.equal(await found(diagnostics, { path: 'src/a.ts' }), 'src/a.ts:3: error: wrong');
		assert.match(await refusal(diagnostics, { path: 'secret.ts' }), /The setting excludes it/);
		editor.reported = [];
		assert.match(await refusal(diagnostics, {}), /No errors or warnings/);
	});
});
