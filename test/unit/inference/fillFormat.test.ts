/** The fill-in-the-middle format: found in metadata or by name, rendered and cut token by token. */
import * as assert from 'node:assert/strict';
import { describeFill, type FillFormat, type Vocabulary } from '../../../src/inference/engine/fillFamilies';
import {
	commentMarks,
	type FillPieces,
	PROMPT_FORMAT_VERSION,
	renderFill,
	renderLeftToRight,
} from '../../../src/inference/fillFormat';
import { readGgufFile } from '../../../src/inference/gguf/gguf';
import { realVocabulary } from '../../support/realVocabularies';

/** Special tokens count down from here, so that they stand apart from characters. */
const FIRST_SPECIAL = 200_000;

const tokensOf = (...prompt: Parameters<typeof renderFill<number>>) => renderFill(...prompt).tokens;

function vocabulary(
	specials: readonly string[],
	facts: Partial<Vocabulary> & { keys?: Record<string, string> } = {},
): Vocabulary {
	const id = (text: string) => {
		const index = specials.indexOf(text);
		return index < 0 ? undefined : FIRST_SPECIAL + index;
	};
	return {
		size: FIRST_SPECIAL + specials.length,
		architecture: 'llama',
		begin: undefined,
		ends: [],
		find: id,
		text: (token) => specials[token - FIRST_SPECIAL],
		number: (key) => id(facts.keys?.[key] ?? ''),
		...facts,
	};
}

/** Vocabularies as the model cards list them. */
const FAMILIES = {
	qwen: [
		'<|fim_prefix|>',
		'<|fim_middle|>',
		'<|fim_suffix|>',
		'<|fim_pad|>',
		'<|repo_name|>',
		'<|file_sep|>',
	],
	codegemma: ['<|fim_prefix|>', '<|fim_suffix|>', '<|fim_middle|>', '<|file_separator|>'],
	starcoder2: ['<fim_prefix>', '<fim_middle>', '<fim_suffix>', '<fim_pad>', '<repo_name>', '<file_sep>'],
	starcoder: [
		'<fim_prefix>',
		'<fim_middle>',
		'<fim_suffix>',
		'<fim_pad>',
		'<filename>',
		'<gh_stars>',
		'<reponame>',
	],
	granite: [
		'<|fim_prefix|>',
		'<|fim_middle|>',
		'<|fim_suffix|>',
		'<|fim_pad|>',
		'<|filename|>',
		'<|reponame|>',
	],
	deepseek: ['<｜fim▁hole｜>', '<｜fim▁begin｜>', '<｜fim▁end｜>', '<|EOT|>'],
	codellama: ['▁<PRE>', '▁<SUF>', '▁<MID>', '▁<EOT>'],
	codestral: ['[SUFFIX]', '[PREFIX]', '[MIDDLE]'],
	'seed-coder': ['<[fim-suffix]>', '<[fim-prefix]>', '<[fim-middle]>'],
} as const;

function formatOf(found: Vocabulary): FillFormat {
	const format = describeFill(found);
	assert.equal(format.type, 'fill', format.type === 'unsupported' ? format.reason : '');
	return format;
}

const characters = (text: string) => [...text].map((character) => character.codePointAt(0) ?? 0);

/** Tokens back to text, special tokens by name. */
function readable(tokens: readonly number[], specials: readonly string[]): string {
	return tokens
		.map((token) => specials[token - FIRST_SPECIAL] ?? (token === 1 ? '<s>' : String.fromCodePoint(token)))
		.join('');
}

const pieces: FillPieces = {
	repository: 'demo',
	path: 'a/b.py',
	files: [
		{ path: 'far.py', text: 'F' },
		{ path: 'near.py', text: 'N\n' },
	],
	prefix: 'PP\n',
	typed: 'ty',
	suffix: 'SS',
};

