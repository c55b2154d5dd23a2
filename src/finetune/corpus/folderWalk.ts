/** The files of a folder without Git: those that its ignore files would leave to Git, with what its attribute files say. */

import type { Dirent } from 'node:fs';
import * as fs from 'node:fs/promises';
import * as path from 'node:path';
import ignore from 'ignore';
import { throwIfAborted } from '../../inference/cancel';
import { codeOf, messageOf } from '../../inference/failure';
import { vendoredFolder } from '../../inference/machineMade';
import { type AttributeLines, attributeLines, attributeOf } from './attributesFile';
import { type Attribute, RepositoryError } from './repository';

/** More files than this are no project, but a home folder or a whole disk. */
const MOST_FILES = 200_000;
/** Folders in folders: links are not followed, so that only a mistake goes deeper. */
const DEEPEST = 100;

interface Walked {
	/** Relative to the folder, with `/`, folder by folder; a folder that is not gone into ends in `/`. */
	readonly files: readonly string[];
	/** Those of them that stand for another repository. */
	readonly submodules: ReadonlySet<string>;
	/** Why nobody knows what lies in a folder, by the folder. */
	readonly unreadable: ReadonlyMap<string, string>;
	readonly attributes: ReadonlyMap<string, Attribute>;
}

/** A folder that the walk is in, with what speaks about its files. */
interface Place {
	/** Below the walked folder: empty, or ending in `/`. */
	readonly prefix: string;
	/** In the order of their names, so that two walks give the same. */
	readonly entries: readonly Dirent[];
	readonly rules: ignore.Ignore;
	readonly lines: AttributeLines;
	readonly parent: Place | undefined;
	readonly depth: number;
}

/** @throws RepositoryError where the folder cannot be read or holds too much; an AbortError */
export async function walkFolder(folder: string, signal: AbortSignal): Promise<Walked> {
	const files: string[] = [];
	const submodules = new Set<string>();
	const unreadable = new Map<string, string>();
	const attributes = new Map<string, Attribute>();
	const first = await placeOf(folder, '', undefined);
	if (typeof first === 'string') {
		throw new RepositoryError(`${folder} ${first}. Make it readable, or close it.`);
	}
	const waiting = [first];
	for (let place = waiting.pop(); place !== undefined; place = waiting.pop()) {
		throwIfAborted(signal);
		const below: Place[] = [];
		for (const entry of place.entries) {
			const name = place.prefix + entry.name;
			const isFolder = entry.isDirectory();
			if (entry.name === '.git' || isIgnored(place, isFolder ? `${name}/` : name)) {
				continue;
			}
			if (!isFolder) {
				files.push(name);
				const attribute = attributeOf(linesFor(place, name));
				if (attribute !== undefined) {
					attributes.set(name, attribute);
				}
			} else if (await isRepository(path.join(folder, name))) {
				files.push(`${name}/`);
				submodules.add(`${name}/`);
			} else if (vendoredFolder(`${name}/`) !== undefined) {
				files.push(`${name}/`);
			} else {
				const found =
					place.depth < DEEPEST
						? await placeOf(folder, `${name}/`, place)
						: `is more than ${DEEPEST} folders deep`;
				if (typeof found !== 'string') {
					below.push(found);
				} else if (found !== MISSING) {
					files.push(`${name}/`);
					unreadable.set(`${name}/`, found);
				}
			}
		}
		if (files.length > MOST_FILES) {
			throw new RepositoryError(
				`${folder} holds more than ${MOST_FILES} files, and no Git says which of them matter. Open the folder of a project, or make it a Git repository.`,
			);
		}
		waiting.push(...below.reverse());
	}
	return { files, submodules, unreadable, attributes };
}

/** Vanished meanwhile. */
const MISSING = 'is missing';

/**
 * What the folder holds and says, or why it cannot be read.
 * @throws RepositoryError for a file with rules that cannot be read: going on would pass over what it leaves out
 */
async function placeOf(folder: string, prefix: string, parent: Place | undefined): Promise<Place | string> {
	const at = path.join(folder, prefix);
	let entries: Dirent[];
	try {
		entries = await fs.readdir(at, { withFileTypes: true });
	} catch (error) {
		const code = codeOf(error);
		return code === 'ENOENT' ? MISSING : `could not be read (${code ?? messageOf(error)})`;
	}
	const textOf = async (name: string) => {
		const entry = entries.find((one) => one.name === name);
		// Nobody writes rules into a pipe, and reading one may never end.
		const isNone = entry === undefined || entry.isFIFO() || entry.isSocket();
		return isNone ? '' : await linesOf(path.join(at, name));
	};
	return {
		prefix,
		entries: entries.sort((one, other) => (one.name < other.name ? -1 : 1)),
		rules: ignore({ ignorecase: false }).add(await textOf('.gitignore')),
		lines: attributeLines(await textOf('.gitattributes')),
		parent,
		depth: parent === undefined ? 0 : parent.depth + 1,
	};
}

/** @throws RepositoryError for a file that cannot be read: going on would pass over what it leaves out */
async function linesOf(file: string): Promise<string> {
	try {
		return await fs.readFile(file, 'utf8');
	} catch (error) {
		if (codeOf(error) === 'ENOENT') {
			return '';
		}
		throw new RepositoryError(
			`${file} says what to leave out, and it cannot be read: ${messageOf(error)}. Make it readable, or delete it.`,
		);
	}
}

async function isRepository(folder: string): Promise<boolean> {
	return fs.lstat(path.join(folder, '.git')).then(
		() => true,
		() => false,
	);
}

/** By the nearest folder whose lines speak of it, as Git has it. */
function isIgnored(place: Place, name: string): boolean {
	for (let at: Place | undefined = place; at !== undefined; at = at.parent) {
		const { ignored, unignored } = at.rules.test(name.slice(at.prefix.length));
		if (ignored || unignored) {
			return ignored;
		}
	}
	return false;
}

function linesFor(place: Place, name: string) {
	const places = [];
	for (let at: Place | undefined = place; at !== undefined; at = at.parent) {
		if (at.lines.length > 0) {
			places.unshift({ lines: at.lines, path: name.slice(at.prefix.length) });
		}
	}
	return places;
}
