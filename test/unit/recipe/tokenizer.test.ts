/** The starter's tokeniser: words, merges, text and back, and what its GGUF metadata means to the engine. */
import * as assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { SPECIALS } from '../../../models/recipe/tokenizer';
import { bytePairTokenizer } from '../../../models/recipe/tokenizer/bytePair';
import { BYTE_CHARACTERS, bytesOf, printableOf } from '../../../models/recipe/tokenizer/bytes';
import { loadTokenizer } from '../../../models/recipe/tokenizer/load';
import { Merger } from '../../../models/recipe/tokenizer/merger';
import { vocabularyMetadata } from '../../../models/recipe/tokenizer/metadata';
import { SIZE, vocabularyOf } from '../../../models/recipe/tokenizer/vocabulary';
import { CLASSES, splitWords } from '../../../models/recipe/tokenizer/words';
import { randomFrom } from '../../../src/finetune/training/random';
import { chooseChatFormat } from '../../../src/inference/engine/chatFormat';
import { describeFill } from '../../../src/inference/engine/fillFamilies';
import { temporaryFolder } from '../../support/engines';
import { llamaSource } from '../../support/realVocabularies';

describe('words of the starter', () => {
	for (const [what, words] of [
		['a call over two lines', ['foo', '(a', ',', ' b', ');\n', '\t', '\treturn', ' x', ';\r\n']],
		['indentation', ['{\n', '   ', ' if', ' (', 'x', ')', ' {\n\n', '     ', ' y']],
		['digits one by one', ['x', ' ', '1', '0', '2', '4', '.', '5', 'px']],
		['short forms', ["'t", 'rue', " '", 'true', "'", ' it', "'S", ' we', "'ll", " '", 'ſx', "'ſ"]],
		['camel case stays whole', ['readFileSync', '.then', '_x', '=>', ' {}']],
		['blanks at the end', ['a', '  ']],
		['blank lines with blanks', ['a', '  \n \n', '  ', ' b']],
		['a byte order mark is a sign', ['\uFEFFimport', ' x']],
		['the next-line sign is a blank', ['a', '\x85', '\x85b']],
		['emoji, and half of one', [' 👩‍💻\uD83D!']],
	] as const) {
		it(what, () => assert.deepEqual(splitWords(words.join('')), words));
	}

	it('have the classes of llama.cpp’s tables, for every character', () => {
		const source = llamaSource('src/unicode-data.cpp');
		const table = (name: string) => {
			const start = source.indexOf(`${name} = `);
			return source.slice(start, source.indexOf('};', start));
		};
		const starts = [...table('unicode_ranges_flags').matchAll(/\{0x(\w+), 0x(\w+)\}/g)].map(
			([, start = '', flags = '']) => [Number.parseInt(start, 16), Number.parseInt(flags, 16)] as const,
		);
		const blanks = new Set(
			[...table('unicode_set_whitespace').matchAll(/0x(\w+)/g)].map(([, code = '']) =>
				Number.parseInt(code, 16),
			),
		);
		assert.ok(starts.length > 2_000 && blanks.size > 20);
		const differences: string[] = [];
		for (const [index, [start, flags]] of starts.entries()) {
			for (let code = start; code < (starts[index + 1]?.[0] ?? start); code++) {
				const character = String.fromCodePoint(code);
				const theirs = `${(flags & 4) !== 0} ${(flags & 2) !== 0} ${blanks.has(code)}`;
				const { letter, number, blank } = CLASSES;
				const ours = `${letter.test(character)} ${number.test(character)} ${blank.test(character)}`;
				if (ours !== theirs) {
					differences.push(`U+${code.toString(16)}: ${ours}, theirs ${theirs}`);
				}
			}
		}
		assert.deepEqual(differences, []);
	});
});

