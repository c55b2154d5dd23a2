/** The held-out packages of test/bench/holdout.json as texts to measure: the same bytes for every model and every peer. */

import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import * as fs from 'node:fs/promises';
import * as path from 'node:path';
import { promisify } from 'node:util';
import { type Random, randomFrom, seedFor } from '../../../src/finetune/training/random';
import { exists } from '../../../src/inference/exists';
import holdout from '../../../test/bench/holdout.json';
import { LANGUAGES } from '../document';

const run = promisify(execFile);

export interface HeldOutFile {
	readonly package: string;
	/** As holdout.json has it: more than the starter learns. */
	readonly language: string;
	/** Within the package, with `/`. */
	readonly path: string;
	/** All of it, with `\n` as line end. */
	readonly text: string;
	/** Characters from its start that are measured: less than all where the package's share ends. */
	readonly measured: number;
}

/** The languages that the figure in front is made of. */
export const HEADLINE: readonly string[] = ['typescript', 'javascript'];

/** Most bytes of a package that are measured. */
export interface Shares {
	/** Of a language that the starter learns. */
	readonly learned: number;
	readonly other: number;
}

/** Minutes, not hours. */
export const SHARES: Shares = { learned: 64 << 10, other: 16 << 10 };
export const EVERYTHING: Shares = { learned: Number.POSITIVE_INFINITY, other: Number.POSITIVE_INFINITY };
/** Of the choice of files, whatever the model. */
const SEED = 1;

/**
 * Fetches the packages through `holdout.mjs`, which checks their hashes, unless the folder has them from before.
 * @param folder absolute; one folder below it is filled.
 * @throws Error with what npm or apt said, or an AbortError.
 */
export async function heldOutFiles(
	folder: string,
	root: string,
	shares: Shares,
	signal: AbortSignal,
): Promise<readonly HeldOutFile[]> {
	const version = createHash('sha256').update(JSON.stringify(holdout)).digest('hex').slice(0, 16);
	const sources = path.join(folder, `holdout-${version}`);
	if (!(await exists(sources))) {
		const unfinished = `${sources}.${process.pid}`;
		await fs.mkdir(unfinished, { recursive: true });
		try {
			await run(process.execPath, [path.join(root, 'test/bench/holdout.mjs'), unfinished], { signal });
			await fs.rename(unfinished, sources).catch(async (error: unknown) => {
				// Another evaluation was first: it has the same.
				if (!(await exists(sources))) {
					throw error;
				}
			});
		} finally {
			await fs.rm(unfinished, { recursive: true, force: true });
		}
	}
	const all: HeldOutFile[] = [];
	for (const { name, language } of holdout.packages) {
		const files = await textsBelow(path.join(sources, name));
		const isLearned = LANGUAGES.some((learned) => learned === language);
		const sample = sampleFiles(
			files,
			isLearned ? shares.learned : shares.other,
			randomFrom(seedFor(SEED, name)),
		);
		all.push(...sample.map((file) => ({ ...file, package: name, language })));
	}
	return all;
}

export function measuredText({ text, measured }: HeldOutFile): string {
	return text.slice(0, measured);
}

/** UTF-8 bytes that are measured. */
export function measuredBytes(files: readonly HeldOutFile[]): number {
	return files.reduce((sum, file) => sum + Buffer.byteLength(measuredText(file)), 0);
}

/** What tells one choice of bytes from another. */
export function fingerprintOf(files: readonly HeldOutFile[]): string {
	const hash = createHash('sha256');
	for (const file of files) {
		hash.update(`${file.package}/${file.path}\0${file.measured}\0${file.text}\0`);
	}
	return hash.digest('hex');
}

type SampledFile = Pick<HeldOutFile, 'path' | 'text' | 'measured'>;

/** Whole files drawn until they have `most` bytes; the last is measured up to the end of a line. In the order given. */
export function sampleFiles(
	files: readonly Pick<HeldOutFile, 'path' | 'text'>[],
	most: number,
	random: Random,
): readonly SampledFile[] {
	const left = files.map((_, index) => index);
	const measured = new Map<number, number>();
	for (let room = most; left.length > 0 && room > 0; ) {
		const [index] = left.splice(Math.floor(random.next() * left.length), 1);
		const text = index === undefined ? '' : (files[index]?.text ?? '');
		const part = wholeLines(text, room);
		room -= part < text.length ? room : Buffer.byteLength(text);
		if (index !== undefined && part > 0) {
			measured.set(index, part);
		}
	}
	return files.flatMap((file, index) => {
		const characters = measured.get(index);
		return characters === undefined ? [] : [{ path: file.path, text: file.text, measured: characters }];
	});
}

/** Characters of the text, or of as many of its lines as `most` bytes hold. */
function wholeLines(text: string, most: number): number {
	const bytes = Buffer.from(text);
	if (bytes.length <= most) {
		return text.length;
	}
	const end = bytes.lastIndexOf('\n', most - 1) + 1;
	return bytes.toString('utf8', 0, end).length;
}

async function textsBelow(folder: string): Promise<readonly Pick<HeldOutFile, 'path' | 'text'>[]> {
	const entries = await fs.readdir(folder, { recursive: true, withFileTypes: true });
	const paths = entries
		.filter((entry) => entry.isFile())
		.map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)).replaceAll('\\', '/'))
		.sort();
	return Promise.all(
		paths.map(async (file) => ({
			path: file,
			text: (await fs.readFile(path.join(folder, file), 'utf8')).replaceAll('\r\n', '\n'),
		})),
	);
}
