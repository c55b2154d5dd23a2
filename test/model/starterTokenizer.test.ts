/** The starter's tokeniser makes the tokens that llama.cpp makes, over megabytes of code and over what no code has. */
import * as assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import {
	getLlama,
	JinjaTemplateChatWrapper,
	type Llama,
	LlamaLogLevel,
	type LlamaModel,
} from 'node-llama-cpp';
import { SPECIALS } from '../../models/recipe/tokenizer';
import { loadTokenizer } from '../../models/recipe/tokenizer/load';
import { vocabularyMetadata } from '../../models/recipe/tokenizer/metadata';
import { randomFrom } from '../../src/finetune/training/random';
import { ModelTokens } from '../../src/inference/engine/modelTokens';
import { temporaryFolder } from '../support/engines';
import { writeGguf } from '../support/ggufWriter';
import { root } from '../support/root';

/** Megabytes of code that are compared; more with `FAMILIAR_TOKENIZER_MB=10`. */
const MEGABYTES = Number(process.env['FAMILIAR_TOKENIZER_MB'] ?? 1.5);
/** Texts of random pieces, of 40 each. */
const RANDOM_TEXTS = 3_000 * MEGABYTES;

/** What tokenisers trip over. */
const PIECES: readonly string[] = [
	...[
		'\n',
		'\r\n',
		'\r',
		'\t',
		' ',
		'  ',
		'        ',
		'\n\n',
		' \n',
		'\t\t\t',
		'\v',
		'\f',
		'\x85',
		'\xA0',
		'\u2028',
	],
	...['\u3000', '\uFEFF', '\u200B', '\u200D', '\0', '\x01', '\x1B[31m', '\x7F', '\uD83D', '\uDE00', '\uFFFD'],
	...[
		"'s",
		"'T",
		"'re",
		"'LL",
		"'ſ",
		"'",
		'’s',
		'"',
		'`',
		'=>',
		'===',
		'/**',
		'*/',
		'//',
		'});',
		'){',
		'[]',
		'</',
		'@',
	],
	...['0', '7', '42', '1_000', '0xFF', '1e-9', '٣', '½', 'Ⅷ', '²', '𝟘', '\u{116D0}', '\u{1E5F1}'],
	...[
		'a',
		'Z',
		'readFile',
		'SCREAMING_CASE',
		'naïve',
		'ſ',
		'İ',
		'ﬁ',
		'ǅ',
		'ß',
		'e\u0301',
		'ё',
		'ж',
		'名前',
		'の',
		'한글',
	],
	...[
		'ا',
		'अ',
		'ก',
		'\u088F',
		'\uA7CB',
		'\u{2CEA2}',
		'\u{16100}',
		'𝒳',
		'👩‍💻',
		'🇩🇪',
		'☃',
		'€',
		'\u0BA8\u0BBF',
		'\uE000',
		'\u{10FFFF}',
	],
	...SPECIALS,
	...['<|fim_', 'prefix|>', '<|', '|>', 'Ġ', 'Ċ', '<s>', '<0x0A>', '▁'],
];

const RUNS: readonly string[] = [
	...[
		' ',
		'\t',
		'\n',
		'\r\n',
		' \n',
		'a',
		'ab',
		'Aa',
		'é',
		'名',
		'😀',
		'0',
		'=',
		'-',
		'=;',
		'\0',
		'\uD83D',
		'\uFEFF',
		"'s",
	],
	...SPECIALS.slice(0, 1),
];

/** Sources of the packages that are installed, drawn with a fixed seed, with so many characters in all. */
function sources(characters: number): readonly string[] {
	const modules = path.join(root, 'node_modules');
	const files = fs
		.readdirSync(modules, { recursive: true, encoding: 'utf8' })
		.filter((file) => /\.(ts|mts|js|mjs|cjs|tsx|css|md|json|cc|cpp|h|py)$/.test(file))
		.sort();
	const random = randomFrom(11);
	const texts: string[] = [];
	for (let left = characters; left > 0; ) {
		const file = path.join(modules, files[Math.floor(random.next() * files.length)] ?? '');
		const stat = fs.statSync(file);
		if (stat.isFile() && stat.size < 300_000) {
			const text = fs.readFileSync(file, 'utf8');
			left -= text.length;
			texts.push(text);
		}
	}
	return texts;
}