describe('the merges of a word', () => {
	/** By definition: the earliest merge that applies, at its leftmost place, until none does. */
	function mergedByHand(word: string, merges: readonly string[]): readonly string[] {
		let parts: readonly string[] = [...word];
		for (;;) {
			const pairs = parts.slice(1).map((right, index) => merges.indexOf(`${parts[index]} ${right}`));
			const first = pairs.filter((rank) => rank >= 0).sort((one, other) => one - other)[0];
			if (first === undefined) {
				return parts;
			}
			const place = pairs.indexOf(first);
			const whole = `${parts[place]}${parts[place + 1]}`;
			parts = [...parts.slice(0, place), whole, ...parts.slice(place + 2)];
		}
	}

	it('are those of the definition, for random vocabularies and words', () => {
		const random = randomFrom(3);
		const pick = <T>(items: readonly T[]): T | undefined => items[Math.floor(random.next() * items.length)];
		for (let round = 0; round < 40; round++) {
			const tokens = ['a', 'b', 'c'];
			const merges: string[] = [];
			while (merges.length < 12) {
				const [left, right] = [pick(tokens), pick(tokens)];
				if (!tokens.includes(`${left}${right}`)) {
					tokens.push(`${left}${right}`);
					merges.push(`${left} ${right}`);
				}
			}
			const all = vocabularyOf(merges).tokens;
			const merger = new Merger(new Map(all.map((token, id) => [token, id])), merges);
			for (let length = 0; length < 40; length++) {
				const word = Array.from({ length }, () => pick(['a', 'b', 'c'])).join('');
				const made = merger.tokens(Buffer.from(word)).map((id) => all[id]);
				assert.deepEqual(made, mergedByHand(word, merges), `${word} with ${merges.join(', ')}`);
			}
		}
	});

	it('are made in a word of a million letters', () => {
		const { tokens, merges } = vocabularyOf(['a a', 'aa aa', 'aaaa aaaa']);
		const merger = new Merger(new Map(tokens.map((token, id) => [token, id])), merges);
		const made = merger.tokens(Buffer.alloc(1_000_003, 'a')).map((id) => tokens[id]);
		assert.equal(made.length, 125_002);
		assert.deepEqual(made.slice(-3), ['aaaaaaaa', 'aa', 'a']);
	});

	it('that make no token are refused', () => {
		const ids = new Map(BYTE_CHARACTERS.map((character, byte) => [character, byte]));
		assert.throws(() => new Merger(ids, ['a b']), /no token "ab"/);
	});
});

