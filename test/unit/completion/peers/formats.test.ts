/** Formats of filling in the middle: other tools take them from a model's name, and are wrong, or silent, where it is new. */
import * as assert from 'node:assert/strict';
import { describeFill, type Vocabulary } from '../../../../src/inference/engine/fillFamilies';
import { renderFill } from '../../../../src/inference/fillFormat';

/** Tokens for filling in the middle as their model cards list them, by family. */
const CARDS = {
	codegemma: ['<|fim_prefix|>', '<|fim_suffix|>', '<|fim_middle|>', '<|file_separator|>'],
	qwen: [
		'<|fim_prefix|>',
		'<|fim_suffix|>',
		'<|fim_middle|>',
		'<|fim_pad|>',
		'<|repo_name|>',
		'<|file_sep|>',
	],
	starcoder: ['<fim_prefix>', '<fim_suffix>', '<fim_middle>', '<reponame>', '<filename>'],
	codellama: ['▁<PRE>', '▁<SUF>', '▁<MID>', '▁<EOT>'],
} as const;

/** Special tokens count from here; below are characters. */
const FIRST = 200_000;

function vocabularyOf(
	specials: readonly string[],
	architecture: string,
	keys: Readonly<Record<string, string>> = {},
): Vocabulary {
	const find = (text: string) => (specials.includes(text) ? FIRST + specials.indexOf(text) : undefined);
	return {
		size: FIRST + specials.length,
		architecture,
		begin: undefined,
		ends: [],
		find,
		text: (token) => specials[token - FIRST],
		number: (key) => find(keys[key] ?? ''),
	};
}

/** The prompt for `a(█)`, its special tokens as they are written; why there is none, where there is none. */
function promptOf(vocabulary: Vocabulary): string {
	const format = describeFill(vocabulary);
	if (format.type === 'unsupported') {
		return format.reason;
	}
	const pieces = { repository: undefined, path: '', files: [], prefix: 'a(', typed: '', suffix: ')' };
	return renderFill(format, pieces, (text) => [...text].map((one) => one.codePointAt(0) ?? 0), 256)
		.tokens.map((token) => vocabulary.text(token) ?? String.fromCodePoint(token))
		.join('');
}

describe('peers: formats', () => {
	it('CodeGemma gets its own tokens, not StarCoder’s, and ends where a file does (Twinny)', () => {
		const vocabulary = vocabularyOf(CARDS.codegemma, 'gemma');
		assert.equal(promptOf(vocabulary), '<|fim_prefix|>a(<|fim_suffix|>)<|fim_middle|>');
		const format = describeFill(vocabulary);
		assert.equal(format.type === 'fill' && format.end, vocabulary.find('<|file_separator|>'));
	});

	it('CodeGemma is not taken for StarCoder where its vocabulary has both kinds of tokens (Twinny)', () => {
		const both = [...CARDS.starcoder, ...CARDS.codegemma];
		assert.equal(promptOf(vocabularyOf(both, 'gemma')), '<|fim_prefix|>a(<|fim_suffix|>)<|fim_middle|>');
	});

	it('Qwen2.5-Coder is not asked in Code Llama’s format, under whatever name it comes (Twinny)', () => {
		for (const architecture of ['qwen2', 'llama', 'my-own']) {
			const prompt = promptOf(vocabularyOf(CARDS.qwen, architecture));
			assert.equal(prompt, '<|fim_prefix|>a(<|fim_suffix|>)<|fim_middle|>', architecture);
		}
		assert.equal(promptOf(vocabularyOf(CARDS.codellama, 'llama')), '▁<PRE> a(▁<SUF>)▁<MID>');
	});

	it('a model that nobody knows is asked with the tokens that its file names (Zed)', () => {
		const prompt = promptOf(
			vocabularyOf(['<before>', '<after>', '<between>'], 'new', {
				'tokenizer.ggml.fim_pre_token_id': '<before>',
				'tokenizer.ggml.fim_suf_token_id': '<after>',
				'tokenizer.ggml.fim_mid_token_id': '<between>',
			}),
		);
		assert.equal(prompt, '<before>a(<after>)<between>');
	});

	it('one that cannot fill in the middle says so in a sentence, and is asked in nobody else’s format (Zed, Twinny)', () => {
		assert.match(
			promptOf(vocabularyOf(['<s>', '</s>'], 'llama')),
			/^This model has no tokens for filling in/,
		);
	});
});
