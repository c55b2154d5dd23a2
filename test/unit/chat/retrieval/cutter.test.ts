/** Files are cut by the real grammars where these know better than indentation, and by indentation where they do not. */
import * as assert from 'node:assert/strict';
import * as path from 'node:path';
import { chunkLines, type LineSpan, MOST } from '../../../../src/chat/retrieval/chunker';
import { cutBySyntax, LONGEST_TEXT } from '../../../../src/chat/retrieval/cutter';
import { Trees } from '../../../../src/inference/syntax/trees';
import { root } from '../../../support/root';

const trees = new Trees(path.join(root, 'node_modules/@vscode/tree-sitter-wasm/wasm'));
const problems: string[] = [];
const cut = cutBySyntax(trees, (message) => problems.push(message));

const repeated = (lines: number, line: string) => Array.from({ length: lines }, () => line);

/** The lines that chunks begin with, and where they end. */
async function chunksOf(file: string, lines: readonly string[]): Promise<readonly string[]> {
	return (await cut(file, lines.join('\n'))).map(
		({ first, last }) => `${lines[first - 1]?.trim()} … ${lines[last - 1]?.trim()}`,
	);
}

function covered(spans: readonly LineSpan[]): readonly number[] {
	return spans.flatMap(({ first, last }) =>
		Array.from({ length: last - first + 1 }, (_, index) => first + index),
	);
}

describe('cuts by syntax', function () {
	this.timeout(20_000);
	afterEach(() => problems.splice(0));

	it('hold every line with something in it, once', async () => {
		const method = (name: string) => [`\t${name}() {`, ...repeated(17, '\t\tthis.work();'), '\t}', ''];
		const lines = ['class Long {', ...[...'abcdefg'].flatMap(method), '}', ''];
		const found = covered(await cut('long.ts', lines.join('\n')));
		assert.equal(new Set(found).size, found.length);
		assert.deepEqual(
			lines.flatMap((line, index) => (line === '' || found.includes(index + 1) ? [] : [line])),
			[],
		);
	});

	it('do not tear a text whose lines stand at the edge', async () => {
		const lines = [
			'export function page(): string {',
			'\treturn `',
			...repeated(24, '<p>some text</p>'),
			'',
			...repeated(24, '<p>more text</p>'),
			'`;',
			'}',
			'',
			'export function other(): void {',
			...repeated(28, '\twork();'),
			'}',
		];
		assert.deepEqual(await chunksOf('page.ts', lines), [
			'export function page(): string { … }',
			'export function other(): void { … }',
		]);
		assert.notDeepEqual(await cut('page.ts', lines.join('\n')), chunkLines(lines));
	});

	it('know where functions end that are not indented', async () => {
		const named = (name: string) => [`function ${name}() {`, ...repeated(23, 'work();'), '}'];
		const lines = [...'abcd'].flatMap(named);
		assert.deepEqual(
			await chunksOf('flat.js', lines),
			[...'abcd'].map((name) => `function ${name}() { … }`),
		);
	});

	it('leave comments and decorators with what they speak of', async () => {
		const lines = [
			'function a() {',
			...repeated(24, '\twork();'),
			'}',
			'// What B does,',
			'// in two lines.',
			'@decorated',
			'class B {',
			...repeated(24, '\tfield = 1;'),
			'}',
		];
		assert.deepEqual(await chunksOf('b.ts', lines), ['function a() { … }', '// What B does, … }']);
		const rust = [
			'fn a() {',
			...repeated(24, '    work();'),
			'}',
			'/// What B is.',
			'#[derive(Debug)]',
			'struct B {',
			...repeated(24, '    field: u8,'),
			'}',
		];
		assert.deepEqual(await chunksOf('b.rs', rust), ['fn a() { … }', '/// What B is. … }']);
	});

	it('split what is long at its statements', async () => {
		const call = ['\tcall(', '\t\tone,', '\t\ttwo,', '\t\tthree', '\t);'];
		const lines = ['function long() {', ...Array.from({ length: 30 }, () => call).flat(), '}'];
		const chunks = await chunksOf('long.ts', lines);
		assert.ok(chunks.length >= 3, chunks.join('\n'));
		assert.deepEqual(
			chunks.slice(1).filter((chunk) => !chunk.startsWith('call(')),
			[],
		);
	});

	it('cut a class with its header, and then between its methods', async () => {
		const method = (name: string) => [
			`    def ${name}(self):`,
			'        """',
			'What it does.',
			'        """',
			...repeated(36, '        self.work()'),
		];
		const lines = ['@decorated', 'class Long:', '    field = 1', ...[...'abc'].flatMap(method)];
		assert.deepEqual(await chunksOf('long.py', lines), [
			'@decorated … self.work()',
			'def b(self): … self.work()',
			'def c(self): … self.work()',
		]);
	});

	it('fall back to indentation without a grammar, without time, and for what is none of the language', async () => {
		const lines = ['fun a() {', ...repeated(70, '\twork()'), '}'];
		const text = lines.join('\n');
		assert.deepEqual(await cut('a.kt', text), chunkLines(lines));
		const never = cutBySyntax({ attempt: async () => undefined }, () => undefined);
		assert.deepEqual(await never('a.ts', text), chunkLines(lines));
		const noise = repeated(200, ') ] } => \u0001 "');
		assert.deepEqual(await cut('noise.go', noise.join('\n')), chunkLines(noise));
		assert.deepEqual(problems, []);
	});

	it('fall back to indentation for what would take too much memory', async () => {
		const parsed: number[] = [];
		const counting = cutBySyntax(
			{
				attempt: async (_grammar, text) => {
					parsed.push(text.length);
					return undefined;
				},
			},
			() => undefined,
		);
		const longest = 'work();\n'.repeat(LONGEST_TEXT / 8);
		await counting('a.ts', longest);
		assert.deepEqual(await counting('a.ts', `${longest}\n`), chunkLines(longest.split('\n')));
		assert.deepEqual(parsed, [LONGEST_TEXT]);
	});

	it('fall back for good where a grammar fails, and say so once', async () => {
		let asked = 0;
		const broken = cutBySyntax(
			{
				attempt: async () => {
					asked++;
					throw new Error('no such file');
				},
			},
			(message) => problems.push(message),
		);
		const spans = [
			await broken('a.ts', 'work();'),
			await broken('b.ts', 'work();'),
			await broken('b.py', 'work()'),
		];
		assert.deepEqual(spans, repeatedSpan(3));
		assert.equal(asked, 2);
		assert.deepEqual(problems, [
			'Files of typescript are cut by their indentation: no such file',
			'Files of python are cut by their indentation: no such file',
		]);
	});

	it('are never longer than 60 lines, whatever the nesting', async () => {
		for (const lines of [repeated(20_000, '['), repeated(20_000, 'f('), repeated(20_000, 'if (a) {')]) {
			const spans = await cut('deep.js', lines.join('\n'));
			assert.ok(spans.every(({ first, last }) => last - first < MOST));
			assert.equal(covered(spans).length, lines.length);
		}
		assert.deepEqual(await cut('empty.ts', '\n  \n'), []);
	});
});

function repeatedSpan(count: number): readonly (readonly LineSpan[])[] {
	return Array.from({ length: count }, () => [{ first: 1, last: 1 }]);
}
