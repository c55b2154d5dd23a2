/**
 * A file of a head in JSON and packed numbers, with a hash of both. Written beside the old one and renamed over it.
 * What is not whole, or of another version, counts as none.
 */

import { createHash } from 'node:crypto';
import * as fs from 'node:fs/promises';
import * as path from 'node:path';

const HASH_BYTES = 32;
/** Bytes of a file that is still read. */
const LARGEST = 1024 * 1024 * 1024;

interface Packed {
	/** To be checked. */
	readonly head: unknown;
	/** The numbers, from the start of their own memory. */
	readonly numbers: ArrayBuffer;
}

/**
 * @param mark the kind of the file and the version of its format; the same number of bytes for both ends
 * @param numbers those with the largest items first
 * @throws where it cannot be written; the earlier file is then intact
 */
export async function writePacked(
	file: string,
	mark: string,
	head: unknown,
	numbers: readonly Uint8Array[],
): Promise<void> {
	const text = Buffer.from(JSON.stringify(head));
	const length = Buffer.alloc(8);
	length.writeBigUInt64LE(BigInt(text.length));
	const parts = [Buffer.from(mark), length, text, ...numbers];
	const hash = createHash('sha256');
	for (const part of parts) {
		hash.update(part);
	}
	const whole = Buffer.concat([...parts, hash.digest()]);
	await fs.mkdir(path.dirname(file), { recursive: true });
	const temporary = `${file}.${process.pid}.tmp`;
	try {
		// It tells the names of files: for this user only.
		await fs.writeFile(temporary, whole, { mode: 0o600 });
		await fs.rename(temporary, file);
	} catch (error) {
		await fs.rm(temporary, { force: true }).catch(() => undefined);
		throw error;
	}
}

/** Undefined where there is none, or none that is whole. */
export async function readPacked(file: string, mark: string): Promise<Packed | undefined> {
	try {
		const { size } = await fs.stat(file);
		return size > LARGEST ? undefined : unpack(await fs.readFile(file), Buffer.from(mark));
	} catch {
		return undefined;
	}
}

function unpack(bytes: Buffer, mark: Buffer): Packed | undefined {
	const end = bytes.length - HASH_BYTES;
	const start = mark.length + 8;
	if (end < start || !bytes.subarray(0, mark.length).equals(mark)) {
		return undefined;
	}
	if (!createHash('sha256').update(bytes.subarray(0, end)).digest().equals(bytes.subarray(end))) {
		return undefined;
	}
	const numbers = start + Number(bytes.readBigUInt64LE(mark.length));
	const head: unknown = JSON.parse(bytes.toString('utf8', start, numbers));
	// A copy of its own: what Node reads may begin anywhere.
	return { head, numbers: new Uint8Array(bytes.subarray(numbers, end)).buffer };
}

export function bytesOf(numbers: Uint32Array | Uint8Array | Int8Array): Uint8Array {
	return new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength);
}