describe('fill format', () => {
	it('is version 2', () => {
		assert.equal(PROMPT_FORMAT_VERSION, 2);
	});

	for (const [family, expected] of [
		[
			'qwen',
			'<|repo_name|>demo\n<|file_sep|>far.py\nF\n<|file_sep|>near.py\nN\n<|file_sep|>a/b.py\n<|fim_prefix|>PP\n<|fim_suffix|>SS<|fim_middle|>ty',
		],
		[
			'codegemma',
			'<|file_separator|>far.py\nF\n<|file_separator|>near.py\nN\n<|file_separator|>a/b.py\n<|fim_prefix|>PP\n<|fim_suffix|>SS<|fim_middle|>ty',
		],
		[
			'starcoder2',
			'<repo_name>demo<file_sep>far.py\nF\n<file_sep>near.py\nN\n<file_sep>a/b.py\n<fim_prefix>PP\n<fim_suffix>SS<fim_middle>ty',
		],
		[
			'starcoder',
			'<reponame>demo<filename>far.py\nF\n<filename>near.py\nN\n<filename>a/b.py\n<fim_prefix>PP\n<fim_suffix>SS<fim_middle>ty',
		],
		[
			'granite',
			'<|reponame|>demo<|filename|>far.py\nF\n<|filename|>near.py\nN\n<|filename|>a/b.py\n<|fim_prefix|>PP\n<|fim_suffix|>SS<|fim_middle|>ty',
		],
		['deepseek', '<｜fim▁begin｜># far.py\nF\n# near.py\nN\n# a/b.py\nPP\n<｜fim▁hole｜>SS<｜fim▁end｜>ty'],
		['codellama', '▁<PRE># far.py\nF\n# near.py\nN\n# a/b.py\nPP\n▁<SUF>SS▁<MID>ty'],
		['codestral', '[SUFFIX]SS[PREFIX]+++++ far.py\nF\n+++++ near.py\nN\n+++++ a/b.py\nPP\nty'],
		['seed-coder', '<[fim-suffix]>SS<[fim-prefix]># far.py\nF\n# near.py\nN\n# a/b.py\nPP\n<[fim-middle]>ty'],
	] as const) {
		it(`renders ${family}`, () => {
			const specials = FAMILIES[family];
			const format = formatOf(vocabulary(specials));
			assert.deepEqual([format.family, format.source], [family, 'vocabulary']);
			assert.equal(readable(tokensOf(format, pieces, characters, 4096), specials), expected);
		});
	}

	it('begins with the token that the model wants there', () => {
		const format = formatOf(vocabulary(FAMILIES.deepseek, { begin: 1 }));
		assert.deepEqual(tokensOf(format, { ...pieces, files: [] }, characters, 4096).slice(0, 2), [
			1,
			format.prefix,
		]);
		assert.equal(
			readable(renderLeftToRight(1, pieces, characters, 4096), []),
			'<s># far.py\nF\n# near.py\nN\n# a/b.py\nPP\nty',
		);
	});

	it('writes a space before the prefix of Code Llama, as its own encoder does', () => {
		const format = formatOf(vocabulary(FAMILIES.codellama));
		const tokens = tokensOf(format, { ...pieces, files: [] }, characters, 4096);
		assert.equal(readable(tokens, FAMILIES.codellama), '▁<PRE> PP\n▁<SUF>SS▁<MID>ty');
	});

	it('ends at every token of the format and at the ends of the text', () => {
		const format = formatOf(vocabulary(FAMILIES.qwen, { ends: [7] }));
		assert.deepEqual(
			[...format.stops].sort((a, b) => a - b),
			[7, ...FAMILIES.qwen.map((_, index) => FIRST_SPECIAL + index)],
		);
	});

	for (const [name, specials, end] of [
		['the end of a text', FAMILIES.starcoder2, 7],
		[
			'the end of a text where the family has one of its own',
			[...FAMILIES.qwen, '<|endoftext|>'],
			'<|endoftext|>',
		],
		['the next file', FAMILIES.codegemma, '<|file_separator|>'],
		['the end of an infilling', FAMILIES.codellama, '▁<EOT>'],
	] as const) {
		it(`knows that a middle ends with ${name}, and stops there`, () => {
			const found = vocabulary(specials, { ends: [7] });
			const format = formatOf(found);
			assert.equal(format.end, typeof end === 'number' ? end : found.find(end));
			assert.ok(format.end !== undefined && format.stops.includes(format.end));
		});
	}

	it('says where the typed part starts, also where it is cut or empty', () => {
		const format = formatOf(vocabulary(FAMILIES.qwen));
		for (const typed of ['', 'ty', 't'.repeat(5000)]) {
			const { tokens, typedStart } = renderFill(format, { ...pieces, typed }, characters, 300);
			assert.equal(tokens[typedStart - 1], format.middle);
			assert.ok(tokens.slice(typedStart).every((token) => token === 116 || token === 121));
			assert.equal(tokens.length - typedStart > 0, typed !== '');
		}
	});

	it('only what follows the middle token changes with a keystroke', () => {
		const format = formatOf(vocabulary(FAMILIES.qwen));
		const before = tokensOf(format, pieces, characters, 4096);
		assert.deepEqual(tokensOf(format, { ...pieces, typed: 'typ' }, characters, 4096), [...before, 112]);
	});

	it('leaves out headers of what is not known', () => {
		const format = formatOf(vocabulary(FAMILIES.qwen));
		const bare = { repository: undefined, path: '', files: [], prefix: 'P', typed: '', suffix: 'S' };
		assert.equal(
			readable(tokensOf(format, bare, characters, 4096), FAMILIES.qwen),
			'<|fim_prefix|>P<|fim_suffix|>S<|fim_middle|>',
		);
	});
});