describe('the starter’s tokeniser and llama.cpp', function () {
	this.timeout(120_000 * Math.max(1, MEGABYTES));
	const tokenizer = loadTokenizer();
	const metadata = vocabularyMetadata(tokenizer.vocabulary);
	let llama: Llama;
	let model: LlamaModel;

	before(async () => {
		const file = path.join(temporaryFolder(), 'vocabulary.gguf');
		writeGguf(file, {
			metadata: { 'general.architecture': { type: 'string', value: 'llama' }, ...metadata },
			tensors: [],
		});
		llama = await getLlama({
			gpu: false,
			build: 'never',
			skipDownload: true,
			progressLogs: false,
			// The library first tries whether the model fits into memory; without tensors that fails, and loading does not.
			logLevel: LlamaLogLevel.disabled,
		});
		model = await llama.loadModel({ modelPath: file, gpuLayers: 0, vocabOnly: true });
	});
	after(() => llama.dispose());

	/** Throws with the text around the first difference. */
	function compare(text: string): void {
		const ours = tokenizer.encode(text);
		const theirs = model.tokenize(text, false);
		const place = theirs.findIndex((token, index) => token !== ours[index]);
		if (place >= 0 || ours.length !== theirs.length) {
			const start = Math.max(0, (place < 0 ? theirs.length : place) - 3);
			const names = (tokens: readonly number[]) =>
				JSON.stringify(tokens.slice(start, start + 8).map((token) => tokenizer.vocabulary.tokens[token]));
			assert.fail(`Token ${place} of ${theirs.length}: ours ${names(ours)}, theirs ${names(theirs)}`);
		}
	}

	it(`agree over ${MEGABYTES} MB of code`, () => {
		let bytes = 0;
		for (const text of sources(MEGABYTES * 1e6)) {
			compare(text);
			bytes += Buffer.byteLength(text);
		}
		assert.ok(bytes >= MEGABYTES * 1e6);
	});

	it('agree over code with other line ends, tabs and no line ends', () => {
		for (const text of sources(3e5)) {
			compare(text.replace(/\r?\n/g, '\r\n'));
			compare(text.replace(/^( {2})+/gm, (blanks) => '\t'.repeat(blanks.length / 2)));
			compare(text.replace(/\s+/g, ' '));
		}
	});

	it('agree over random pieces', () => {
		const random = randomFrom(5);
		for (let round = 0; round < RANDOM_TEXTS; round++) {
			const pieces = Array.from({ length: 40 }, () => PIECES[Math.floor(random.next() * PIECES.length)]);
			compare(pieces.join(random.next() < 0.5 ? '' : ' '));
		}
	});

	it('agree over random characters of all planes', () => {
		const random = randomFrom(6);
		for (let round = 0; round < RANDOM_TEXTS; round++) {
			const plane = [0x80, 0x800, 0x3000, 0x10000, 0x30000, 0x110000][round % 6] ?? 0;
			const codes = Array.from({ length: 100 }, () => Math.floor(random.next() * plane));
			compare(String.fromCodePoint(...codes));
		}
	});

	it('agree over long runs, alone and in code', () => {
		for (const run of RUNS) {
			for (const length of [1, 2, 3, 7, 64, 65, 1_000, 20_000]) {
				compare(run.repeat(length));
				compare(`x = "${run.repeat(length)}";\n${run.repeat(length)}\ty`);
			}
		}
	});

	it('agree about control tokens where they are meant', () => {
		const markup = SPECIALS.join('');
		assert.deepEqual(
			model.tokenize(markup, true),
			SPECIALS.map((special) => tokenizer.idOf(special)),
		);
		assert.equal(model.tokens.eos, tokenizer.idOf('<|endoftext|>'));
		assert.equal(model.tokens.eot, tokenizer.idOf('<|im_end|>'));
		assert.equal(model.tokens.shouldPrependBosToken, false);
	});

	it('are served with the tokens for repositories and files', () => {
		const { fill } = new ModelTokens({ isSentencePiece: () => false }, model);
		assert.ok(fill.type === 'fill');
		assert.equal(fill.family, 'qwen');
		assert.equal(fill.repository, tokenizer.idOf('<|repo_name|>'));
		assert.equal(fill.file, tokenizer.idOf('<|file_sep|>'));
		assert.equal(fill.end, tokenizer.idOf('<|endoftext|>'));
		assert.equal(fill.begin, undefined);
	});

	it('have a template that renders ChatML', () => {
		const template = metadata['tokenizer.chat_template'];
		assert.ok(template?.type === 'string');
		const wrapper = new JinjaTemplateChatWrapper({ template: template.value });
		const { contextText } = wrapper.generateContextState({
			chatHistory: [
				{ type: 'system', text: 'Be brief.' },
				{ type: 'user', text: 'Why?' },
				{ type: 'model', response: [] },
			],
		});
		assert.equal(
			contextText.toString(),
			'<|im_start|>system\nBe brief.<|im_end|>\n<|im_start|>user\nWhy?<|im_end|>\n<|im_start|>assistant\n',
		);
	});
});
