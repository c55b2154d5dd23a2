/** Reads and writes safetensors files within bounds, https://github.com/huggingface/safetensors#format */

import * as fs from 'node:fs';
import { isRecord } from '../../inference/record';
import { count } from '../../inference/wire/shapes';
import { AdapterFileError } from './adapterFileError';
import { isNumberFormat, NUMBER_BYTES, type NumberFormat, readNumbers } from './storedNumbers';
import { writeWholeFile } from './wholeFile';

export interface SafeTensor {
	readonly name: string;
	readonly format: NumberFormat;
	/** Slowest dimension first, as in PyTorch. */
	readonly shape: readonly number[];
	/** Bytes from the start of the file. */
	readonly offset: number;
}

export interface Safetensors {
	/** As the user named it; every message begins with it. */
	readonly file: string;
	readonly tensors: readonly SafeTensor[];
	/** `__metadata__`. */
	readonly metadata: ReadonlyMap<string, string>;
	/** Throws an `AdapterFileError` if a number is not finite. */
	readonly read: (tensor: SafeTensor) => Float32Array;
}

export interface TensorToWrite {
	readonly name: string;
	/** Slowest dimension first. */
	readonly shape: readonly number[];
	readonly values: Float32Array;
}

/** The length before the header. */
const LENGTH_BYTES = 8;
/** Longest header: that of an adapter on all matrices of 500 layers has about 1 MB. */
const MAX_HEADER_BYTES = 16 << 20;
const MAX_DIMENSIONS = 4;

/**
 * Opens the file, checks its header, hands it to `use` and closes it. Throws an `AdapterFileError` that names the
 * file for everything that is not as the format has it.
 */
export function withSafetensors<Result>(file: string, use: (content: Safetensors) => Result): Result {
	const stats = fs.statSync(file);
	if (!stats.isFile()) {
		throw new AdapterFileError(`${file} is not a file`);
	}
	const descriptor = fs.openSync(file, 'r');
	try {
		const read = ({ name, format, shape, offset }: SafeTensor) =>
			readNumbers(descriptor, offset, product(shape), format, `${file}: tensor "${name}"`);
		return use({ file, ...readHeader(descriptor, fs.fstatSync(descriptor).size, file), read });
	} finally {
		fs.closeSync(descriptor);
	}
}

function product(shape: readonly number[]): number {
	return shape.reduce((elements, size) => elements * size, 1);
}

function readHeader(
	descriptor: number,
	fileBytes: number,
	file: string,
): Pick<Safetensors, 'tensors' | 'metadata'> {
	const refuse = (reason: string): never => {
		throw new AdapterFileError(
			`${file}: ${reason}. Is it a safetensors file, copied or downloaded to its end?`,
		);
	};
	if (fileBytes < LENGTH_BYTES) {
		refuse(`it has ${fileBytes} bytes, less than the length of its header takes`);
	}
	const lengthBytes = Buffer.alloc(LENGTH_BYTES);
	fs.readSync(descriptor, lengthBytes, 0, LENGTH_BYTES, 0);
	const length = Number(lengthBytes.readBigUInt64LE());
	if (length > MAX_HEADER_BYTES) {
		refuse(`its header claims ${length} bytes (limit ${MAX_HEADER_BYTES})`);
	}
	if (length > fileBytes - LENGTH_BYTES) {
		refuse(`its header claims ${length} bytes, but the file has ${fileBytes}`);
	}
	const bytes = Buffer.alloc(length);
	fs.readSync(descriptor, bytes, 0, length, LENGTH_BYTES);
	const header = parse(bytes) ?? refuse('its header is not a JSON object');
	const dataStart = LENGTH_BYTES + length;
	const entries = Object.entries(header).filter(([name]) => name !== '__metadata__');
	const ranges = entries.map(([name, entry]) => {
		const tensor = readEntry(name, entry);
		return typeof tensor === 'string' ? refuse(`tensor "${name}" ${tensor}`) : tensor;
	});
	let next = 0;
	for (const { tensor, begin, end } of [...ranges].sort((one, other) => one.begin - other.begin)) {
		// The format allows neither gaps nor overlaps: nothing can hide in the file, nothing is read twice.
		if (begin !== next) {
			refuse(`tensor "${tensor.name}" starts at byte ${begin} of the data instead of ${next}`);
		}
		next = end;
	}
	if (dataStart + next !== fileBytes) {
		refuse(`its tensors end at byte ${dataStart + next}, but the file at ${fileBytes}`);
	}
	return {
		tensors: ranges.map(({ tensor, begin }) => ({ ...tensor, offset: dataStart + begin })),
		metadata: readMetadata(header['__metadata__']),
	};
}

