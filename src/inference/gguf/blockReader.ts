/** Reads little-endian values from a file in blocks, and never past its end. */
import * as fs from 'node:fs';

/** Bytes read at once, and the longest value that can be read. */
const BLOCK = 1 << 20;

/** `truncated`: the file ends too early, so that downloading it again helps. */
export type GgufFault =
	| 'invalid'
	| 'truncated'
	| 'version'
	| 'adapter'
	| 'architecture'
	| 'no-tensors'
	| 'split';

/** What is wrong in a GGUF file and where: a metadata key, a tensor or a byte offset. */
export class GgufError extends Error {
	override readonly name = 'GgufError';
	constructor(
		message: string,
		readonly kind: GgufFault = 'invalid',
	) {
		super(message);
	}
}

export class BlockReader {
	private readonly buffer: Buffer;
	/** Offset in the file of the buffer's first byte, and how many bytes of it are filled. */
	private start = 0;
	private filled = 0;
	private at = 0;

	/** `descriptor` is an open regular file of `fileBytes`; the caller closes it. */
	constructor(
		private readonly descriptor: number,
		readonly fileBytes: number,
	) {
		this.buffer = Buffer.allocUnsafe(Math.min(BLOCK, fileBytes));
	}

	/** Offset in the file of the next byte. */
	get offset(): number {
		return this.start + this.at;
	}

	get remaining(): number {
		return this.fileBytes - this.offset;
	}

	/** Moves on. Throws a truncated `GgufError` past the end. */
	skip(bytes: number, what: string): void {
		if (bytes > this.remaining) {
			throw this.truncated(bytes, what);
		}
		if (this.at + bytes <= this.filled) {
			this.at += bytes;
		} else {
			this.start = this.offset + bytes;
			this.filled = 0;
			this.at = 0;
		}
	}

	/** Index in the buffer of `bytes` (at most a block) that are now there, and moves past them. */
	private take(bytes: number, what: string): number {
		if (this.at + bytes > this.filled) {
			if (bytes > this.remaining) {
				throw this.truncated(bytes, what);
			}
			this.refill(bytes, what);
		}
		const index = this.at;
		this.at += bytes;
		return index;
	}

	private refill(bytes: number, what: string): void {
		this.buffer.copyWithin(0, this.at, this.filled);
		this.start += this.at;
		this.filled -= this.at;
		this.at = 0;
		while (this.filled < bytes) {
			const free = this.buffer.length - this.filled;
			const read = fs.readSync(this.descriptor, this.buffer, this.filled, free, this.start + this.filled);
			if (read === 0) {
				// The file has become shorter since its size was taken.
				throw this.truncated(bytes, what);
			}
			this.filled += read;
		}
	}

	private truncated(bytes: number, what: string): GgufError {
		return new GgufError(
			`${what} at byte ${this.offset} needs ${bytes} bytes, but the file ends at byte ${this.fileBytes}`,
			'truncated',
		);
	}

	uint8(what: string): number {
		return this.buffer.readUInt8(this.take(1, what));
	}

	int8(what: string): number {
		return this.buffer.readInt8(this.take(1, what));
	}

	uint16(what: string): number {
		return this.buffer.readUInt16LE(this.take(2, what));
	}

	int16(what: string): number {
		return this.buffer.readInt16LE(this.take(2, what));
	}

	uint32(what: string): number {
		return this.buffer.readUInt32LE(this.take(4, what));
	}

	int32(what: string): number {
		return this.buffer.readInt32LE(this.take(4, what));
	}

	float32(what: string): number {
		return this.buffer.readFloatLE(this.take(4, what));
	}

	float64(what: string): number {
		return this.buffer.readDoubleLE(this.take(8, what));
	}

	/** Above 2^53 the nearest number: every use compares it with a far smaller limit. */
	uint64(what: string): number {
		const index = this.take(8, what);
		return this.buffer.readUInt32LE(index) + this.buffer.readUInt32LE(index + 4) * 2 ** 32;
	}

	/** Above 2^53 the nearest number. */
	int64(what: string): number {
		const index = this.take(8, what);
		return this.buffer.readUInt32LE(index) + this.buffer.readInt32LE(index + 4) * 2 ** 32;
	}

	/**
	 * A string with its length before it, as one character for each byte (`textOf` decodes it). Throws a `GgufError`
	 * if it is longer than `limit` bytes (at most a block) or than the rest of the file.
	 */
	string(limit: number, what: string): string {
		const length = this.stringLength(limit, what);
		const index = this.take(length, what);
		return this.buffer.toString('latin1', index, index + length);
	}

	/**
	 * A name, decoded. Control characters are refused: C code would take a NUL for the name's end, and abort on an
	 * empty one.
	 */
	name(limit: number, what: string): string {
		const offset = this.offset;
		const name = textOf(this.string(limit, what));
		if (Array.from(name).some((character) => character < ' ' || character === '\x7f')) {
			throw new GgufError(`${what} at byte ${offset} has control characters`);
		}
		if (name === '') {
			throw new GgufError(`${what} at byte ${offset} is empty`);
		}
		return name;
	}

	skipString(limit: number, what: string): void {
		this.skip(this.stringLength(limit, what), what);
	}

	private stringLength(limit: number, what: string): number {
		const offset = this.offset;
		const length = this.uint64(what);
		if (length > limit) {
			throw new GgufError(`${what} at byte ${offset} claims a length of ${length} bytes (limit ${limit})`);
		}
		return length;
	}
}

/** Decodes UTF-8 that is held as one character for each byte. */
export function textOf(bytes: string): string {
	return Buffer.from(bytes, 'latin1').toString('utf8');
}
