/**
 * A dataset as one file: "FDS1", the length of the header, the header as JSON padded to whole fours with blanks, then
 * as little-endian 32-bit numbers the length of each sample, the index of its file, all tokens, and all weights; those
 * to learn from first, then those held out.
 */

import { createHash, randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import * as fs from 'node:fs/promises';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { throwIfAborted } from '../../inference/cancel';
import { messageOf } from '../../inference/failure';
import { DatasetError } from './datasetError';
import { isDatasetHeader } from './datasetShapes';
import type { Dataset, DatasetHeader, Sample } from './sample';

const MAGIC = 'FDS1';
/** Bytes of the header: 100,000 names of files fit. */
const LONGEST_HEADER = 32 * 1024 * 1024;
/** Bytes of a file that is read: it is held in memory as a whole. */
const LARGEST_FILE = 1024 * 1024 * 1024;
/** Bytes read at once. */
const BLOCK = 1024 * 1024;
/** Bytes of a number. */
const NUMBER = 4;

/**
 * Writes beside the place first and renames over it. Only this user can read it: it is somebody's code.
 * @returns sha256 of the file, in hexadecimal
 * @throws the error of the disk, or an AbortError; an earlier file is then intact
 */
export async function writeDataset(
	file: string,
	dataset: Omit<Dataset, 'hash'>,
	signal: AbortSignal,
): Promise<string> {
	const temporary = `${file}.${randomUUID()}.tmp`;
	const hash = createHash('sha256');
	const hashed = new Transform({
		transform(chunk: Uint8Array, _encoding, done) {
			hash.update(chunk);
			done(null, chunk);
		},
	});
	try {
		await pipeline(
			Readable.from(piecesOf(dataset)),
			hashed,
			createWriteStream(temporary, { mode: 0o600, flush: true }),
			{ signal },
		);
		await fs.rename(temporary, file);
		return hash.digest('hex');
	} catch (error) {
		await fs.rm(temporary, { force: true });
		throw error;
	}
}

function* piecesOf({ header, train, heldOut }: Omit<Dataset, 'hash'>): Generator<Uint8Array, void> {
	const samples = [...train, ...heldOut];
	const json = Buffer.from(JSON.stringify(header));
	const padded = Buffer.alloc(Math.ceil(json.length / NUMBER) * NUMBER, ' ');
	json.copy(padded);
	const length = Buffer.alloc(NUMBER);
	length.writeUInt32LE(padded.length);
	yield Buffer.concat([Buffer.from(MAGIC), length, padded]);
	yield bytesOf(Int32Array.from(samples, (sample) => sample.tokens.length));
	yield bytesOf(Int32Array.from(samples, (sample) => sample.file));
	for (const sample of samples) {
		yield bytesOf(sample.tokens);
	}
	for (const sample of samples) {
		yield bytesOf(sample.weights);
	}
}

/** Every processor that the editor runs on is little-endian. */
function bytesOf(numbers: Int32Array | Float32Array): Uint8Array {
	return new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength);
}

/**
 * Reads a dataset and believes nothing of it unchecked.
 * @param vocabulary how many tokens the model has: every token's id is below
 * @throws DatasetError naming the file, what is wrong and what helps
 */
export async function readDataset(file: string, vocabulary: number, signal: AbortSignal): Promise<Dataset> {
	const handle = await fs.open(file, 'r').catch((error: unknown) => {
		throw unusable(file, `it cannot be opened (${messageOf(error)})`);
	});
	try {
		const { size } = await handle.stat();
		if (size > LARGEST_FILE) {
			throw unusable(file, `it has ${size} bytes, more than ${LARGEST_FILE}`);
		}
		const hash = createHash('sha256');
		const read = async (bytes: number, what: string) => {
			const buffer = new ArrayBuffer(bytes);
			for (let at = 0; at < bytes; ) {
				throwIfAborted(signal);
				const block = new Uint8Array(buffer, at, Math.min(BLOCK, bytes - at));
				const { bytesRead } = await handle.read(block, 0, block.length);
				if (bytesRead === 0) {
					throw unusable(file, `it ends within ${what}`);
				}
				hash.update(block.subarray(0, bytesRead));
				at += bytesRead;
			}
			return buffer;
		};
		const header = await readHeader(file, size, read);
		const count = header.train.samples + header.heldOut.samples;
		const tokens = header.train.tokens + header.heldOut.tokens;
		const expected = header.bytes + NUMBER * 2 * (count + tokens);
		if (size !== expected) {
			const wrong = size < expected ? 'it is cut off' : 'something follows its end';
			throw unusable(file, `${wrong}: ${size} bytes instead of ${expected}`);
		}
		const lengths = new Int32Array(await read(NUMBER * count, 'the lengths'));
		const files = new Int32Array(await read(NUMBER * count, 'the files'));
		const ids = new Int32Array(await read(NUMBER * tokens, 'the tokens'));
		const weights = new Float32Array(await read(NUMBER * tokens, 'the weights'));
		const samples = cut(file, header, vocabulary, { lengths, files, ids, weights });
		const { bytes: _, ...plain } = header;
		return {
			header: plain,
			train: samples.slice(0, header.train.samples),
			heldOut: samples.slice(header.train.samples),
			hash: hash.digest('hex'),
		};
	} finally {
		await handle.close();
	}
}

