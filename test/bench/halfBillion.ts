/** A model of the exact shape and vocabulary of Qwen2.5-Coder-0.5B with random weights, Q8_0. */
import * as fs from 'node:fs';
import * as path from 'node:path';
import { SPECIAL_IDS } from '../../models/recipe/tokenizer/metadata';
import { CONTROL, NORMAL } from '../../models/recipe/tokenizer/vocabulary';
import { readGgufFile } from '../../src/inference/gguf/gguf';
import { type MetadataValue, writeGguf } from '../support/ggufWriter';
import { HALF_BILLION_SHAPE, randomModel } from '../support/randomModel';
import { realVocabulary } from '../support/realVocabularies';
import { root } from '../support/root';

/** Where Qwen2.5-Coder has what Qwen2's vocabulary leaves free. */
const FILL_TOKENS: Readonly<Record<number, string>> = {
	151659: '<|fim_prefix|>',
	151660: '<|fim_middle|>',
	151661: '<|fim_suffix|>',
	151662: '<|fim_pad|>',
	151663: '<|repo_name|>',
	151664: '<|file_sep|>',
};
/** `llama_token_type` of ids that no text has. */
const UNUSED = 5;

/** Path of the model, 0.5 GB; written into out/bench-models when it is not there yet, in about half a minute. */
export function halfBillionModel(): string {
	const folder = path.join(root, 'out/bench-models');
	const file = path.join(folder, 'half-billion-qwen2-Q8_0.gguf');
	if (!fs.existsSync(file)) {
		fs.mkdirSync(folder, { recursive: true });
		const unfinished = `${file}.${process.pid}`;
		const vocabulary = tokenizerMetadata();
		const { metadata, tensors } = randomModel({ ...HALF_BILLION_SHAPE, vocabulary: vocabulary.size });
		writeGguf(unfinished, {
			metadata: {
				...metadata,
				...vocabulary.metadata,
				'general.name': { type: 'string', value: 'Qwen2.5-Coder-0.5B shape, random weights' },
			},
			tensors,
		});
		fs.renameSync(unfinished, file);
	}
	return file;
}

/** Qwen2's own vocabulary, as it lies in llama.cpp's sources, with the fill-in-the-middle tokens of Qwen2.5-Coder. */
function tokenizerMetadata(): {
	readonly size: number;
	readonly metadata: Readonly<Record<string, MetadataValue>>;
} {
	const source = readGgufFile(realVocabulary('qwen2'), (key) => /\.(?:tokens|merges)$/.test(key)).metadata;
	const strings = (key: string): readonly string[] => {
		const value = source.get(key);
		const found = value?.type === 'array' ? value.byteStrings : undefined;
		if (found === undefined) {
			throw new Error(`Qwen2's vocabulary has no ${key}.`);
		}
		return found.map((bytes) => Buffer.from(bytes, 'latin1').toString('utf8'));
	};
	const tokens = strings('tokenizer.ggml.tokens').map((token, id) => FILL_TOKENS[id] ?? token);
	const types = tokens.map((token) =>
		/^<\|\w+\|>$/.test(token) ? CONTROL : /^\[PAD\d+\]$/.test(token) ? UNUSED : NORMAL,
	);
	const ids = Object.entries(SPECIAL_IDS).map(([key, token]): [string, MetadataValue] => [
		`tokenizer.ggml.${key}`,
		{ type: 'uint32', value: tokens.indexOf(token) },
	]);
	return {
		size: tokens.length,
		metadata: {
			'tokenizer.ggml.tokens': { type: 'array', of: 'string', values: tokens },
			'tokenizer.ggml.token_type': { type: 'array', of: 'int32', values: types },
			'tokenizer.ggml.merges': { type: 'array', of: 'string', values: strings('tokenizer.ggml.merges') },
			...Object.fromEntries(ids),
		},
	};
}
