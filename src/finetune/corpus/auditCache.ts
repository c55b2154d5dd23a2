/** What was found of texts in earlier audits, by the hash of their bytes: one file, believed whole or not at all. */

import { createHash, randomUUID } from 'node:crypto';
import * as fs from 'node:fs/promises';
import * as path from 'node:path';
import { parseJson } from '../../inference/record';
import { anyOf, type Check, count, literal, object, shortString } from '../../inference/wire/shapes';
import type { Print } from './copies';
import { PERMUTATIONS } from './minHash';
import { type Out, STAGES } from './verdict';

/** What the text of a file is worth; the print compares it with others. */
export type Judgement =
	| Out
	| { readonly type: 'in'; readonly characters: number; readonly tokens: number; readonly print: Print };

/** Bytes of the file: what 200,000 files leave. What the last audit did not need goes first. */
const MOST_BYTES = 128 * 1024 * 1024;
/** Milliseconds after which a file that was left half written is nobody's. */
const STALE = 24 * 60 * 60 * 1000;

const MAGIC = Buffer.from('FAMAUD1\n');
const DIGEST = 32;
const HEAD = MAGIC.length + DIGEST;
/** Key, and length of the JSON. */
const RECORD_HEAD = DIGEST + 4;
const SIGNATURE = PERMUTATIONS * 4;

type Stored = Out | { readonly type: 'in'; readonly characters: number; readonly tokens: number };
const isStored: Check<Stored> = anyOf(
	object<Out>({
		type: literal('out'),
		stage: literal(...STAGES),
		figure: shortString,
		value: shortString,
		threshold: shortString,
	}),
	object<Extract<Stored, { readonly type: 'in' }>>({ type: literal('in'), characters: count, tokens: count }),
);

export class AuditCache {
	/** By key. */
	private readonly fresh = new Map<string, Buffer>();
	private readonly used = new Set<string>();

	private constructor(
		private readonly file: string,
		private readonly version: Buffer,
		private readonly bytes: Buffer,
		/** Start and end of each record in the bytes, by key. */
		private readonly places: ReadonlyMap<string, readonly [start: number, end: number]>,
		private readonly mostBytes: number,
	) {}

	/**
	 * What is not there, is damaged or was judged by other rules counts as empty.
	 * @param file absolute path
	 * @param rules names the rules: with others, nothing that was found earlier holds
	 * @param mostBytes default 128 MB
	 */
	static async open(file: string, rules: string, mostBytes = MOST_BYTES): Promise<AuditCache> {
		const version = sha256(rules);
		const bytes = await readAtMost(file, mostBytes);
		const places = bytes === undefined ? undefined : placesIn(bytes, version);
		return places === undefined || bytes === undefined
			? new AuditCache(file, version, Buffer.alloc(0), new Map(), mostBytes)
			: new AuditCache(file, version, bytes, places, mostBytes);
	}

	/**
	 * @param hash sha256 of the file's bytes, in hexadecimal
	 * @param ending of its name: the language decides with the text
	 */
	get(hash: string, ending: string): Judgement | undefined {
		const key = keyOf(hash, ending);
		const place = this.places.get(key);
		const record = place === undefined ? this.fresh.get(key) : this.bytes.subarray(...place);
		const judgement = record === undefined ? undefined : decoded(record);
		if (judgement !== undefined && place !== undefined) {
			this.used.add(key);
		}
		return judgement;
	}

	set(hash: string, ending: string, judgement: Judgement): void {
		const key = keyOf(hash, ending);
		this.fresh.set(key, encoded(key, judgement));
	}

	/** @throws the error of the disk; what was kept earlier is then intact */
	async save(): Promise<void> {
		if (this.fresh.size === 0) {
			return;
		}
		await fs.mkdir(path.dirname(this.file), { recursive: true });
		await this.removeStale();
		const temporary = `${this.file}.${randomUUID()}.tmp`;
		try {
			const handle = await fs.open(temporary, 'wx', 0o600);
			try {
				const digest = createHash('sha256');
				for (const part of this.parts()) {
					digest.update(part);
					await handle.write(part);
				}
				await handle.write(digest.digest());
				await handle.sync();
			} finally {
				await handle.close();
			}
			await fs.rename(temporary, this.file);
		} catch (error) {
			await fs.rm(temporary, { force: true }).catch(() => undefined);
			throw error;
		}
	}