/**
 * The header of a dataset alone.
 * @throws DatasetError as `readDataset`
 */
export async function readDatasetHeader(file: string): Promise<DatasetHeader> {
	const handle = await fs.open(file, 'r').catch((error: unknown) => {
		throw unusable(file, `it cannot be opened (${messageOf(error)})`);
	});
	try {
		const { size } = await handle.stat();
		const { bytes: _, ...header } = await readHeader(file, size, async (bytes) => {
			const buffer = new ArrayBuffer(bytes);
			for (let at = 0; at < bytes; ) {
				const { bytesRead } = await handle.read(new Uint8Array(buffer, at));
				if (bytesRead === 0) {
					throw unusable(file, 'it ends within the header');
				}
				at += bytesRead;
			}
			return buffer;
		});
		return header;
	} finally {
		await handle.close();
	}
}

/** The header, and how many bytes stand before the numbers. */
async function readHeader(
	file: string,
	size: number,
	read: (bytes: number, what: string) => Promise<ArrayBuffer>,
): Promise<DatasetHeader & { readonly bytes: number }> {
	const start = Buffer.from(await read(MAGIC.length + NUMBER, 'its first bytes'));
	if (start.toString('latin1', 0, MAGIC.length) !== MAGIC) {
		throw unusable(file, 'it is no dataset');
	}
	const length = start.readUInt32LE(MAGIC.length);
	if (length > LONGEST_HEADER || length % NUMBER !== 0) {
		throw unusable(file, `its header claims ${length} bytes`);
	}
	if (start.length + length > size) {
		throw unusable(file, 'it ends within the header');
	}
	let header: unknown;
	try {
		header = JSON.parse(Buffer.from(await read(length, 'the header')).toString('utf8'));
	} catch (error) {
		throw error instanceof SyntaxError ? unusable(file, 'its header is no JSON') : error;
	}
	const version =
		typeof header === 'object' && header !== null && 'version' in header ? header.version : undefined;
	if (typeof version === 'number' && version !== 1) {
		throw unusable(file, `it has version ${version} of the layout, and this Familiar reads version 1`);
	}
	if (!isDatasetHeader(header)) {
		throw unusable(file, 'its header lacks something, or holds what cannot be');
	}
	return { ...header, bytes: start.length + length };
}

interface Numbers {
	readonly lengths: Int32Array;
	readonly files: Int32Array;
	readonly ids: Int32Array;
	readonly weights: Float32Array;
}

/** Views of the numbers, one for each sample. */
function cut(file: string, header: DatasetHeader, vocabulary: number, numbers: Numbers): Sample[] {
	const { lengths, files, ids, weights } = numbers;
	const samples: Sample[] = [];
	let at = 0;
	for (const [index, length] of lengths.entries()) {
		const wrong = (what: string) => unusable(file, `sample ${index} ${what}`);
		if (length < 2 || length > header.longest || at + length > ids.length) {
			throw wrong(`has ${length} tokens; it must have 2 to ${header.longest}, and no more than there are`);
		}
		const tokens = ids.subarray(at, at + length);
		const outside = tokens.find((id) => id < 0 || id >= vocabulary);
		if (outside !== undefined) {
			throw wrong(`holds token ${outside}, and the model has ${vocabulary}`);
		}
		const own = weights.subarray(at, at + length);
		const odd = own.find((weight) => !(weight >= 0 && weight <= 1));
		if (odd !== undefined || own[0] !== 0) {
			throw wrong(
				odd === undefined ? 'gives its first token a weight' : `holds weight ${odd}; it must be 0 to 1`,
			);
		}
		const of = files[index] ?? -1;
		if (of < 0 || of >= header.files.length) {
			throw wrong(`names file ${of} of ${header.files.length}`);
		}
		samples.push({ tokens, weights: own, file: of });
		at += length;
	}
	const learned = lengths.subarray(0, header.train.samples).reduce((sum, length) => sum + length, 0);
	if (at !== ids.length || learned !== header.train.tokens) {
		throw unusable(file, 'its samples have fewer tokens than its header says');
	}
	return samples;
}

function unusable(file: string, reason: string): DatasetError {
	return new DatasetError(`The dataset ${file} cannot be used: ${reason}. Prepare the data again.`);
}
