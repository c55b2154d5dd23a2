/** What has arrived of a file: `NAME.part` with its hash so far, and beside it what it is a part of. */

import { createHash, type Hash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import * as fs from 'node:fs/promises';
import * as path from 'node:path';
import { throwIfAborted } from '../cancel';
import { readJson } from '../jsonFile';
import type { Translate } from '../statusText';
import { writeWhole } from '../wholeFile';
import { count, object, optional, shortString } from '../wire/shapes';
import { type Disk, diskFailure } from './disk';

/** What the bytes are a part of: those of another source are not continued. */
export interface PartSource {
	readonly address: string;
	readonly bytes: number | undefined;
	/** In hexadecimal. */
	readonly sha256: string | undefined;
}

interface PartState extends PartSource {
	/** A strong one; undefined where the server gave none. */
	readonly etag: string | undefined;
}

const partState = object<PartState>({
	address: shortString,
	bytes: optional(count),
	sha256: optional(shortString),
	etag: optional(shortString),
});

/** The path of what has arrived, and of what is known of it. */
export function partFiles(file: string): { readonly part: string; readonly state: string } {
	return { part: `${file}.part`, state: `${file}.part.json` };
}

export interface PartOptions {
	readonly disk: Disk;
	readonly translate: Translate;
	/** Bytes that were read again. */
	readonly onCheck: (bytes: number) => void;
}

export class Part {
	private hash: Hash = createHash('sha256');
	private written = 0;

	private constructor(
		private readonly file: string,
		private readonly source: PartSource,
		private readonly handle: fs.FileHandle,
		private readonly options: PartOptions,
		private tag: string | undefined,
	) {}

	/**
	 * Continues what is there if it is of the same source and can be told to be: by a hash, or by the server's own tag.
	 * @param file absolute path of the whole file; its folder is there, and its lock taken.
	 * @throws DownloadFailure, or an AbortError.
	 */
	static async open(
		file: string,
		source: PartSource,
		options: PartOptions,
		signal: AbortSignal,
	): Promise<Part> {
		const { part, state } = partFiles(file);
		const known = await readJson(state, partState);
		const size = (await fs.lstat(part).catch(() => undefined))?.size ?? 0;
		const isSame =
			known !== undefined &&
			known.address === source.address &&
			known.bytes === source.bytes &&
			known.sha256 === source.sha256 &&
			(known.etag !== undefined || known.sha256 !== undefined) &&
			(source.bytes === undefined || size <= source.bytes);
		try {
			const handle = await fs.open(part, isSame && size > 0 ? 'r+' : 'w', 0o600);
			const opened = new Part(file, source, handle, options, isSame ? known.etag : undefined);
			try {
				await opened.readAgain(isSame ? size : 0, signal);
			} catch (error) {
				await opened.close();
				throw error;
			}
			return opened;
		} catch (error) {
			throwIfAborted(signal);
			throw diskFailure(error, part, source.bytes ?? 0, options.translate);
		}
	}

	/** How many there are. */
	get bytes(): number {
		return this.written;
	}

	/** What the server calls the version that the bytes are of. */
	get etag(): string | undefined {
		return this.tag;
	}

	/** Remembers what the next bytes are of. */
	async note(etag: string | undefined): Promise<void> {
		this.tag = etag;
		const state: PartState = { ...this.source, etag };
		await writeWhole(partFiles(this.file).state, JSON.stringify(state)).catch((error: unknown) =>
			this.fail(error),
		);
	}

	async write(bytes: Uint8Array): Promise<void> {
		await this.options.disk
			.write(this.handle, bytes, this.written)
			.catch((error: unknown) => this.fail(error));
		this.hash.update(bytes);
		this.written += bytes.length;
	}

	/** From the first byte again. */
	async restart(): Promise<void> {
		await this.handle.truncate(0).catch((error: unknown) => this.fail(error));
		this.hash = createHash('sha256');
		this.written = 0;
		this.tag = undefined;
	}

	/** Of all bytes, in hexadecimal. */
	digest(): string {
		return this.hash.copy().digest('hex');
	}

	/** Puts the file in its place, where it is then whole whatever happens to the machine. */
	async publish(): Promise<void> {
		const { part, state } = partFiles(this.file);
		try {
			await this.handle.sync();
			await this.handle.close();
			await this.options.disk.rename(part, this.file);
		} catch (error) {
			this.fail(error);
		}
		await fs.rm(state, { force: true });
		await syncFolder(path.dirname(this.file));
	}

	/** Removes it: it is no part of what was wanted. */
	async discard(): Promise<void> {
		await this.close();
		const { part, state } = partFiles(this.file);
		await fs.rm(part, { force: true });
		await fs.rm(state, { force: true });
	}

	/** Keeps what is there; harmless when it is closed already. */
	async close(): Promise<void> {
		await this.handle.close().catch(() => undefined);
	}

	private async readAgain(size: number, signal: AbortSignal): Promise<void> {
		if (size === 0) {
			return;
		}
		const { part } = partFiles(this.file);
		for await (const chunk of readIn(part, size)) {
			throwIfAborted(signal);
			this.hash.update(chunk);
			this.written += chunk.length;
			this.options.onCheck(this.written);
		}
	}

	private fail(error: unknown): never {
		const missing = Math.max(0, (this.source.bytes ?? this.written) - this.written);
		throw diskFailure(error, this.file, missing, this.options.translate);
	}
}

/** In hexadecimal. */
export async function sha256Of(file: string, signal: AbortSignal): Promise<string> {
	const hash = createHash('sha256');
	for await (const chunk of readIn(file, Number.POSITIVE_INFINITY)) {
		throwIfAborted(signal);
		hash.update(chunk);
	}
	return hash.digest('hex');
}

/** Small pieces: between two of them, the editor's other extensions have their turn. */
function readIn(file: string, size: number): AsyncIterable<Uint8Array> {
	return createReadStream(file, { end: size - 1, highWaterMark: 256 * 1024 });
}

/** So that the new name outlives a power cut; not every system can. */
async function syncFolder(folder: string): Promise<void> {
	try {
		const handle = await fs.open(folder, 'r');
		await handle.sync().finally(() => handle.close());
	} catch {
		// Windows opens no folders.
	}
}
