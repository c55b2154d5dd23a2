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
import { Part } from './part';

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
 * @returns absolute path of the copy.
 * @throws DownloadFailure, or an AbortError; nothing is left of the copy then.
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
	const target = (file: string) => library.pathOf(record, { name: path.basename(file) });
	if ((await library.list()).some((stored) => stored.isComplete && stored.path === target(first))) {
		throw new DownloadFailure(
			translate(
				'A model with the name {0} was imported before. Delete that first, or give the file another name.',
				name,
			),
			'final',
		);
	}
	await library.keep(record);
	try {
		await requireSpace(disk, target(first), total, translate);
		const files: RecordedFile[] = [];
		let before = 0;
		for (const [index, source] of sources.entries()) {
			const bytes = sizes[index] ?? 0;
			const sha256 = await whileLocked(
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
			);
			files.push({ name: path.basename(source), address: undefined, bytes, sha256 });
			before += bytes;
		}
		await library.keep({ ...record, files });
		return target(first);
	} catch (error) {
		const begun = { record, path: target(first), bytes: 0, total, isComplete: false };
		await library.remove(begun).catch(() => undefined);
		throw error;
	}
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
			await part.publish();
			return sha256;
		} finally {
			await part.close();
		}
	} finally {
		await from.close();
	}
}