	/** The head, and as many records as may be kept: those of this audit first. */
	private *parts(): Iterable<Buffer> {
		yield Buffer.concat([MAGIC, this.version]);
		let left = this.mostBytes - HEAD - DIGEST;
		for (const record of this.records()) {
			left -= record.length;
			if (left < 0) {
				return;
			}
			yield record;
		}
	}

	private *records(): Iterable<Buffer> {
		yield* this.fresh.values();
		for (const isUsed of [true, false]) {
			for (const [key, place] of this.places) {
				if (this.used.has(key) === isUsed && !this.fresh.has(key)) {
					yield this.bytes.subarray(...place);
				}
			}
		}
	}

	/** An audit that was ended while it wrote leaves its file behind. */
	private async removeStale(): Promise<void> {
		const folder = path.dirname(this.file);
		const start = `${path.basename(this.file)}.`;
		for (const name of await fs.readdir(folder)) {
			if (name.startsWith(start) && name.endsWith('.tmp')) {
				const file = path.join(folder, name);
				const status = await fs.stat(file).catch(() => undefined);
				if (status !== undefined && Date.now() - status.mtimeMs > STALE) {
					await fs.rm(file, { force: true });
				}
			}
		}
	}
}

async function readAtMost(file: string, most: number): Promise<Buffer | undefined> {
	try {
		return (await fs.stat(file)).size <= most ? await fs.readFile(file) : undefined;
	} catch {
		return undefined;
	}
}

/** Undefined for anything but what `save` has written. */
function placesIn(
	bytes: Buffer,
	version: Buffer,
): ReadonlyMap<string, readonly [start: number, end: number]> | undefined {
	const end = bytes.length - DIGEST;
	if (
		end < HEAD ||
		!bytes.subarray(0, MAGIC.length).equals(MAGIC) ||
		!bytes.subarray(MAGIC.length, HEAD).equals(version) ||
		!sha256(bytes.subarray(0, end)).equals(bytes.subarray(end))
	) {
		return undefined;
	}
	const places = new Map<string, readonly [number, number]>();
	for (let at = HEAD; at < end; ) {
		const json = at + RECORD_HEAD;
		const behind = json <= end ? json + (bytes.readUInt32LE(at + DIGEST) & 0x7fffffff) : end + 1;
		const next = behind + ((bytes[at + DIGEST + 3] ?? 0) >= 0x80 ? DIGEST + SIGNATURE : 0);
		if (next > end) {
			return undefined;
		}
		places.set(bytes.toString('latin1', at, at + DIGEST), [at, next]);
		at = next;
	}
	return places;
}

/** The highest bit of the length says that a print follows the JSON. */
function encoded(key: string, judgement: Judgement): Buffer {
	const { print, ...stored } = judgement.type === 'in' ? judgement : { ...judgement, print: undefined };
	const json = Buffer.from(JSON.stringify(stored));
	const length = Buffer.alloc(4);
	length.writeUInt32LE(print === undefined ? json.length : (json.length | 0x80000000) >>> 0);
	return Buffer.concat([
		Buffer.from(key, 'latin1'),
		length,
		json,
		...(print === undefined
			? []
			: [
					Buffer.from(print.hash, 'hex'),
					Buffer.from(print.signature.buffer, print.signature.byteOffset, SIGNATURE),
				]),
	]);
}

function decoded(record: Buffer): Judgement | undefined {
	const length = record.readUInt32LE(DIGEST) & 0x7fffffff;
	const stored = parseJson(record.toString('utf8', RECORD_HEAD, RECORD_HEAD + length));
	if (!isStored(stored)) {
		return undefined;
	}
	if (stored.type === 'out') {
		return stored;
	}
	const print = record.subarray(RECORD_HEAD + length);
	if (print.length !== DIGEST + SIGNATURE) {
		return undefined;
	}
	// A copy: it starts where numbers may, and the whole file need not stay for it.
	const signature = new Uint32Array(PERMUTATIONS);
	Buffer.from(signature.buffer).set(print.subarray(DIGEST));
	return { ...stored, print: { hash: print.toString('hex', 0, DIGEST), signature } };
}

function keyOf(hash: string, ending: string): string {
	return sha256(`${hash}\0${ending}`).toString('latin1');
}

function sha256(data: string | Uint8Array): Buffer {
	return createHash('sha256').update(data).digest();
}