describe('the starter’s tokeniser', () => {
	const tokenizer = loadTokenizer();
	const { vocabulary } = tokenizer;

	it('has the bytes first and the control tokens last', () => {
		assert.equal(vocabulary.tokens.length, SIZE);
		assert.equal(new Set(vocabulary.tokens).size, SIZE);
		assert.deepEqual(vocabulary.tokens.slice(0, 256), BYTE_CHARACTERS);
		assert.deepEqual(vocabulary.tokens.slice(-SPECIALS.length), SPECIALS);
		for (const [index, special] of SPECIALS.entries()) {
			assert.equal(tokenizer.idOf(special), SIZE - SPECIALS.length + index);
			assert.equal(vocabulary.types[tokenizer.idOf(special)], 3);
		}
		assert.deepEqual(new Set(vocabulary.types.slice(0, -SPECIALS.length)), new Set([1]));
	});

	it('gives back every text', () => {
		for (const text of [
			'',
			'export function add(a: number, b: number): number {\r\n\treturn a + b;\r\n}\r\n',
			'const s = "名前 é😀 \u0000\u001b[0m";   \n\n\n   ',
			'a'.repeat(5_000),
			SPECIALS.join(' '),
		]) {
			assert.equal(tokenizer.decode(tokenizer.encode(text)), text);
		}
	});

	it('makes U+FFFD of half a surrogate pair and of half a character', () => {
		assert.equal(tokenizer.decode(tokenizer.encode('a\uD83Db')), 'a\uFFFDb');
		const [first = 0] = tokenizer.encode('\u{10FFFF}');
		assert.equal(tokenizer.decode([first]), '\uFFFD');
	});

	it('takes a text that spells control tokens as text, and gives control tokens their names', () => {
		const plain = tokenizer.encode(SPECIALS.join(''));
		const least = tokenizer.idOf('<|endoftext|>');
		assert.deepEqual(
			plain.filter((token) => token >= least),
			[],
		);
		assert.equal(
			tokenizer.decode([tokenizer.idOf('<|im_start|>'), ...tokenizer.encode('user')]),
			'<|im_start|>user',
		);
	});

	it('gives the same tokens for a word that it remembers', () => {
		const text = 'handleRequest(request, response);\n';
		const fresh = bytePairTokenizer(vocabulary);
		const first = fresh.encode(text);
		assert.deepEqual(fresh.encode(text.repeat(3)), [...first, ...first, ...first]);
	});

	it('refuses a token that it does not have', () => {
		assert.throws(() => tokenizer.decode([SIZE]), /no token 8192: the vocabulary has 8192/);
	});

	it('names the file that is missing, broken or no list of merges, and how to make it', () => {
		const file = path.join(temporaryFolder(), 'vocabulary.txt');
		assert.throws(() => loadTokenizer(file), /vocabulary\.txt: .*ENOENT.*starter\.mjs tokenizer/);
		fs.writeFileSync(file, 'a b\nab\n');
		assert.throws(() => loadTokenizer(file), /vocabulary\.txt: Line 2 is no merge/);
		fs.writeFileSync(file, 'a b\nab cd\n');
		assert.throws(() => loadTokenizer(file), /no token "cd"/);
	});

	it('holds bytes in GPT-2’s printable form', () => {
		assert.equal(printableOf(Buffer.from(' é\n')), 'ĠÃ©Ċ');
		assert.deepEqual(Buffer.from(bytesOf('ĠÃ©Ċ')), Buffer.from(' é\n'));
		assert.throws(() => bytesOf('a b'), /" " stands for no byte/);
	});
});

describe('the starter’s vocabulary in a GGUF file', () => {
	const { vocabulary, idOf } = loadTokenizer();
	const metadata = vocabularyMetadata(vocabulary);
	const number = (key: string) => {
		const value = metadata[key];
		return value?.type === 'uint32' ? value.value : undefined;
	};
	const find = (text: string) => {
		const id = vocabulary.tokens.indexOf(text);
		return id < 0 ? undefined : id;
	};

	it('fills in the middle as Qwen2.5-Coder does, with repository and files', () => {
		const fill = describeFill({
			size: vocabulary.tokens.length,
			architecture: 'llama',
			begin: undefined,
			ends: [idOf('<|endoftext|>'), idOf('<|im_end|>')],
			find,
			text: (token) => vocabulary.tokens[token],
			number,
		});
		assert.ok(fill.type === 'fill');
		const { family, source, order, prefix, suffix, middle, repository, file, end } = fill;
		assert.deepEqual([family, source, order], ['qwen', 'metadata', 'prefix-first']);
		assert.deepEqual(
			[prefix, suffix, middle, repository, file, end],
			(['prefix', 'suffix', 'middle'] as const)
				.map((part) => idOf(`<|fim_${part}|>`))
				.concat(idOf('<|repo_name|>'), idOf('<|file_sep|>'), idOf('<|endoftext|>')),
		);
	});

	it('speaks ChatML', () => {
		const template = metadata['tokenizer.chat_template'];
		assert.ok(template?.type === 'string');
		const has = (token: string) => find(token) !== undefined;
		assert.equal(chooseChatFormat({ name: 'starter', template: template.value, has }), 'chatML');
	});

	it('is refused without a control token', () => {
		const tokens = vocabulary.tokens.filter((token) => token !== '<|file_sep|>');
		assert.throws(() => vocabularyMetadata({ ...vocabulary, tokens }), /no token <\|file_sep\|>/);
	});
});
