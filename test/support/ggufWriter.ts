/** Writes GGUF version 3 files for tests: metadata of every type, tensors in the types of `tensorEncoding.ts`. */
import * as fs from 'node:fs';
import { encodeValues, TENSOR_TYPES, type TensorType } from './tensorEncoding';

/** Numbers of the value types, https://github.com/ggml-org/ggml/blob/master/docs/gguf.md */
export const VALUE_TYPES = {
	uint8: 0,
	int8: 1,
	uint16: 2,
	int16: 3,
	uint32: 4,
	int32: 5,
	float32: 6,
	bool: 7,
	string: 8,
	array: 9,
	uint64: 10,
	int64: 11,
	float64: 12,
} as const;

type NumberType = 'uint8' | 'int8' | 'uint16' | 'int16' | 'uint32' | 'int32' | 'float32' | 'float64';
type BigType = 'uint64' | 'int64';

export type MetadataValue =
	| { readonly type: NumberType; readonly value: number }
	| { readonly type: BigType; readonly value: bigint }
	| { readonly type: 'bool'; readonly value: boolean }
	| { readonly type: 'string'; readonly value: string }
	| { readonly type: 'array'; readonly of: NumberType; readonly values: readonly number[] }
	| { readonly type: 'array'; readonly of: BigType; readonly values: readonly bigint[] }
	| { readonly type: 'array'; readonly of: 'bool'; readonly values: readonly boolean[] }
	| { readonly type: 'array'; readonly of: 'string'; readonly values: readonly string[] };

export interface WrittenTensor {
	readonly name: string;
	/** ggml's order: the length of a row first. */
	readonly shape: readonly number[];
	readonly type: TensorType;
	/** Fills the next elements of the tensor; `first` is the index of the first of them. */
	readonly fill: (values: Float32Array, first: number) => void;
}

export interface WrittenFile {
	readonly metadata: Readonly<Record<string, MetadataValue>>;
	readonly tensors: readonly WrittenTensor[];
	/** Bytes, a power of two; default 32. Written to `general.alignment` where it is not the default. */
	readonly alignment?: number;
}

/** A little-endian byte buffer that grows. */
export class ByteWriter {
	private buffer = Buffer.alloc(1 << 16);
	/** Bytes written so far. */
	length = 0;

	private reserve(bytes: number): number {
		const start = this.length;
		this.length += bytes;
		if (this.length > this.buffer.length) {
			const grown = Buffer.alloc(Math.max(this.length, this.buffer.length * 2));
			this.buffer.copy(grown, 0, 0, start);
			this.buffer = grown;
		}
		return start;
	}

	/** The next bytes. A view of its own, because growing replaces the buffer. */
	private at(bytes: number): Buffer {
		const start = this.reserve(bytes);
		return this.buffer.subarray(start, start + bytes);
	}

	number(type: NumberType, value: number): this {
		switch (type) {
			case 'uint8':
				this.at(1).writeUInt8(value);
				break;
			case 'int8':
				this.at(1).writeInt8(value);
				break;
			case 'uint16':
				this.at(2).writeUInt16LE(value);
				break;
			case 'int16':
				this.at(2).writeInt16LE(value);
				break;
			case 'uint32':
				this.at(4).writeUInt32LE(value);
				break;
			case 'int32':
				this.at(4).writeInt32LE(value);
				break;
			case 'float32':
				this.at(4).writeFloatLE(value);
				break;
			case 'float64':
				this.at(8).writeDoubleLE(value);
				break;
		}
		return this;
	}

	uint32(value: number): this {
		return this.number('uint32', value);
	}

	/** Also takes negative numbers, so that a test can write 2^64 − 1 as −1. */
	uint64(value: number | bigint): this {
		this.at(8).writeBigUInt64LE(BigInt.asUintN(64, BigInt(value)));
		return this;
	}

	raw(bytes: Uint8Array): this {
		this.at(bytes.length).set(bytes);
		return this;
	}

	string(text: string): this {
		const bytes = Buffer.from(text, 'utf8');
		return this.uint64(bytes.length).raw(bytes);
	}

	pad(alignment: number): this {
		this.reserve((alignment - (this.length % alignment)) % alignment);
		return this;
	}

