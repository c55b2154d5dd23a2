/** Tokens of both kinds of vocabularies become the text that they stand for. */
import * as assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { Vocabulary } from '../../../../src/finetune/scaleOut/vocabulary';
import { writeGguf } from '../../../support/ggufWriter';

describe('vocabulary of an export', () => {
	let folder: string;
	beforeEach(() => {
		folder = fs.mkdtempSync(path.join(os.tmpdir(), 'familiar-vocabulary-'));
	});
	afterEach(() => fs.rmSync(folder, { recursive: true }));

	function vocabularyOf(kind: string, tokens: readonly string[], merges: readonly string[] = []) {
		const file = path.join(folder, 'model.gguf');
		writeGguf(file, {
			metadata: {
				'tokenizer.ggml.model': { type: 'string', value: kind },
				'tokenizer.ggml.tokens': { type: 'array', of: 'string', values: tokens },
				'tokenizer.ggml.merges': { type: 'array', of: 'string', values: merges },
			},
			tensors: [],
		});
		return Vocabulary.read(file).vocabulary;
	}

	it('reads the bytes of GPT-2, and special tokens as they are written', () => {
		const vocabulary = vocabularyOf('gpt2', [
			'Ġreturn',
			'Ċ',
			'ĉ',
			'Ã',
			'©',
			'<｜fim▁hole｜>',
			'  ',
			'<|end|>',
		]);
		assert.equal(vocabulary.textOf([2, 0, 1]), '\t return\n');
		assert.equal(vocabulary.textOf([3, 4]), 'é', 'a character in two tokens');
		assert.equal(vocabulary.textOf([5, 6, 7]), '<｜fim▁hole｜>  <|end|>');
		assert.equal(vocabulary.textOf([3]), '\ufffd', 'half a character');
		assert.equal(vocabulary.idOf('<|end|>'), 7);
		assert.equal(vocabulary.idOf('missing'), undefined);
	});

	it('reads the pieces and bytes of SentencePiece', () => {
		const vocabulary = vocabularyOf('llama', ['▁return', '<0x0A>', 'x', '<0xC3>', '<0xA9>', '▁▁']);
		assert.equal(vocabulary.textOf([5, 0, 1, 2, 3, 4]), '   return\nxé');
	});

	it('has a hash of tokens, their order and merges', () => {
		const hashes = [
			vocabularyOf('gpt2', ['a', 'b']),
			vocabularyOf('gpt2', ['b', 'a']),
			vocabularyOf('gpt2', ['a', 'b'], ['a b']),
			vocabularyOf('llama', ['a', 'b']),
		].map(({ hash }) => hash);
		assert.equal(new Set(hashes).size, 4);
		assert.equal(vocabularyOf('gpt2', ['a', 'b']).hash, hashes[0]);
	});

	it('refuses a kind whose tokens are no text', () => {
		assert.throws(() => vocabularyOf('rwkv', ['a']), /kind "rwkv".*gpt2 and llama.*another model/);
	});
});
