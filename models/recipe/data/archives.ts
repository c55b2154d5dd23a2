/** The packages' archives on this disk: fetched once through npm or apt, never run, and checked by their hash. */

import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { promisify } from 'node:util';
import { nameOf, type Source } from './sources';

const run = promisify(execFile);

/** Bytes that npm may say of one package: it lists every file. */
const LARGEST_ANSWER = 64 * 1024 * 1024;

/** How the names of folders begin in which something is made. */
const SCRATCH = 'making-';

/** A package that its registry does not give, or whose archive is another than the list's. */
export class ArchiveError extends Error {
	override readonly name = 'ArchiveError';
	constructor(
		message: string,
		/** Whether the registry does not give it; otherwise it is another than the list's. */
		readonly isGone: boolean,
	) {
		super(message);
	}
}

/** Where the archive lies once it was fetched; other versions lie beside it. */
export function archiveFile(folder: string, source: Pick<Source, 'registry' | 'name' | 'version'>): string {
	const suffix = source.registry === 'npm' ? 'tgz' : 'deb';
	const version = source.version.replaceAll(/[:/]/g, '_');
	return path.join(folder, source.registry, `${source.name.replace('/', '+')}@${version}.${suffix}`);
}

/**
 * The archive's path. It is fetched where it is not there; what is interrupted is fetched again.
 * @param folder absolute; may not exist yet
 * @throws ArchiveError naming the package; an AbortError when cancelled
 */
export async function fetchArchive(
	folder: string,
	source: Source,
	signal: AbortSignal,
	download: typeof downloadArchive = downloadArchive,
): Promise<string> {
	const file = archiveFile(folder, source);
	if (!fs.existsSync(file)) {
		await inScratch(folder, async (scratch) => {
			const fetched = await download(source, scratch, signal);
			check(fetched, source);
			fs.mkdirSync(path.dirname(file), { recursive: true });
			fs.renameSync(fetched, file);
		});
	} else {
		check(file, source);
	}
	return file;
}

/** In an empty folder beside the archives, which is gone afterwards: a rename brings what is whole to its place. */
export async function inScratch<T>(folder: string, work: (scratch: string) => Promise<T>): Promise<T> {
	fs.mkdirSync(folder, { recursive: true });
	const scratch = fs.mkdtempSync(path.join(folder, SCRATCH));
	try {
		return await work(scratch);
	} finally {
		fs.rmSync(scratch, { recursive: true, force: true });
	}
}

/** Removes what killed runs left in the folder, which may not exist. No other run may be at work in it. */
export function sweep(folder: string): void {
	const left = fs.existsSync(folder) ? fs.readdirSync(folder).filter((name) => name.startsWith(SCRATCH)) : [];
	for (const name of left) {
		fs.rmSync(path.join(folder, name), { recursive: true, force: true });
	}
}

/**
 * Fetches one version, or the newest where none is named, through the registry's own client.
 * @param into an empty folder
 * @returns the path of the archive, named by the client
 * @throws ArchiveError where the client has none
 */
export async function downloadArchive(
	source: Pick<Source, 'registry' | 'name'> & { readonly version?: string },
	into: string,
	signal: AbortSignal,
): Promise<string> {
	const { registry, name, version } = source;
	const [program, words] =
		registry === 'npm'
			? (['npm', ['pack', '--silent', '--ignore-scripts', version ? `${name}@${version}` : name]] as const)
			: (['apt-get', ['-qq', 'download', version ? `${name}=${version}` : name]] as const);
	try {
		await run(program, words, { cwd: into, signal, maxBuffer: LARGEST_ANSWER });
	} catch (error) {
		if (signal.aborted) {
			throw error;
		}
		const reason = error instanceof Error ? error.message.trim().split('\n').slice(0, 4).join(' ') : '';
		throw new ArchiveError(
			`${version ? `${name}@${version}` : name} cannot be had from ${registry}: ${reason} If it is gone for good, --skip-missing goes on without it; the corpus is another then.`,
			true,
		);
	}
	const [file] = fs.readdirSync(into);
	if (file === undefined) {
		throw new ArchiveError(`${registry} gave nothing for ${name}.`, true);
	}
	return path.join(into, file);
}

/** As npm writes it. */
export function integrityOf(file: string, algorithm: 'sha512' | 'sha256'): string {
	return `${algorithm}-${createHash(algorithm).update(fs.readFileSync(file)).digest('base64')}`;
}

function check(file: string, source: Source): void {
	const algorithm = source.integrity.startsWith('sha256-') ? 'sha256' : 'sha512';
	const found = integrityOf(file, algorithm);
	if (found !== source.integrity) {
		throw new ArchiveError(
			`The archive of ${nameOf(source)} is not the one that models/sources.json names: its hash is ${found}, not ${source.integrity}. Delete ${file} if it was damaged; if the registry has changed it, take the package off the list or give --skip-missing.`,
			false,
		);
	}
}
