/** The text of a workspace file as it is searched: what a person wrote, of ordinary size, and really in its folder. */

import * as fs from 'node:fs/promises';
import { isCodeFile, machineMadeByText } from '../../inference/machineMade';
import { decodeText, readPlainFile } from '../../inference/plainFile';
import { type Digest, PLACE } from './digest';

/** Bytes; larger files are data, or generated. */
const LARGEST_FILE = 400_000;
/** Characters of a chunk as it is given out. */
const LONGEST_CHUNK = 8_000;

export interface ChunkText {
	/** From 1. */
	readonly firstLine: number;
	readonly lastLine: number;
	readonly text: string;
}

/** Undefined where the file is none that is searched. */
export async function readText(file: string, folder: string): Promise<string | undefined> {
	const realFolder = await fs.realpath(folder).catch(() => folder);
	const read = await readPlainFile(file, realFolder, (bytes) => (bytes > LARGEST_FILE ? 'size' : undefined));
	const decoded = read.type === 'read' ? decodeText(read.bytes) : undefined;
	if (decoded?.type !== 'text') {
		return undefined;
	}
	const { text } = decoded;
	// Prose has a paragraph a line.
	return isCodeFile(file) && machineMadeByText(text, text.split('\n')) !== undefined ? undefined : text;
}

/** Undefined where there is no such file. */
export async function statusOf(
	file: string,
): Promise<{ readonly size: number; readonly modified: number } | undefined> {
	try {
		const { size, mtimeMs } = await fs.lstat(file);
		return { size, modified: mtimeMs };
	} catch {
		return undefined;
	}
}

/** Those of the files that are there. */
export async function existing(files: readonly string[]): Promise<readonly string[]> {
	const found: string[] = [];
	for (const file of files) {
		if ((await statusOf(file)) !== undefined) {
			found.push(file);
		}
	}
	return found;
}

/** @param lines of the whole file, as it was digested */
export function chunkOf(lines: readonly string[], { places }: Digest, chunk: number): ChunkText {
	const firstLine = places[chunk * PLACE] ?? 1;
	const lastLine = places[chunk * PLACE + 1] ?? firstLine;
	const text = lines.slice(firstLine - 1, lastLine).join('\n');
	return { firstLine, lastLine, text: text.slice(0, LONGEST_CHUNK) };
}
