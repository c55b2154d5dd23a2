/** Models with random weights in the mixtures that people download, as llama.cpp's quantiser makes them; kept in out/bench-models. */
import * as fs from 'node:fs';
import * as path from 'node:path';
import { Arena } from '../../src/finetune/ggml/arena';
import type { Ggml } from '../../src/finetune/ggml/ggml';
import { tensorTypes } from '../../src/inference/gguf/ggmlTypes';
import { elementCount, type WrittenTensor } from '../support/ggufWriter';
import { type RandomModelOptions, randomModel } from '../support/randomModel';
import { root } from '../support/root';

export type Mixture = 'F32' | 'Q8_0' | 'Q4_0' | 'Q4_K_M';

/** Numbers that are made, quantised and written at once, at least one row: memory stays small. */
const CHUNK = 1 << 22;
const ALIGNMENT = 32;

const TYPES = new Map([...tensorTypes].map(([number, type]) => [type.name, { number, ...type }]));

/**
 * Path of a model of this shape; written when it is not there yet. It has no tokenizer: only the trainer reads it.
 * @param name of the file, for example `q05b`.
 */
export function quantisedModel(
	ggml: Ggml,
	name: string,
	shape: Omit<RandomModelOptions, 'type'>,
	mixture: Mixture,
): string {
	const folder = path.join(root, 'out/bench-models');
	const file = path.join(folder, `${name}-${mixture}.gguf`);
	if (!fs.existsSync(file)) {
		fs.mkdirSync(folder, { recursive: true });
		const unfinished = `${file}.${process.pid}`;
		writeQuantised(ggml, unfinished, { ...shape, type: 'F32' }, mixture);
		fs.renameSync(unfinished, file);
	}
	return file;
}

/** Writes the file, tensor by tensor. The folder must exist. */
export function writeQuantised(
	ggml: Ggml,
	file: string,
	options: RandomModelOptions,
	mixture: Mixture,
): void {
	const { metadata, tensors } = randomModel(options);
	const types = tensors.map((tensor) => typeOf(tensor, mixture, options));
	const gguf = ggml.gguf_init_empty();
	const arena = new Arena(ggml, tensors.length);
	try {
		for (const [key, value] of Object.entries(metadata)) {
			if (value.type === 'string') {
				ggml.gguf_set_val_str(gguf, key, value.value);
			} else if (value.type === 'uint32') {
				ggml.gguf_set_val_u32(gguf, key, value.value);
			} else if (value.type === 'float32') {
				ggml.gguf_set_val_f32(gguf, key, value.value);
			}
		}
		for (const [index, { name, shape }] of tensors.entries()) {
			ggml.gguf_add_tensor(gguf, arena.tensor(types[index] ?? 'F32', shape, name).handle);
		}
		if (!ggml.gguf_write_to_file(gguf, file, true)) {
			throw new Error(`${file} could not be written.`);
		}
	} finally {
		ggml.gguf_free(gguf);
		arena.dispose();
	}
	const descriptor = fs.openSync(file, 'a');
	try {
		for (const [index, tensor] of tensors.entries()) {
			append(ggml, descriptor, tensor, types[index] ?? 'F32');
		}
	} finally {
		fs.closeSync(descriptor);
	}
}

/** Writes a tensor's numbers in the type, filled up to the alignment. */
function append(ggml: Ggml, descriptor: number, { shape, fill }: WrittenTensor, typeName: string): void {
	const type = TYPES.get(typeName);
	if (type === undefined) {
		throw new Error(`ggml has no type ${typeName}.`);
	}
	const count = elementCount(shape);
	const row = shape[0] ?? 1;
	const most = Math.max(1, Math.floor(CHUNK / row)) * row;
	const values = new Float32Array(most);
	const bytes = Buffer.alloc((most / type.block) * type.bytes);
	let written = 0;
	for (let first = 0; first < count; first += most) {
		const part = values.subarray(0, Math.min(most, count - first));
		fill(part, first);
		const size = ggml.ggml_quantize_chunk(type.number, part, bytes, 0, part.length / row, row, null);
		written += fs.writeSync(descriptor, bytes, 0, size);
	}
	fs.writeSync(descriptor, Buffer.alloc((ALIGNMENT - (written % ALIGNMENT)) % ALIGNMENT));
}

/** Wider than this, a block does not fit into the rows of small models. */
const FALLBACKS: Readonly<Record<string, string>> = { Q4_K: 'Q5_0', Q6_K: 'Q8_0' };

/** The type of a tensor in a mixture: `llama_tensor_get_type` and its fallback in llama-quant.cpp, without an importance matrix. */
function typeOf(
	{ name, shape }: WrittenTensor,
	mixture: Mixture,
	{ layers, ownOutput }: RandomModelOptions,
): string {
	if (shape.length < 2) {
		return 'F32';
	}
	const wanted = mixture === 'Q4_K_M' ? (hasMoreBits(name, layers) ? 'Q6_K' : 'Q4_K') : mixture;
	// Tied embeddings are treated as the output.
	const isOutput = name === 'output.weight' || (name === 'token_embd.weight' && ownOutput !== true);
	const type = isOutput && (mixture === 'Q4_0' || mixture === 'Q4_K_M') ? 'Q6_K' : wanted;
	return (shape[0] ?? 0) % (TYPES.get(type)?.block ?? 1) === 0 ? type : (FALLBACKS[type] ?? type);
}

/** `use_more_bits`: v and down of the first and last eighth and of every third layer between. */
function hasMoreBits(name: string, layers: number): boolean {
	const [, digits, matrix] = /^blk\.(\d+)\.(attn_v|ffn_down)\.weight$/.exec(name) ?? [];
	if (digits === undefined || matrix === undefined) {
		return false;
	}
	const layer = Number(digits);
	const eighth = Math.floor(layers / 8);
	return layer < eighth || layer >= Math.floor((7 * layers) / 8) || (layer - eighth) % 3 === 2;
}
