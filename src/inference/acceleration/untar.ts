/** Unpacks the archive of an npm package: plain files below `package/`, and nothing that such an archive has no need of. */

import { createReadStream } from 'node:fs';
import * as fs from 'node:fs/promises';
import * as path from 'node:path';
import { createGunzip } from 'node:zlib';
import { throwIfAborted } from '../cancel';
import { messageOf } from '../failure';

/** The archive is damaged, or asks for something that a package has no need of. */
export class ArchiveRefused extends Error {
	override readonly name = 'ArchiveRefused';
}

export interface UntarLimits {
	readonly files: number;
	/** Of all files. */
	readonly bytes: number;
}

const BLOCK = 512;
/** Below this folder all files of a package stand. */
const TOP = 'package/';
/** Letters, digits and what stands between them: no `..`, no drive, no stream, no name that a system keeps for itself. */
const PATH = /^(?:[A-Za-z0-9_@][A-Za-z0-9._@+-]*\/)*[A-Za-z0-9_@][A-Za-z0-9._@+-]*$/;
const KEPT = /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)|\.$/i;

/** Types of entries. Everything else (links, devices, sparse files, longer names) is refused. */
const FILE = ['0', '\0'];
const FOLDER = '5';

interface Entry {
	readonly name: string;
	readonly size: number;
	readonly type: string;
}

/**
 * @param file absolute path of a `.tgz`. @param folder absolute path; it is there, and empty.
 * @param onBytes that were written so far.
 * @throws ArchiveRefused, the error of a disk that cannot be written, or an AbortError. What was unpacked by then stays.
 */
export async function untar(
	file: string,
	folder: string,
	limits: UntarLimits,
	onBytes: (bytes: number) => void,
	signal: AbortSignal,
): Promise<void> {
	const source = createReadStream(file);
	const unpacked = source.pipe(createGunzip());
	source.on('error', (error) => unpacked.destroy(error));
	const blocks = new Blocks(unpacked);
	const seen = new Set<string>();
	let written = 0;
	try {
		for (let entry = entryOf(await blocks.read(BLOCK)); entry !== undefined; ) {
			throwIfAborted(signal);
			if (entry.type !== FOLDER) {
				const target = targetOf(entry, seen);
				if (seen.size > limits.files || written + entry.size > limits.bytes) {
					throw new ArchiveRefused('It has more files, or larger ones, than are expected.');
				}
				written += await writeFile(blocks, path.join(folder, target), entry.size, signal);
				onBytes(written);
			} else if (entry.size !== 0) {
				throw new ArchiveRefused(`${shown(entry.name)} is a folder with content.`);
			}
			entry = entryOf(await blocks.read(BLOCK));
		}
	} catch (error) {
		throwIfAborted(signal);
		throw isZlib(error) ? new ArchiveRefused(`It cannot be unpacked: ${messageOf(error)}.`) : error;
	} finally {
		source.destroy();
		unpacked.destroy();
	}
}

/** @returns the bytes written. */
async function writeFile(blocks: Blocks, file: string, size: number, signal: AbortSignal): Promise<number> {
	await fs.mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
	// Never through something that stands there already.
	const handle = await fs.open(file, 'wx', 0o600);
	try {
		let left = size;
		while (left > 0) {
			throwIfAborted(signal);
			const chunk = await blocks.some(left);
			await handle.writeFile(chunk);
			left -= chunk.length;
		}
		await blocks.read((BLOCK - (size % BLOCK)) % BLOCK);
		await handle.sync();
	} finally {
		await handle.close();
	}
	return size;
}

/** @returns undefined at the block of zeros that ends an archive. */
function entryOf(header: Buffer): Entry | undefined {
	if (header.every((byte) => byte === 0)) {
		return undefined;
	}
	const sum = header.reduce((total, byte, at) => total + (at >= 148 && at < 156 ? 0x20 : byte), 0);
	if (sum !== numberOf(header, 148, 8)) {
		throw new ArchiveRefused('It is damaged: a header has another sum than it says.');
	}
	const prefix = header.toString('latin1', 257, 262) === 'ustar' ? textOf(header, 345, 155) : '';
	const name = textOf(header, 0, 100);
	return {
		name: prefix === '' ? name : `${prefix}/${name}`,
		size: numberOf(header, 124, 12),
		type: header.toString('latin1', 156, 157),
	};
}

/** @returns a path relative to the package. */
function targetOf({ name, type }: Entry, seen: Set<string>): string {
	if (!FILE.includes(type)) {
		throw new ArchiveRefused(`${shown(name)} is no plain file (type ${shown(type)}).`);
	}
	const inside = name.slice(TOP.length);
	if (!name.startsWith(TOP) || !PATH.test(inside) || inside.split('/').some((part) => KEPT.test(part))) {
		throw new ArchiveRefused(`${shown(name)} is no path inside a package.`);
	}
	// Systems that do not tell case apart would write one over the other.
	const key = inside.toLowerCase();
	if (seen.has(key)) {
		throw new ArchiveRefused(`${shown(name)} is in it twice.`);
	}
	seen.add(key);
	return inside;
}

function textOf(header: Buffer, start: number, length: number): string {
	const text = header.toString('latin1', start, start + length);
	const end = text.indexOf('\0');
	return end < 0 ? text : text.slice(0, end);
}

/** Octal digits; numbers of 8 GiB and more are written in another way, and no package has them. */
function numberOf(header: Buffer, start: number, length: number): number {
	const text = textOf(header, start, length).trim();
	if (!/^[0-7]{1,11}$/.test(text)) {
		throw new ArchiveRefused('It is damaged: a header has no number where one belongs.');
	}
	return Number.parseInt(text, 8);
}

/** Of a name that somebody chose. */
function shown(text: string): string {
	return JSON.stringify(text.slice(0, 100));
}

function isZlib(error: unknown): boolean {
	return error instanceof Error && 'code' in error && /^(Z_|ERR_ZLIB)/.test(String(error.code));
}

/** A stream, in pieces of the lengths that are wanted. */
class Blocks {
	private readonly chunks: AsyncIterator<Buffer>;
	private rest: Buffer = Buffer.alloc(0);

	constructor(stream: AsyncIterable<Buffer>) {
		this.chunks = stream[Symbol.asyncIterator]();
	}

	/** Exactly so many bytes; for short pieces. */
	async read(length: number): Promise<Buffer> {
		const parts: Buffer[] = [];
		for (let left = length; left > 0; ) {
			const part = await this.some(left);
			parts.push(part);
			left -= part.length;
		}
		return Buffer.concat(parts);
	}

	/** At least one byte, and at most so many. */
	async some(most: number): Promise<Buffer> {
		while (this.rest.length === 0) {
			const next = await this.chunks.next();
			if (next.done === true) {
				throw new ArchiveRefused('It ends too early.');
			}
			this.rest = next.value;
		}
		const part = this.rest.subarray(0, most);
		this.rest = this.rest.subarray(part.length);
		return part;
	}
}