describe('fill format detection', () => {
	const names = ['X_pre', 'X_suf', 'X_mid'];

	it('prefers the metadata, also under its old names', () => {
		for (const [pre, suf, mid] of [
			['fim_pre', 'fim_suf', 'fim_mid'],
			['prefix', 'suffix', 'middle'],
		]) {
			const keys = {
				[`tokenizer.ggml.${pre}_token_id`]: 'X_pre',
				[`tokenizer.ggml.${suf}_token_id`]: 'X_suf',
				[`tokenizer.ggml.${mid}_token_id`]: 'X_mid',
			};
			const format = formatOf(vocabulary([...names, ...FAMILIES.qwen], { keys }));
			assert.deepEqual([format.family, format.source, format.prefix], ['unknown', 'metadata', FIRST_SPECIAL]);
		}
	});

	it('takes order and file tokens from the family that the named tokens belong to', () => {
		const keys = {
			'tokenizer.ggml.fim_pre_token_id': '[PREFIX]',
			'tokenizer.ggml.fim_suf_token_id': '[SUFFIX]',
		};
		const format = formatOf(vocabulary(FAMILIES.codestral, { keys }));
		assert.deepEqual([format.family, format.order, format.middle], ['codestral', 'suffix-first', undefined]);
	});

	it('ignores ids that no token has', () => {
		const format = formatOf(vocabulary(FAMILIES.qwen, { number: () => FIRST_SPECIAL * 2 }));
		assert.equal(format.source, 'vocabulary');
	});

	it('tells granite from starcoder by architecture', () => {
		assert.equal(formatOf(vocabulary(FAMILIES.starcoder, { architecture: 'granitemoe' })).family, 'granite');
	});

	it('says why there is none', () => {
		const format = describeFill(vocabulary(['<|im_start|>', '<|fim_prefix|>', '<|fim_suffix|>']));
		assert.equal(format.type, 'unsupported');
	});

	for (const [name, family] of [
		['deepseek-coder', 'deepseek'],
		['starcoder', 'starcoder2'],
		['refact', 'starcoder'],
		['gpt-2', undefined],
		['llama-bpe', undefined],
		['qwen2', undefined],
	] as const) {
		it(`finds ${family ?? 'nothing'} in the real vocabulary of ${name}`, () => {
			const format = describeFill(realTokens(name));
			assert.equal(format.type === 'fill' ? format.family : undefined, family);
		});
	}
});

