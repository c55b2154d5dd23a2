/** Reads the list of tensors in a GGUF header: names, shapes, types and where their data lies. */
import { type BlockReader, GgufError } from './blockReader';
import { type TensorType, tensorTypes } from './ggmlTypes';

export interface GgufTensor {
	readonly name: string;
	/** ggml's order: the length of a row first. */
	readonly shape: readonly number[];
	readonly type: TensorType;
	/** Bytes from the start of the data. */
	readonly offset: number;
	readonly bytes: number;
}

/** ggml's GGML_MAX_NAME counts the closing NUL. */
const MAX_NAME_BYTES = 63;
const MAX_DIMENSIONS = 4;

/** Reads `count` tensors. Throws a `GgufError` that names the tensor. */
export function readTensors(reader: BlockReader, count: number, alignment: number): readonly GgufTensor[] {
	const tensors: GgufTensor[] = [];
	const names = new Set<string>();
	let next = 0;
	for (let index = 0; index < count; index++) {
		const offset = reader.offset;
		const tensor = readTensor(reader, index);
		if (names.has(tensor.name)) {
			throw new GgufError(`tensor "${tensor.name}" at byte ${offset} occurs twice`);
		}
		names.add(tensor.name);
		// llama.cpp accepts no gaps and no other order.
		if (tensor.offset !== next) {
			throw new GgufError(`tensor "${tensor.name}" has the data offset ${tensor.offset} instead of ${next}`);
		}
		next += alignOffset(tensor.bytes, alignment);
		if (!Number.isSafeInteger(next)) {
			throw new GgufError(`tensor "${tensor.name}" makes the file larger than any disk`);
		}
		tensors.push(tensor);
	}
	return tensors;
}

function readTensor(reader: BlockReader, index: number): GgufTensor {
	const start = reader.offset;
	const name = reader.name(MAX_NAME_BYTES, `name of tensor ${index}`);
	const what = `tensor "${name}"`;
	const dimensions = reader.uint32(what);
	if (dimensions < 1 || dimensions > MAX_DIMENSIONS) {
		throw new GgufError(`${what} at byte ${start} has ${dimensions} dimensions instead of 1 to 4`);
	}
	const shape: number[] = [];
	let elements = 1;
	for (let dimension = 0; dimension < dimensions; dimension++) {
		const size = reader.int64(what);
		elements *= size;
		if (size < 1 || !Number.isSafeInteger(elements)) {
			throw new GgufError(
				`${what} at byte ${start} has the impossible size ${size} in dimension ${dimension}`,
			);
		}
		shape.push(size);
	}
	const number = reader.uint32(what);
	const type = tensorTypes.get(number);
	if (type === undefined) {
		throw new GgufError(`${what} at byte ${start} has the unknown type ${number}`);
	}
	const row = shape[0] ?? 0;
	if (row % type.block !== 0) {
		throw new GgufError(
			`${what} at byte ${start} has rows of ${row}, which ${type.name} cannot hold (multiples of ${type.block})`,
		);
	}
	const bytes = (elements / type.block) * type.bytes;
	return { name, shape, type, offset: reader.uint64(what), bytes };
}

/** The next multiple of `alignment`. */
export function alignOffset(offset: number, alignment: number): number {
	return Math.ceil(offset / alignment) * alignment;
}