	bytes(): Buffer {
		return this.buffer.subarray(0, this.length);
	}
}

/** Writes the type and the value, as they stand after a key. */
export function writeValue(out: ByteWriter, value: MetadataValue): void {
	out.uint32(VALUE_TYPES[value.type]);
	switch (value.type) {
		case 'string':
			out.string(value.value);
			break;
		case 'bool':
			out.number('uint8', value.value ? 1 : 0);
			break;
		case 'uint64':
		case 'int64':
			out.uint64(value.value);
			break;
		case 'array':
			out.uint32(VALUE_TYPES[value.of]).uint64(value.values.length);
			writeElements(out, value);
			break;
		default:
			out.number(value.type, value.value);
	}
}

function writeElements(out: ByteWriter, array: Extract<MetadataValue, { type: 'array' }>): void {
	switch (array.of) {
		case 'string':
			for (const element of array.values) {
				out.string(element);
			}
			break;
		case 'bool':
			for (const element of array.values) {
				out.number('uint8', element ? 1 : 0);
			}
			break;
		case 'uint64':
		case 'int64':
			for (const element of array.values) {
				out.uint64(element);
			}
			break;
		default:
			for (const element of array.values) {
				out.number(array.of, element);
			}
	}
}

export function elementCount(shape: readonly number[]): number {
	return shape.reduce((product, size) => product * size, 1);
}

export function tensorBytes(tensor: Pick<WrittenTensor, 'shape' | 'type'>): number {
	const { block, bytes } = TENSOR_TYPES[tensor.type];
	return (elementCount(tensor.shape) / block) * bytes;
}

function align(size: number, alignment: number): number {
	return Math.ceil(size / alignment) * alignment;
}

function header(file: WrittenFile, alignment: number): Buffer {
	const metadata: Record<string, MetadataValue> = { ...file.metadata };
	if (file.alignment !== undefined) {
		metadata['general.alignment'] = { type: 'uint32', value: file.alignment };
	}
	const entries = Object.entries(metadata);
	const out = new ByteWriter();
	out.raw(Buffer.from('GGUF')).uint32(3).uint64(file.tensors.length).uint64(entries.length);
	for (const [key, value] of entries) {
		out.string(key);
		writeValue(out, value);
	}
	let offset = 0;
	for (const tensor of file.tensors) {
		out.string(tensor.name).uint32(tensor.shape.length);
		for (const size of tensor.shape) {
			out.uint64(size);
		}
		out.uint32(TENSOR_TYPES[tensor.type].id).uint64(offset);
		offset += align(tensorBytes(tensor), alignment);
	}
	return out.pad(alignment).bytes();
}

/** Elements that are made, converted and written at once; a multiple of every block. */
const CHUNK = 1 << 20;

/** Writes the file, streaming tensors. The parent folder must exist. Throws a RangeError for partial blocks. */
export function writeGguf(file: string, content: WrittenFile): void {
	const alignment = content.alignment ?? 32;
	const descriptor = fs.openSync(file, 'w');
	try {
		fs.writeSync(descriptor, header(content, alignment));
		const values = new Float32Array(CHUNK);
		for (const tensor of content.tensors) {
			const count = elementCount(tensor.shape);
			if ((tensor.shape[0] ?? 0) % TENSOR_TYPES[tensor.type].block !== 0) {
				throw new RangeError(`${tensor.name}: rows are not a multiple of a ${tensor.type} block`);
			}
			for (let first = 0; first < count; first += CHUNK) {
				const part = values.subarray(0, Math.min(CHUNK, count - first));
				tensor.fill(part, first);
				fs.writeSync(descriptor, encodeValues(part, tensor.type));
			}
			const bytes = tensorBytes(tensor);
			fs.writeSync(descriptor, Buffer.alloc(align(bytes, alignment) - bytes));
		}
	} finally {
		fs.closeSync(descriptor);
	}
}

/** The data of a tensor, without padding. */
export function encodeTensor(tensor: WrittenTensor): Uint8Array {
	const values = new Float32Array(elementCount(tensor.shape));
	tensor.fill(values, 0);
	return encodeValues(values, tensor.type);
}