/** A vocabulary from a file's metadata alone. */
function realTokens(name: string): Vocabulary {
	const { metadata } = readGgufFile(realVocabulary(name), (key) => key === 'tokenizer.ggml.tokens');
	const list = metadata.get('tokenizer.ggml.tokens');
	const texts = (list?.type === 'array' ? (list.byteStrings ?? []) : []).map((bytes) =>
		Buffer.from(bytes, 'latin1').toString('utf8'),
	);
	const architecture = metadata.get('general.architecture');
	assert.ok(texts.length > 1000);
	return {
		size: texts.length,
		architecture: architecture?.type === 'string' ? architecture.value : '',
		begin: undefined,
		ends: [],
		find: (text) => (texts.includes(text) ? texts.indexOf(text) : undefined),
		text: (token) => texts[token],
		number: (key) => {
			const entry = metadata.get(key);
			return typeof entry === 'object' && 'value' in entry && typeof entry.value === 'number'
				? entry.value
				: undefined;
		},
	};
}

describe('truncation', () => {
	const format = formatOf(vocabulary(FAMILIES.qwen));
	const long: FillPieces = {
		repository: 'demo',
		path: 'a.ts',
		files: [
			{ path: 'far.ts', text: 'f'.repeat(300) },
			{ path: 'near.ts', text: 'n'.repeat(300) },
		],
		prefix: 'p'.repeat(5000),
		typed: 'typed',
		suffix: 's'.repeat(5000),
	};
	const count = (text: string, tokens: readonly number[]) =>
		tokens.filter((token) => token === text.codePointAt(0)).length;

	for (const limit of [16, 64, 200, 1000, 3000, 20_000]) {
		it(`never gives more than ${limit} tokens, and keeps what was typed`, () => {
			const tokens = tokensOf(format, long, characters, limit);
			assert.ok(tokens.length <= limit, `${tokens.length}`);
			const tail = readable(tokens, FAMILIES.qwen).split('<|fim_middle|>')[1] ?? '';
			assert.ok(long.typed.endsWith(tail) && (limit < 64 || tail === long.typed), tail);
		});
	}

	it('gives up headers that are too long', () => {
		const tokens = tokensOf(format, { ...long, path: 'd/'.repeat(5000) }, characters, 1000);
		assert.ok(tokens.length <= 1000);
		assert.equal(tokens[0], format.prefix);
	});

	it('drops the least relevant file first, and cuts the suffix to a quarter', () => {
		const short = { ...long, prefix: 'p'.repeat(100) };
		const tokens = tokensOf(format, short, characters, 600);
		assert.equal(count('n', tokens) > 250, true);
		assert.equal(count('f', tokens) < 5, true);
		assert.equal(count('s', tokens) <= 150, true);
	});

	it('cuts the prefix in blocks, so that its start stays while lines are added', () => {
		const starts = new Set<string>();
		for (let lines = 0; lines < 10; lines++) {
			const numbered = Array.from({ length: 400 + lines }, (_, line) => `line ${line}\n`).join('');
			const text = readable(
				tokensOf(format, { ...long, files: [], suffix: '', prefix: numbered }, characters, 1000),
				FAMILIES.qwen,
			);
			starts.add(/<\|fim_prefix\|>([^\n]*\n[^\n]*)/.exec(text)?.[1] ?? '');
		}
		assert.ok(starts.size <= 2, [...starts].join(' / '));
	});

	it('never tokenises more text than could fit, nor half of an emoji', () => {
		let longest = 0;
		const huge = {
			...long,
			prefix: '😀'.repeat(100_000),
			suffix: '😀'.repeat(100_000),
			files: [{ path: 'x', text: 'y'.repeat(1 << 20) }],
		};
		const tokens = tokensOf(
			format,
			huge,
			(text) => {
				longest = Math.max(longest, text.length);
				return characters(text);
			},
			501,
		);
		assert.ok(longest <= 501 * 8, `${longest}`);
		assert.equal(
			tokens.some((token) => token >= 0xd800 && token <= 0xdfff),
			false,
		);
	});
});

describe('comment marks', () => {
	for (const [path, open] of [
		['a.py', '#'],
		['a/B.TS', '//'],
		['x.sql', '--'],
		['x.html', '<!--'],
		['Makefile', '//'],
	] as const) {
		it(`${path} comments with ${open}`, () => {
			assert.equal(commentMarks(path)[0], open);
		});
	}
});