function parse(bytes: Buffer): Readonly<Record<string, unknown>> | undefined {
	try {
		const header: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
		return isRecord(header) ? header : undefined;
	} catch {
		return undefined;
	}
}

interface Range {
	readonly tensor: Omit<SafeTensor, 'offset'>;
	/** Bytes from the start of the data. */
	readonly begin: number;
	readonly end: number;
}

/** A text says what is wrong. */
function readEntry(name: string, entry: unknown): Range | string {
	const { dtype, shape, data_offsets: offsets } = isRecord(entry) ? entry : {};
	if (typeof dtype !== 'string' || !Array.isArray(shape) || !Array.isArray(offsets)) {
		return 'has no dtype, shape and data_offsets';
	}
	if (!isNumberFormat(dtype)) {
		return `has the type ${dtype.slice(0, 20)}; adapters are read in F32, F16 and BF16`;
	}
	if (shape.length > MAX_DIMENSIONS || !shape.every(count) || !count(product(shape) * NUMBER_BYTES[dtype])) {
		return `has the impossible shape ${JSON.stringify(shape).slice(0, 100)}`;
	}
	const [begin, end]: readonly unknown[] = offsets;
	if (offsets.length !== 2 || !count(begin) || !count(end) || begin > end) {
		return `has the impossible data_offsets ${JSON.stringify(offsets).slice(0, 100)}`;
	}
	const bytes = product(shape) * NUMBER_BYTES[dtype];
	if (end - begin !== bytes) {
		return `has ${end - begin} bytes, but its shape ${shape.join(' × ')} in ${dtype} takes ${bytes}`;
	}
	return { tensor: { name, format: dtype, shape }, begin, end };
}

function readMetadata(metadata: unknown): ReadonlyMap<string, string> {
	const texts = new Map<string, string>();
	for (const [key, value] of Object.entries(isRecord(metadata) ? metadata : {})) {
		if (typeof value === 'string') {
			texts.set(key, value);
		}
	}
	return texts;
}

/** Writes tensors in F32, in their order. The file appears whole or not at all. */
export function writeSafetensors(
	file: string,
	tensors: readonly TensorToWrite[],
	metadata: ReadonlyMap<string, string>,
): void {
	const header: Record<string, unknown> = { __metadata__: Object.fromEntries(metadata) };
	let end = 0;
	for (const { name, shape, values } of tensors) {
		const begin = end;
		end += values.byteLength;
		header[name] = { dtype: 'F32', shape, data_offsets: [begin, end] };
	}
	const json = Buffer.from(JSON.stringify(header));
	// Spaces behind it, so that the data begins where numbers can be mapped into memory.
	const length = Math.ceil(json.length / LENGTH_BYTES) * LENGTH_BYTES;
	const start = Buffer.alloc(LENGTH_BYTES + length, ' ');
	start.writeBigUInt64LE(BigInt(length));
	json.copy(start, LENGTH_BYTES);
	const data = tensors.map(
		({ values }) => new Uint8Array(values.buffer, values.byteOffset, values.byteLength),
	);
	writeWholeFile(file, [start, ...data]);
}
