/** Reads the header of a GGUF file within bounds: metadata and the list of tensors, never the tensors. */
import * as fs from 'node:fs';
import { BlockReader, GgufError, textOf } from './blockReader';
import { alignOffset, type GgufTensor, readTensors } from './ggufTensors';

/** The format's names of its value types, https://github.com/ggml-org/ggml/blob/master/docs/gguf.md */
const VALUE_TYPES = [
	'uint8',
	'int8',
	'uint16',
	'int16',
	'uint32',
	'int32',
	'float32',
	'bool',
	'string',
	'array',
	'uint64',
	'int64',
	'float64',
] as const;

type ValueType = (typeof VALUE_TYPES)[number];
export type NumberType = Exclude<ValueType, 'bool' | 'string' | 'array'>;

export type GgufValue =
	| { readonly type: NumberType; readonly value: number }
	| { readonly type: 'bool'; readonly value: boolean }
	| { readonly type: 'string'; readonly value: string }
	| GgufArray;

export interface GgufArray {
	readonly type: 'array';
	readonly of: Exclude<ValueType, 'array'>;
	readonly length: number;
	/** Elements of an array of numbers that is short enough to be about layers; else undefined. */
	readonly numbers: readonly number[] | undefined;
	/** Elements of an array of strings that was asked for, as one character for each byte; else undefined. */
	readonly byteStrings: readonly string[] | undefined;
}

export interface GgufHeader {
	readonly version: number;
	readonly metadata: ReadonlyMap<string, GgufValue>;
	readonly tensors: readonly GgufTensor[];
	/** Bytes. */
	readonly alignment: number;
	/** Offset in the file of the tensors' data. */
	readonly dataStart: number;
	/** Offset in the file behind the last tensor; a shorter file is truncated. */
	readonly dataEnd: number;
	readonly fileBytes: number;
}

/** Most tensors and keys of a file; the largest models have some thousands. */
const MAX_COUNT = 65_536;
/** Longest key, by the format's definition. */
const MAX_KEY_BYTES = 65_535;
/** Longest string value; chat templates, the longest in use, have tens of kilobytes. */
const MAX_STRING_BYTES = 1 << 20;
/** Longest array; the largest vocabularies have about 2^18 tokens and 2^19 merges. */
const MAX_ARRAY_LENGTH = 1 << 22;
/** Longest array of numbers that is kept: more than llama.cpp's limit of 512 layers. */
const MAX_KEPT_NUMBERS = 1_024;
/** Longest header; large vocabularies come to about 16 MB. Bounds what is held in memory. */
const MAX_HEADER_BYTES = 128 << 20;
const DEFAULT_ALIGNMENT = 32;
const MAX_ALIGNMENT = 4_096;

const BYTES: Readonly<Record<NumberType | 'bool', number>> = {
	uint8: 1,
	int8: 1,
	bool: 1,
	uint16: 2,
	int16: 2,
	uint32: 4,
	int32: 4,
	float32: 4,
	uint64: 8,
	int64: 8,
	float64: 8,
};

/**
 * Reads the header from an open regular file. `keepStrings` says which arrays of strings are returned.
 * Throws a `GgufError` that names the key, the tensor or the byte offset.
 */
export function readGguf(
	descriptor: number,
	fileBytes: number,
	keepStrings: (key: string) => boolean = () => false,
): GgufHeader {
	const reader = new BlockReader(descriptor, fileBytes);
	const version = readVersion(reader);
	const tensorCount = readCount(reader, 'number of tensors');
	const keyCount = readCount(reader, 'number of metadata keys');
	const metadata = new Map<string, GgufValue>();
	for (let index = 0; index < keyCount; index++) {
		readEntry(reader, index, metadata, keepStrings);
	}
	const alignment = readAlignment(metadata);
	const tensors = readTensors(reader, tensorCount, alignment);
	const dataStart = tensorCount === 0 ? reader.offset : alignOffset(reader.offset, alignment);
	const last = tensors.at(-1);
	const dataEnd = dataStart + (last === undefined ? 0 : last.offset + last.bytes);
	return { version, metadata, tensors, alignment, dataStart, dataEnd, fileBytes };
}

/** As `readGguf`, for a path of a regular file. */
export function readGgufFile(file: string, keepStrings?: (key: string) => boolean): GgufHeader {
	const descriptor = fs.openSync(file, 'r');
	try {
		return readGguf(descriptor, fs.fstatSync(descriptor).size, keepStrings);
	} finally {
		fs.closeSync(descriptor);
	}
}

