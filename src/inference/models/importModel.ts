/** Takes a model from a disk into Familiar's own folder, without any network. */

import * as fs from 'node:fs/promises';
import * as path from 'node:path';
import { throwIfAborted } from '../cancel';
import { isFirstPart, modelFileFacts, partNames } from '../modelFile';
import type { Translate } from '../statusText';
import { type Disk, requireSpace } from './disk';
import { DownloadFailure } from './failure';
import { whileLocked } from './fileLock';
import type { Library, ModelRecord, RecordedFile } from './library';
import { isModelFileName } from './names';
import { Part, sha256Of } from './part';

const CHUNK = 1024 * 1024;

interface ImportTools {
	readonly disk: Disk;
	readonly translate: Translate;
	readonly library: Library;
}

/** Paths of the models in a folder, or of the one that a file belongs to: of each its first part, sorted. */
export async function modelsIn(source: string): Promise<readonly string[]> {
	if ((await fs.stat(source)).isDirectory()) {
		return (await fs.readdir(source))
			.filter((name) => isModelFileName(name) && isFirstPart(name))
			.sort()
			.map((name) => path.join(source, name));
	}
	const [first = path.basename(source)] = partNames(path.basename(source)) ?? [];
	return [path.join(path.dirname(source), first)];
}

/**
 * @param first absolute path of a model's only file, or of its first part.
 * @param onBytes how many of how many are there.
 * @returns absolute path of the copy. A file that lies there and is the same is taken for it.
 * @throws DownloadFailure, also where another file of this name is there, or an AbortError; nothing is left of the copy
 * then, and all that was there before is.
 */
export async function importModel(
	first: string,
	{ disk, translate, library }: ImportTools,
	onBytes: (bytes: number, total: number) => void,
	signal: AbortSignal,
): Promise<string> {
	const name = path.basename(first);
	const names = partNames(name) ?? [name];
	const sources = names.map((one) => path.join(path.dirname(first), one));
	const sizes: number[] = [];
	for (const source of sources) {
		const facts = await modelFileFacts(source);
		if (!isModelFileName(path.basename(source)) || facts.type !== 'file' || !facts.startsAsGguf) {
			throw new DownloadFailure(
				translate(
					'{0} is not a GGUF file, or is missing. A model in several parts needs all of them in one folder, under their own names.',
					source,
				),
				'final',
			);
		}
		sizes.push(facts.bytes);
	}
	const total = sizes.reduce((sum, size) => sum + size, 0);
	const record: ModelRecord = {
		name: path.basename(name, path.extname(name)),
		origin: 'imported',
		licence: undefined,
		roles: ['completion', 'chat'],
		files: names.map((one) => ({ name: one, address: undefined, bytes: undefined, sha256: undefined })),
	};
	const target = (source: string) => library.pathOf(record, { name: path.basename(source) });
	const stored = await library.list();
	const earlier = stored.find(({ path: file }) => isSameName(file, target(first)));
	if (earlier?.isComplete === true) {
		throw isThere(target(first), translate);
	}
	// What lies there belongs to the user: it is neither written over nor deleted, but may be this very file.
	const present = new Map<string, string>();
	for (const [index, source] of sources.entries()) {
		const there = await namesake(target(source));
		if (there === undefined) {
			continue;
		}
		const hash = await sameHash(there, source, sizes[index] ?? 0, signal);
		if (path.basename(there) !== path.basename(source) || hash === undefined) {
			throw isThere(there, translate);
		}
		present.set(source, hash);
	}
	const made: string[] = [];
	await library.keep(record);
	try {
		const missing =
			total - sizes.reduce((sum, size, index) => sum + (present.has(sources[index] ?? '') ? size : 0), 0);
		await requireSpace(disk, target(first), missing, translate);
		const files: RecordedFile[] = [];
		let before = 0;
		for (const [index, source] of sources.entries()) {
			const bytes = sizes[index] ?? 0;
			const sha256 =
				present.get(source) ??
				(await whileLocked(
					target(source),
					async () => undefined,
					() =>
						copy(
							source,
							target(source),
							bytes,
							{ disk, translate },
							(done) => onBytes(before + done, total),
							signal,
						),
					signal,
				));
			if (!present.has(source)) {
				made.push(target(source));
			}
			files.push({ name: path.basename(source), address: undefined, bytes, sha256 });
			before += bytes;
			onBytes(before, total);
		}
		throwIfAborted(signal);
		await library.keep({ ...record, files });
		return target(first);
	} catch (error) {
		for (const file of made) {
			await fs.rm(file, { force: true }).catch(() => undefined);
		}
		// Of an earlier import that was interrupted, the list still shows what is left.
		if (earlier === undefined || present.size === 0) {
			await library.forget(record).catch(() => undefined);
		}
		throw error;
	}
}

/** Path of what has this name already, in whatever letters: small and capital ones are the same on many disks. */
async function namesake(file: string): Promise<string | undefined> {
	const names = await fs.readdir(path.dirname(file)).catch((): string[] => []);
	const base = path.basename(file);
	const name = names.includes(base) ? base : names.find((one) => isSameName(one, base));
	return name === undefined ? undefined : path.join(path.dirname(file), name);
}

function isSameName(one: string, other: string): boolean {
	return one.toLowerCase() === other.toLowerCase();
}

/** The hash of both files; undefined where they differ, or where there is more than a file. */
async function sameHash(
	one: string,
	other: string,
	bytes: number,
	signal: AbortSignal,
): Promise<string | undefined> {
	const status = await fs.lstat(one);
	if (!status.isFile() || status.size !== bytes) {
		return undefined;
	}
	const hash = await sha256Of(one, signal);
	return hash === (await sha256Of(other, signal)) ? hash : undefined;
}

function isThere(file: string, translate: Translate): DownloadFailure {
	return new DownloadFailure(
		translate(
			'{0} is in {1}, where models are imported to, already. Delete that first, or import the file under another name.',
			path.basename(file),
			path.dirname(file),
		),
		'final',
	);
}

/** @returns the hash of what was copied. */
async function copy(
	source: string,
	target: string,
	bytes: number,
	{ disk, translate }: Pick<ImportTools, 'disk' | 'translate'>,
	onBytes: (bytes: number) => void,
	signal: AbortSignal,
): Promise<string> {
	const from = await fs.open(source, 'r');
	try {
		const part = await Part.open(
			target,
			{ address: `file:${source}`, bytes, sha256: undefined },
			{ disk, translate, onCheck: () => undefined },
			signal,
		);
		try {
			const buffer = Buffer.alloc(CHUNK);
			for (let read = 1; read > 0; ) {
				throwIfAborted(signal);
				({ bytesRead: read } = await from.read(buffer, 0, CHUNK, part.bytes));
				await part.write(buffer.subarray(0, read));
				onBytes(part.bytes);
			}
			if (part.bytes !== bytes) {
				throw new DownloadFailure(
					translate('{0} changed while it was copied. Import it when it is whole.', source),
					'final',
				);
			}
			const sha256 = part.digest();
			const there = await namesake(target);
			if (there !== undefined) {
				throw isThere(there, translate);
			}
			await part.publish();
			return sha256;
		} catch (error) {
			await part.discard();
			throw error;
		}
	} finally {
		await from.close();
	}
}
