/** What an archive says of itself, and so what models/sources.json has of it: version, licence and hash. */

import { execFile } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { promisify } from 'node:util';
import { isRecord } from '../../../src/inference/record';
import { archiveFile, downloadArchive, inScratch, integrityOf } from './archives';
import type { Fetched } from './corpus';
import { debianLicence, npmLicence } from './licence';
import { isAllowed, type Registry, type Source } from './sources';
import { rootOf, unpack } from './unpack';

const run = promisify(execFile);

/**
 * Fetches a package that the list does not have yet; its archive lies among the others then.
 * @param word `NAME` or `NAME@VERSION` of npm, `debian:NAME` of Debian; the newest version where none is named
 * @throws Error saying why it cannot be on the list: gone, its licence, or made for one processor
 */
export async function resolve(folder: string, word: string, signal: AbortSignal): Promise<Fetched> {
	const registry: Registry = word.startsWith('debian:') ? 'debian' : 'npm';
	const [, name = word, version] = /^(@?[^@]+)(?:@(.+))?$/.exec(word.replace(/^debian:/, '')) ?? [];
	return inScratch(folder, async (scratch) => {
		const named = { registry, name, ...(version === undefined ? {} : { version }) };
		const archive = await downloadArchive(named, scratch, signal);
		const source = await describe(registry, name, archive, signal);
		const file = archiveFile(folder, source);
		fs.mkdirSync(path.dirname(file), { recursive: true });
		fs.renameSync(archive, file);
		return { source, archive: file };
	});
}

/** @throws Error naming the package and what keeps it off the list */
export async function describe(
	registry: Registry,
	name: string,
	archive: string,
	signal: AbortSignal,
): Promise<Source> {
	return inScratch(path.dirname(archive), async (scratch) => {
		await unpack(registry, archive, scratch, signal);
		const version = registry === 'npm' ? npmVersion(scratch) : await debianVersion(name, archive, signal);
		const licence =
			registry === 'npm' ? npmLicence(manifest(scratch)) : debianLicence(copyright(name, scratch));
		if (licence === undefined || !isAllowed(licence)) {
			throw new Error(`${name} states ${licence ?? 'no licence of the list for all of its files'}.`);
		}
		const integrity = integrityOf(archive, registry === 'npm' ? 'sha512' : 'sha256');
		return { registry, name, version, licence, integrity };
	});
}

function manifest(unpacked: string): string {
	return fs.readFileSync(path.join(rootOf('npm', unpacked), 'package.json'), 'utf8');
}

function npmVersion(unpacked: string): string {
	const value: unknown = JSON.parse(manifest(unpacked));
	const version = isRecord(value) ? value['version'] : undefined;
	return typeof version === 'string' ? version : '';
}

/** Archives for one processor are not the same on another. */
async function debianVersion(name: string, archive: string, signal: AbortSignal): Promise<string> {
	const words = ['-f', archive, 'Version', 'Architecture'];
	const { stdout } = await run('dpkg-deb', words, { signal });
	if (/^Architecture: all$/m.exec(stdout) === null) {
		throw new Error(`${name} is made for one processor.`);
	}
	return /^Version: (.+)$/m.exec(stdout)?.[1] ?? '';
}

/** Empty where the package has none of its own. */
function copyright(name: string, unpacked: string): string {
	const file = path.join(unpacked, 'usr/share/doc', name, 'copyright');
	return fs.existsSync(file) ? fs.readFileSync(file, 'utf8') : '';
}
