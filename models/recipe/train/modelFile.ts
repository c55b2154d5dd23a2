/** The starter as a GGUF file: as it is before training, and as it is after so many steps. */

import * as fs from 'node:fs';
import { randomFrom } from '../../../src/finetune/training/random';
import { type MetadataValue, type WrittenTensor, writeGguf } from '../../../test/support/ggufWriter';
import { modelTensors } from '../../../test/support/randomTensors';
import { gaussianFillers } from '../../../test/support/randomWeights';
import type { Tokenizer } from '../tokenizer';
import { vocabularyMetadata } from '../tokenizer/metadata';
import { CONTEXT, type StarterShape } from './shape';

/** Numbers of `llama_ftype`. */
const FILE_TYPES = { F32: 0, Q8_0: 7 } as const;
const EPSILON = 1e-6;
const FREQUENCY_BASE = 10_000;

export interface StarterFile {
	readonly shape: StarterShape;
	readonly tokenizer: Tokenizer;
	/** `Q8_0`: of the matrices; norms stay F32. */
	readonly type: 'F32' | 'Q8_0';
	/** How it was trained, for whoever opens the file. */
	readonly description: string;
}

/** Numbers that are trained. @param vocabulary tokens. */
export function parametersOf(shape: StarterShape, vocabulary: number): number {
	return layoutOf(shape, vocabulary, 'F32', () => () => undefined).reduce(
		(sum, tensor) => sum + tensor.shape.reduce((product, size) => product * size, 1),
		0,
	);
}

/** Writes a model whose matrices are drawn as GPT-2's. */
export function writeInitialModel(file: string, starter: Omit<StarterFile, 'type'>, seed: number): void {
	const random = randomFrom(seed);
	const gaussian = gaussianFillers(() => random.next());
	write(file, { ...starter, type: 'F32' }, tensorsOf(starter, 'F32', gaussian));
}

/** Writes the trained numbers. @throws Error naming a tensor that has none. */
export function writeTrainedModel(
	file: string,
	starter: StarterFile,
	values: (name: string) => Float32Array | undefined,
): void {
	const tensors = tensorsOf(starter, starter.type, () => () => undefined).map((tensor): WrittenTensor => {
		const trained = values(tensor.name);
		if (trained === undefined) {
			throw new Error(`No numbers for ${tensor.name}.`);
		}
		return { ...tensor, fill: (part, first) => part.set(trained.subarray(first, first + part.length)) };
	});
	write(file, starter, tensors);
}

function write(file: string, starter: StarterFile, tensors: readonly WrittenTensor[]): void {
	const temporary = `${file}.tmp`;
	writeGguf(temporary, { metadata: metadataOf(starter), tensors });
	fs.renameSync(temporary, file);
}

function tensorsOf(
	{ shape, tokenizer }: Pick<StarterFile, 'shape' | 'tokenizer'>,
	type: StarterFile['type'],
	gaussian: Parameters<typeof modelTensors>[1],
): readonly WrittenTensor[] {
	return layoutOf(shape, tokenizer.vocabulary.tokens.length, type, gaussian);
}

function layoutOf(
	shape: StarterShape,
	vocabulary: number,
	type: StarterFile['type'],
	gaussian: Parameters<typeof modelTensors>[1],
): readonly WrittenTensor[] {
	const options = {
		...shape,
		architecture: 'llama',
		keyValueHeads: shape.heads,
		vocabulary,
		contextLength: CONTEXT,
		type,
		ownOutput: false,
	} as const;
	// Control tokens are trained like all others: none has numbers near zero.
	return modelTensors(options, gaussian, 0).map((tensor) =>
		tensor.shape.length > 1 ? { ...tensor, type } : tensor,
	);
}

function metadataOf({ shape, tokenizer, type, description }: StarterFile): Record<string, MetadataValue> {
	const text = (value: string): MetadataValue => ({ type: 'string', value });
	const whole = (value: number): MetadataValue => ({ type: 'uint32', value });
	const real = (value: number): MetadataValue => ({ type: 'float32', value });
	return {
		'general.architecture': text('llama'),
		'general.type': text('model'),
		'general.name': text('Familiar starter'),
		'general.description': text(description),
		'general.license': text('mit'),
		'general.file_type': whole(FILE_TYPES[type]),
		'llama.block_count': whole(shape.layers),
		'llama.context_length': whole(CONTEXT),
		'llama.embedding_length': whole(shape.width),
		'llama.feed_forward_length': whole(shape.feedForward),
		'llama.attention.head_count': whole(shape.heads),
		'llama.attention.head_count_kv': whole(shape.heads),
		'llama.attention.layer_norm_rms_epsilon': real(EPSILON),
		'llama.rope.freq_base': real(FREQUENCY_BASE),
		'llama.rope.dimension_count': whole(shape.width / shape.heads),
		'llama.vocab_size': whole(tokenizer.vocabulary.tokens.length),
		...vocabularyMetadata(tokenizer.vocabulary),
	};
}
