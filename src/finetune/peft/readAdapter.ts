/** Reads a GGUF adapter, our own or another's, with its numbers. */

import * as fs from 'node:fs';
import * as path from 'node:path';
import { GgufError } from '../../inference/gguf/blockReader';
import { type GgufHeader, readGguf } from '../../inference/gguf/gguf';
import { Metadata } from '../../inference/gguf/ggufMetadata';
import type { GgufTensor } from '../../inference/gguf/ggufTensors';
import type { AdapterContent, AdapterMatrix } from '../adapter/content';
import { AdapterFileError } from './adapterFileError';
import { factsOf } from './facts';
import { isNumberFormat, readNumbers } from './storedNumbers';

/** The matrices of a layer that `AdapterContent` knows. */
const FACTOR =
	/^(blk\.(?:0|[1-9]\d{0,3})\.(?:attn_(?:q|k|v|output)|ffn_(?:gate|up|down))\.weight)\.lora_([ab])$/;

/** Throws an `AdapterFileError` that names the file, and the key or tensor that cannot be read. */
export function readAdapter(file: string): AdapterContent {
	if (!fs.statSync(file).isFile()) {
		throw new AdapterFileError(`${file} is not a file`);
	}
	const descriptor = fs.openSync(file, 'r');
	try {
		const header = readGguf(descriptor, fs.fstatSync(descriptor).size);
		return contentOf(descriptor, header, file);
	} catch (error) {
		throw error instanceof GgufError ? new AdapterFileError(`${file}: ${error.message}`) : error;
	} finally {
		fs.closeSync(descriptor);
	}
}

function contentOf(descriptor: number, header: GgufHeader, file: string): AdapterContent {
	const metadata = new Metadata(header.metadata);
	const refuse = (reason: string): never => {
		throw new AdapterFileError(`${file}: ${reason}`);
	};
	if (metadata.string('general.type') !== 'adapter' || metadata.string('adapter.type') !== 'lora') {
		refuse('it is no LoRA adapter: "general.type" and "adapter.type" say otherwise');
	}
	if (metadata.get('adapter.alora.invocation_tokens') !== undefined) {
		refuse('it is an activated adapter (aLoRA), which only works behind certain tokens');
	}
	if (header.dataEnd > header.fileBytes) {
		refuse(`it ends at byte ${header.fileBytes} instead of ${header.dataEnd}: copy or download it again`);
	}
	const architecture = metadata.string('general.architecture') ?? refuse('"general.architecture" is missing');
	const alpha = metadata.number('adapter.lora.alpha', 'float32') ?? 0;
	if (!(alpha >= 0 && Number.isFinite(alpha))) {
		refuse(`"adapter.lora.alpha" is ${alpha} instead of a positive number`);
	}
	const matrices = factorsByMatrix(header.tensors, refuse).map(([name, { a, b }]) =>
		readMatrix(name, a ?? refuse(`${name} has no A`), b ?? refuse(`${name} has no B`), (tensor) => {
			const [row = 0, rows = 1] = tensor.shape;
			const format = tensor.type.name;
			return isNumberFormat(format)
				? readNumbers(
						descriptor,
						header.dataStart + tensor.offset,
						row * rows,
						format,
						`${file}: tensor "${tensor.name}"`,
					)
				: refuse(`tensor "${tensor.name}" has the type ${format}; save the adapter in F32, F16 or BF16`);
		}),
	);
	return {
		architecture,
		alpha: alpha === 0 ? alphaOfUnscaled(matrices, refuse) : alpha,
		matrices,
		facts: factsOf(
			(key) => metadata.string(key),
			metadata.string('general.name') ?? path.basename(file, '.gguf'),
		),
	};
}

interface Factors {
	a?: GgufTensor;
	b?: GgufTensor;
}

function factorsByMatrix(
	tensors: readonly GgufTensor[],
	refuse: (reason: string) => never,
): readonly (readonly [matrix: string, factors: Factors])[] {
	const found = new Map<string, Factors>();
	for (const tensor of tensors) {
		const [, matrix, letter] = FACTOR.exec(tensor.name) ?? [];
		if (matrix === undefined || tensor.shape.length > 2) {
			return refuse(
				`tensor "${tensor.name}" is no factor of a matrix in a layer; others cannot be trained or exported`,
			);
		}
		found.set(matrix, { ...found.get(matrix), [letter === 'a' ? 'a' : 'b']: tensor });
	}
	return found.size > 0 ? [...found] : refuse('it has no tensors');
}

function readMatrix(
	name: string,
	a: GgufTensor,
	b: GgufTensor,
	read: (tensor: GgufTensor) => Float32Array,
): AdapterMatrix {
	// A dimension of 1 at the end may be left out.
	const [inputs = 0, rank = 1] = a.shape;
	const [rankB = 0, outputs = 1] = b.shape;
	if (rank !== rankB) {
		throw new GgufError(`"${name}" has the rank ${rank} in A and ${rankB} in B`);
	}
	return { name, inputs, outputs, rank, a: read(a), b: read(b) };
}

/** llama.cpp takes an alpha of 0, or none, for a scale of 1, which is an alpha like the rank. */
function alphaOfUnscaled(matrices: readonly AdapterMatrix[], refuse: (reason: string) => never): number {
	const [rank, ...others] = new Set(matrices.map((matrix) => matrix.rank));
	return rank !== undefined && others.length === 0
		? rank
		: refuse('it has no "adapter.lora.alpha", and its matrices have several ranks');
}
