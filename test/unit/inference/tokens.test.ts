/** Counting is exact on source code and quick on anything: the tokenizer never sees what makes it quadratic. */
import * as assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { createTokenCounter, loadTokenTables, type TokenTables } from '../../../src/inference/tokens';
import { root } from '../../support/root';

const million = 1_000_000;
const HAZARDS: Readonly<Record<string, string>> = {
	'1 MB of one letter': 'a'.repeat(million),
	'200,000 blanks': ' '.repeat(200_000),
	'200,000 blanks and a letter': `${' '.repeat(200_000)}x`,
	'250,000 letters': 'x'.repeat(250_000),
	'200,000 line ends': '\n'.repeat(200_000),
	'200,000 blank lines': ' \r\n'.repeat(80_000),
	'200,000 signs': '='.repeat(200_000),
	'250,000 digits': '7'.repeat(250_000),
	'200,000 Chinese letters': '語'.repeat(200_000),
	'100,000 emoji': '🦊'.repeat(100_000),
	'200,000 combining marks': `e${'\u0301'.repeat(200_000)}`,
	'a line of 50 MB': 'const x=1;'.repeat(5 * million),
	'50 MB of lines': 'const x = 1;\n'.repeat(4 * million),
	'200 kB of base64': Buffer.from(Array.from({ length: 150_000 }, (_, i) => (i * i * 31) % 251)).toString(
		'base64',
	),
	'lone surrogates': '\ud83e'.repeat(10_000),
};

/** Tables that record what they are asked. A token is a character. */
function recorder(): TokenTables & { readonly asked: string[] } {
	const asked: string[] = [];
	return {
		asked,
		count: (text) => {
			asked.push(text);
			return text.length;
		},
	};
}

describe('tokens', () => {
	describe('hazards', () => {
		for (const [name, text] of Object.entries(HAZARDS)) {
			it(`${name}: the tokenizer sees only short pieces`, async () => {
				const tables = recorder();
				const counter = createTokenCounter(async () => tables);
				await counter.load();
				counter.estimateTokens(text);
				counter.trimToTokens(text, 1_000, 'start');
				counter.trimToTokens(text, 1_000, 'end');
				for (const piece of tables.asked) {
					assert.ok(piece.length <= 2_000, `a piece of ${piece.length}`);
					assert.doesNotMatch(piece, /\p{L}{201}|\s{201}|[^\s\p{L}\p{N}]{201}/u);
				}
				const seen = tables.asked.reduce((sum, piece) => sum + piece.length, 0);
				assert.ok(seen < 4 * (256 << 10), `${seen} characters in all`);
			});
			it(`${name}: takes no time`, async () => {
				const counter = createTokenCounter();
				await counter.load();
				const tokens = counter.estimateTokens(text);
				const bytes = Buffer.byteLength(text);
				assert.ok(tokens >= bytes / 130 && tokens <= bytes, `${tokens} tokens for ${bytes} bytes`);
				const start = counter.trimToTokens(text, 100, 'start');
				assert.ok(text.startsWith(start) && counter.estimateTokens(start) <= 100);
				const end = counter.trimToTokens(text, 100, 'end');
				assert.ok(text.endsWith(end) && counter.estimateTokens(end) <= 100);
			}).timeout(10_000);
		}
	});

	it('counts source as the tokenizer does in one piece', async () => {
		const tables = await loadTokenTables();
		const counter = createTokenCounter(async () => tables);
		await counter.load();
		const files = fs
			.readdirSync(path.join(root, 'src'), { recursive: true, encoding: 'utf8' })
			.filter((file) => file.endsWith('.ts'));
		assert.ok(files.length > 5);
		for (const file of files) {
			const text = fs.readFileSync(path.join(root, 'src', file), 'utf8');
			assert.equal(counter.estimateTokens(text), tables.count(text), file);
			const windows = text.replaceAll('\n', '\r\n');
			assert.equal(counter.estimateTokens(windows), tables.count(windows), `${file} with CRLF`);
		}
	});

	const EXACT: readonly string[] = [
		'',
		'\n',
		'a',
		'\n\n  \n\t\nfoo();\n\n\n\nbar();\n   \n',
		'  \r\n\r\n  if (x) {\r\n\r\n  }\r\n',
		'x = "🦊 שלום مرحبا é";\n// 語\n',
		'no end of line',
		'<|endoftext|> <|fim_prefix|>\n<|im_start|>',
	];
	for (const text of EXACT) {
		it(`counts ${JSON.stringify(text)} exactly`, async () => {
			const tables = await loadTokenTables();
			const counter = createTokenCounter(async () => tables);
			await counter.load();
			assert.equal(counter.estimateTokens(text), tables.count(text));
		});
	}

	it('takes special tokens as text', async () => {
		const { count } = await loadTokenTables();
		assert.ok(count('<|endoftext|>') > 3);
	});

	it('estimates before the tables are there, and where they cannot be had', async () => {
		const counter = createTokenCounter(() => Promise.reject(new Error('no tables')));
		assert.equal(counter.estimateTokens('x'.repeat(35)), 10);
		await assert.rejects(counter.load(), /no tables/);
		assert.equal(counter.estimateTokens('é'.repeat(35)), 20);
		assert.equal(counter.trimToTokens('12345\n12345\n12345\n', 4, 'end'), '12345\n12345\n');
	});

	it('loads once', async () => {
		let loads = 0;
		const counter = createTokenCounter(async () => {
			loads++;
			return recorder();
		});
		await Promise.all([counter.load(), counter.load()]);
		assert.equal(loads, 1);
	});

	it('remembers lines', async () => {
		const tables = recorder();
		const counter = createTokenCounter(async () => tables);
		await counter.load();
		counter.estimateTokens('same\n'.repeat(100));
		assert.deepEqual(tables.asked, ['same\n']);
	});

	it('forgets lines in the end', async () => {
		const tables = recorder();
		const counter = createTokenCounter(async () => tables);
		await counter.load();
		counter.estimateTokens('first\n');
		for (let line = 0; line < 10_000; line++) {
			counter.estimateTokens(`line ${line}\n`);
		}
		counter.estimateTokens('first\n');
		assert.equal(tables.asked.filter((text) => text === 'first\n').length, 2);
	});

	describe('trimming', () => {
		const text = 'aa\nbbb\n\ncccc\nd';
		const cases: readonly (readonly [budget: number, start: string, end: string])[] = [
			[0, '', ''],
			[-1, '', ''],
			[1, 'a', 'd'],
			[3, 'aa\n', 'd'],
			[6, 'aa\n', 'cccc\nd'],
			[8, 'aa\nbbb\n\n', 'cccc\nd'],
			[13, 'aa\nbbb\n\ncccc\n', 'bbb\n\ncccc\nd'.slice(-11)],
			[14, text, text],
			[1_000, text, text],
		];
		for (const [budget, start, end] of cases) {
			it(`to ${budget}`, async () => {
				const counter = createTokenCounter(async () => recorder());
				await counter.load();
				assert.equal(counter.trimToTokens(text, budget, 'start'), start);
				assert.equal(counter.trimToTokens(text, budget, 'end'), end);
			});
		}

		it('cuts a line where not even one fits, and no character in two', async () => {
			const counter = createTokenCounter(async () => recorder());
			await counter.load();
			assert.equal(counter.trimToTokens('🦊🦊🦊', 3, 'start'), '🦊');
			assert.equal(counter.trimToTokens('🦊🦊🦊', 3, 'end'), '🦊');
			assert.equal(counter.trimToTokens('abcdef', 4, 'end'), 'cdef');
		});
	});
});
