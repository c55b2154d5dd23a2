/** What tells the weights of one model from those of another: a hash of its tensors, remembered by file. */

import * as crypto from 'node:crypto';
import * as fs from 'node:fs/promises';
import * as path from 'node:path';
import { throwIfAborted } from '../cancel';
import { type FileIdentity, fileIdentity, isSameFile } from '../fileIdentity';
import { partsOf } from '../modelFile';
import { isRecord } from '../record';
import { writeWhole } from '../wholeFile';
import { object, shortString } from '../wire/shapes';
import { readGguf } from './gguf';
import { withGgufFile } from './regularFile';

/** Bytes that are read and hashed between two turns of the event loop: some milliseconds. */
const PIECE = 1 << 20;

/** Most models that are remembered. */
const MOST_REMEMBERED = 64;

interface Remembered extends FileIdentity {
	readonly hash: string;
}

const isRemembered = object<Remembered>({
	size: shortString,
	mtime: shortString,
	inode: shortString,
	hash: (value): value is string => typeof value === 'string' && /^[0-9a-f]{64}$/.test(value),
});

/**
 * sha256, in hexadecimal, of a model's tensor data: all bytes from the data's offset to the end of the file. The
 * name, the chat template and other metadata may change without it. Of a model in several parts it is the hash of
 * the parts' hashes. Reads the file at most once for each state of it: what `cacheFolder` remembers is trusted
 * while size, time and inode are the same.
 *
 * @param file absolute path of the model; of its first part, where it has several.
 * @param onProgress gets fractions from 0 to 1, of each part.
 * @throws AbortError when the signal fires; FileFault or GgufError for a file that is no model; Error for one that
 * changes while it is read.
 */
export async function fingerprint(
	file: string,
	cacheFolder: string,
	signal: AbortSignal,
	onProgress: (fraction: number) => void = () => undefined,
): Promise<string> {
	const parts = partsOf(file);
	if (parts === undefined) {
		return fingerprintOfFile(file, cacheFolder, signal, onProgress);
	}
	const all = crypto.createHash('sha256');
	for (const part of parts) {
		all.update(await fingerprintOfFile(part, cacheFolder, signal, onProgress));
	}
	return all.digest('hex');
}

async function fingerprintOfFile(
	file: string,
	cacheFolder: string,
	signal: AbortSignal,
	onProgress: (fraction: number) => void,
): Promise<string> {
	throwIfAborted(signal);
	const before = await fileIdentity(file).catch(() => undefined);
	const cacheFile = path.join(cacheFolder, 'fingerprints.json');
	const known = (await readCache(cacheFile)).get(file);
	if (before !== undefined && known !== undefined && isSameFile(known, before)) {
		onProgress(1);
		return known.hash;
	}
	const hash = await hashTensors(file, signal, onProgress);
	const identity = await fileIdentity(file);
	if (before === undefined || !isSameFile(before, identity)) {
		throw new Error(
			`${path.basename(file)} changed while it was read. Wait until it is complete, then try again.`,
		);
	}
	// A cache that cannot be written costs time at the next start, nothing else.
	await remember(cacheFile, file, { ...identity, hash }).catch(() => undefined);
	return hash;
}

function hashTensors(
	file: string,
	signal: AbortSignal,
	onProgress: (fraction: number) => void,
): Promise<string> {
	return withGgufFile(file, async (handle, bytes) => {
		const { dataStart } = readGguf(handle.fd, bytes);
		const hash = crypto.createHash('sha256');
		const piece = Buffer.allocUnsafe(PIECE);
		for (let at = dataStart; at < bytes; ) {
			const { bytesRead } = await handle.read(piece, 0, PIECE, at);
			if (bytesRead === 0) {
				// It has become shorter; the caller notices.
				break;
			}
			hash.update(piece.subarray(0, bytesRead));
			at += bytesRead;
			onProgress(at / bytes);
			throwIfAborted(signal);
		}
		return hash.digest('hex');
	});
}

/** What is remembered by path. A cache that is missing, damaged or of another kind is empty. */
async function readCache(cacheFile: string): Promise<Map<string, Remembered>> {
	const known = new Map<string, Remembered>();
	try {
		const content: unknown = JSON.parse(await fs.readFile(cacheFile, 'utf8'));
		for (const [file, entry] of isRecord(content) ? Object.entries(content) : []) {
			if (isRemembered(entry)) {
				known.set(file, entry);
			}
		}
	} catch {
		// It will be written again.
	}
	return known;
}

/** Another process may write at the same time: then one of the two entries is lost, and no more. */
async function remember(cacheFile: string, file: string, entry: Remembered): Promise<void> {
	const known = await readCache(cacheFile);
	known.delete(file);
	known.set(file, entry);
	const content = JSON.stringify(Object.fromEntries([...known].slice(-MOST_REMEMBERED)), undefined, '\t');
	await fs.mkdir(path.dirname(cacheFile), { recursive: true });
	await writeWhole(cacheFile, content);
}