function readVersion(reader: BlockReader): number {
	const magic = reader.uint32('magic number');
	// "GGUF", little-endian.
	if (magic !== 0x46554747) {
		throw new GgufError(`it does not start with the letters GGUF (byte 0 holds 0x${magic.toString(16)})`);
	}
	const version = reader.uint32('version');
	if (version !== 0 && (version & 0xffff) === 0) {
		throw new GgufError('it is a big-endian file (version at byte 4)', 'version');
	}
	if (version < 2 || version > 3) {
		throw new GgufError(`it has version ${version} at byte 4, known are 2 and 3`, 'version');
	}
	return version;
}

function readCount(reader: BlockReader, what: string): number {
	const offset = reader.offset;
	const count = reader.uint64(what);
	if (count > MAX_COUNT) {
		throw new GgufError(`${what} at byte ${offset} is ${count} (limit ${MAX_COUNT})`);
	}
	return count;
}

function readEntry(
	reader: BlockReader,
	index: number,
	metadata: Map<string, GgufValue>,
	keepStrings: (key: string) => boolean,
): void {
	const offset = reader.offset;
	if (offset > MAX_HEADER_BYTES) {
		throw new GgufError(`metadata key ${index} starts at byte ${offset} (limit ${MAX_HEADER_BYTES})`);
	}
	const key = reader.name(MAX_KEY_BYTES, `metadata key ${index}`);
	if (metadata.has(key)) {
		throw new GgufError(`metadata key "${key}" at byte ${offset} occurs twice`);
	}
	metadata.set(key, readValue(reader, key, keepStrings));
}

function readType(reader: BlockReader, key: string): ValueType {
	const offset = reader.offset;
	const number = reader.uint32(`type of "${key}"`);
	const type = VALUE_TYPES[number];
	if (type === undefined) {
		throw new GgufError(`metadata key "${key}" has the unknown type ${number} at byte ${offset}`);
	}
	return type;
}

function readValue(reader: BlockReader, key: string, keepStrings: (key: string) => boolean): GgufValue {
	const what = `value of "${key}"`;
	const type = readType(reader, key);
	switch (type) {
		case 'string':
			return { type, value: textOf(reader.string(MAX_STRING_BYTES, what)) };
		case 'bool':
			return { type, value: reader.uint8(what) !== 0 };
		case 'array':
			return readArray(reader, key, keepStrings);
		default:
			return { type, value: reader[type](what) };
	}
}

function readArray(reader: BlockReader, key: string, keepStrings: (key: string) => boolean): GgufArray {
	const what = `value of "${key}"`;
	const of = readType(reader, key);
	if (of === 'array') {
		throw new GgufError(`metadata key "${key}" at byte ${reader.offset} is an array of arrays`);
	}
	const offset = reader.offset;
	const length = reader.uint64(what);
	if (length > MAX_ARRAY_LENGTH) {
		throw new GgufError(
			`metadata key "${key}" claims ${length} elements at byte ${offset} (limit ${MAX_ARRAY_LENGTH})`,
		);
	}
	if (of === 'string') {
		return {
			type: 'array',
			of,
			length,
			numbers: undefined,
			byteStrings: readStrings(reader, key, length, keepStrings),
		};
	}
	let numbers: number[] | undefined;
	if (of === 'bool' || length > MAX_KEPT_NUMBERS) {
		reader.skip(length * BYTES[of], what);
	} else {
		numbers = Array.from({ length }, () => reader[of](what));
	}
	return { type: 'array', of, length, numbers, byteStrings: undefined };
}

function readStrings(
	reader: BlockReader,
	key: string,
	length: number,
	keepStrings: (key: string) => boolean,
): readonly string[] | undefined {
	const what = `an element of "${key}"`;
	const kept: string[] | undefined = keepStrings(key) ? [] : undefined;
	for (let index = 0; index < length; index++) {
		if (reader.offset > MAX_HEADER_BYTES) {
			throw new GgufError(`metadata key "${key}" reaches byte ${reader.offset} (limit ${MAX_HEADER_BYTES})`);
		}
		if (kept === undefined) {
			reader.skipString(MAX_STRING_BYTES, what);
		} else {
			kept.push(reader.string(MAX_STRING_BYTES, what));
		}
	}
	return kept;
}

function readAlignment(metadata: ReadonlyMap<string, GgufValue>): number {
	const entry = metadata.get('general.alignment');
	if (entry === undefined) {
		return DEFAULT_ALIGNMENT;
	}
	if (entry.type !== 'uint32') {
		throw new GgufError(`metadata key "general.alignment" has the type ${entry.type} instead of uint32`);
	}
	const { value } = entry;
	// Below 8, ggml places tensors where its kernels cannot read them and aborts.
	if (value < 8 || value > MAX_ALIGNMENT || (value & (value - 1)) !== 0) {
		throw new GgufError(
			`metadata key "general.alignment" is ${value} instead of a power of two from 8 to ${MAX_ALIGNMENT}`,
		);
	}
	return value;
}
