/** The index of real folders: brought up to date, searched while files change, and hostile files. */
import * as assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { WorkspaceIndex } from '../../../../src/chat/retrieval/workspaceIndex';
import { isAbort } from '../../../../src/inference/cancel';

const never = new AbortController().signal;
const secret = `gh${'p'}_q7Zt2KpXw9RbVn4LsYd8GfHj3McUe6Ta5QiB`;
const code = (name: string) => `export function ${name}() {\n\treturn 1;\n}\n`;

describe('workspace index', () => {
	let folder = '';
	let rests = 0;
	beforeEach(() => {
		folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'familiar-workspace-')));
		rests = 0;
	});
	afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

	function write(file: string, text: string | Uint8Array): string {
		const full = path.join(folder, 'work', file);
		fs.mkdirSync(path.dirname(full), { recursive: true });
		fs.writeFileSync(full, text);
		return full;
	}
	const keep = () => path.join(folder, 'kept', 'index.bin');
	async function refresh(index: WorkspaceIndex, onFile?: (done: number) => void): Promise<void> {
		await index.refresh(
			{ folders: [{ name: 'work', folder: path.join(folder, 'work') }], globs: [], gitPath: undefined },
			({ done }) => onFile?.(done),
			async () => {
				rests++;
			},
			never,
		);
	}
	const found = async (index: WorkspaceIndex, question: string) =>
		(await index.search(question, 5, never)).map(({ path: at }) => at);

	it('finds a function with its file and lines', async () => {
		write('src/a.ts', `${'// start\n\n'.repeat(2)}${code('readZebra')}`);
		write('src/b.ts', code('writeLion'));
		const index = new WorkspaceIndex(undefined);
		await refresh(index);
		const [chunk, ...more] = await index.search('where do we read the zebra', 5, never);
		assert.equal(chunk?.path, 'src/a.ts');
		assert.equal(chunk?.file, path.join(folder, 'work', 'src', 'a.ts'));
		assert.deepEqual([chunk?.firstLine, chunk?.lastLine], [1, 7]);
		assert.match(chunk?.text ?? '', /^\/\/ start\n[\s\S]*readZebra[\s\S]*\}$/);
		assert.deepEqual(more, []);
		assert.deepEqual(index.figures, { files: 2, chunks: 2, leftOut: 0 });
		assert.equal(rests, 2);
	});

	it('cuts files as it is told', async () => {
		write('src/a.ts', 'readZebra();\nwriteLion();\n');
		const asked: string[] = [];
		const index = new WorkspaceIndex(undefined, undefined, async (file, text) => {
			asked.push(`${file} ${text.length}`);
			return [
				{ first: 1, last: 1 },
				{ first: 2, last: 2 },
			];
		});
		await refresh(index);
		assert.deepEqual(asked, ['src/a.ts 26']);
		const [chunk] = await index.search('lion', 5, never);
		assert.deepEqual([chunk?.firstLine, chunk?.lastLine, chunk?.text], [2, 2, 'writeLion();']);
		assert.equal(index.figures.chunks, 2);
	});

	it('reads only what changed, and forgets what is gone', async () => {
		const a = write('a.ts', code('readZebra'));
		const time = new Date(2026, 1, 1);
		fs.utimesSync(a, time, time);
		write('b.ts', code('writeLion'));
		const index = new WorkspaceIndex(keep());
		await refresh(index);
		await index.save();
		const again = new WorkspaceIndex(keep());
		await again.load();
		// Same size and time: the text that is known still counts, so nothing was read.
		fs.writeFileSync(a, code('heedZebra'));
		fs.utimesSync(a, time, time);
		write('b.ts', code('writeTiger'));
		write('c.ts', code('washOtter'));
		await refresh(again);
		assert.deepEqual(await found(again, 'read'), ['a.ts']);
		assert.deepEqual(await found(again, 'heed'), []);
		assert.deepEqual(await found(again, 'lion'), []);
		assert.deepEqual(await found(again, 'tiger'), ['b.ts']);
		assert.deepEqual(await found(again, 'otter'), ['c.ts']);
		fs.rmSync(path.join(folder, 'work', 'b.ts'));
		await refresh(again);
		assert.deepEqual(await found(again, 'tiger'), []);
		assert.equal(again.figures.files, 2);
	});

	it('has everything listed for a file that is not taken once, until an ignore file changes', async () => {
		write('a.ts', code('readZebra'));
		const rules = write('.familiarignore', 'made/\n');
		const out = write('made/b.ts', code('washOtter'));
		const index = new WorkspaceIndex(undefined);
		await refresh(index);
		assert.equal(await index.touch([out], never), false);
		await refresh(index);
		assert.equal(await index.touch([out], never), true);
		assert.equal(await index.touch([out, write('c.ts', code('feedLion'))], never), false, 'another is new');
		await refresh(index);
		assert.deepEqual(await found(index, 'lion'), ['c.ts']);
		assert.equal(await index.touch([out], never), true);
		fs.writeFileSync(rules, '');
		assert.equal(await index.touch([rules], never), false);
		await refresh(index);
		assert.deepEqual(await found(index, 'otter'), ['made/b.ts']);
		assert.equal(await index.touch([rules], never), false, 'whenever it changes');
	});

	it('has everything listed for a file that was not there when it was listed last', async () => {
		write('a.ts', code('readZebra'));
		const index = new WorkspaceIndex(undefined);
		await refresh(index);
		const late = write('late.ts', code('washOtter'));
		assert.equal(await index.touch([late], never), false);
		fs.rmSync(late);
		await refresh(index);
		write('late.ts', code('washOtter'));
		assert.equal(await index.touch([late], never), false);
		await refresh(index);
		assert.deepEqual(await found(index, 'otter'), ['late.ts']);
	});

	it('is built again where its file is broken', async () => {
		write('a.ts', code('readZebra'));
		fs.mkdirSync(path.dirname(keep()), { recursive: true });
		fs.writeFileSync(keep(), 'familiar index 0001\nbroken');
		const index = new WorkspaceIndex(keep());
		await index.load();
		await refresh(index);
		assert.deepEqual(await found(index, 'zebra'), ['a.ts']);
		await index.save();
		const again = new WorkspaceIndex(keep());
		await again.load();
		assert.equal(again.figures.files, 1);
	});

	it('answers with the text that files have now, however they changed since', async () => {
		const a = write('a.ts', code('readZebra'));
		write('b.ts', `${code('findZebra')}// zebra\n`);
		const index = new WorkspaceIndex(undefined);
		await refresh(index);
		fs.writeFileSync(a, `${'// a new line\n'.repeat(70)}\n${code('readZebra')}`);
		const chunk = (await index.search('readZebra', 5, never)).find(({ path: at }) => at === 'a.ts');
		assert.match(chunk?.text ?? '', /readZebra/);
		assert.ok((chunk?.lastLine ?? 0) > 70);
		fs.rmSync(a);
		assert.deepEqual(await found(index, 'readZebra'), ['b.ts']);
	});

	it('reads files again that are said to have changed, and asks for a new listing for others', async () => {
		const a = write('a.ts', code('readZebra'));
		const index = new WorkspaceIndex(undefined);
		await refresh(index);
		fs.writeFileSync(a, code('washOtterTwice'));
		assert.equal(await index.touch([a], never), true);
		assert.deepEqual(await found(index, 'otter'), ['a.ts']);
		assert.equal(await index.touch([write('new.ts', code('x'))], never), false);
	});

	it('never gives out a file with a secret, not even its other parts', async () => {
		write('a.ts', `const token = '${secret}';\n${'\n'.repeat(80)}${code('readZebra')}`);
		write('b.ts', code('findZebra'));
		const index = new WorkspaceIndex(undefined);
		await refresh(index);
		assert.deepEqual(await found(index, 'zebra'), ['b.ts']);
	});

	it('takes at most three chunks of a file', async () => {
		write(
			'a.ts',
			Array.from({ length: 10 }, (_, at) => `${code(`zebra${at}`)}${'zebra();\n'.repeat(40)}\n`).join(''),
		);
		write('b.ts', code('zebra'));
		const index = new WorkspaceIndex(undefined);
		await refresh(index);
		assert.deepEqual((await found(index, 'zebra')).sort(), ['a.ts', 'a.ts', 'a.ts', 'b.ts']);
	});

	it('passes over lines of 2 MB, minified, generated and binary files, and links', async () => {
		write('ok.ts', code('readZebra'));
		write('long.ts', `const zebra = '${'x'.repeat(2_000_000)}';`);
		write('short-but-minified.js', `${'zebra();'.repeat(400)}\n`);
		write('generated.ts', `// Code generated by a tool. DO NOT EDIT.\n${code('zebra')}`);
		write('binary.ts', Buffer.from([122, 101, 98, 114, 97, 0]));
		write('latin.ts', Buffer.from([0xff, 0xfe, 0xe9]));
		fs.symlinkSync(path.join(folder, 'work', 'ok.ts'), path.join(folder, 'work', 'link.ts'));
		const index = new WorkspaceIndex(undefined);
		await refresh(index);
		assert.deepEqual(await found(index, 'zebra'), ['ok.ts']);
		assert.equal(index.figures.files, 1);
	});

	it('goes on where a file is deleted, or becomes a folder, while it is built', async () => {
		for (const name of ['a', 'b', 'c', 'd']) {
			write(`${name}.ts`, code(`zebra${name}`));
		}
		const index = new WorkspaceIndex(undefined);
		await refresh(index, (done) => {
			if (done === 1) {
				fs.rmSync(path.join(folder, 'work', 'b.ts'), { force: true });
				fs.rmSync(path.join(folder, 'work', 'c.ts'), { force: true });
				fs.mkdirSync(path.join(folder, 'work', 'c.ts'));
			}
		});
		assert.equal(index.figures.files, 2);
	});

	it('can be cancelled; what was read stays', async () => {
		for (let at = 0; at < 20; at++) {
			write(`f${at}.ts`, code(`zebra${at}`));
		}
		const index = new WorkspaceIndex(undefined);
		const end = new AbortController();
		const scope = {
			folders: [{ name: 'work', folder: path.join(folder, 'work') }],
			globs: [],
			gitPath: undefined,
		};
		await assert.rejects(
			index.refresh(
				scope,
				({ done }) => {
					if (done === 7) {
						end.abort();
					}
				},
				async () => undefined,
				end.signal,
			),
			isAbort,
		);
		assert.equal(index.figures.files, 7);
		await assert.rejects(index.search('zebra', 5, end.signal), isAbort);
	});
});
