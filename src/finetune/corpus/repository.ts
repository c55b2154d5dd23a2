/** What the local Git knows of a repository: its tracked files, their attributes, when they changed, and where its root is. */

import * as fs from 'node:fs';
import * as path from 'node:path';
import { messageOf } from '../../inference/failure';
import { runGit } from '../../inference/git';
import type { Repository } from './verdict';

/** What `.gitattributes` says that a reader of code must know, as GitHub's linguist has it. */
export const ATTRIBUTES = ['linguist-generated', 'linguist-vendored'] as const;
export type Attribute = (typeof ATTRIBUTES)[number];

/** Commits, the newest first, that are asked when files changed: older changes count as equally old. */
const MOST_COMMITS = 2_000;
/** Files whose attributes are asked for at once: Git names each of them twice, and may not say too much. */
const MOST_ASKED = 50_000;
/** Git's mode of a commit of another repository. */
const SUBMODULE = '160000';

/** Git is missing, the folder cannot be read, or what it says to leave out cannot be read. */
export class RepositoryError extends Error {
	override readonly name = 'RepositoryError';
}

interface Tracked {
	/** Relative to the folder, with `/`, in Git's order. */
	readonly files: readonly string[];
	/** Those of them that stand for another repository. */
	readonly submodules: ReadonlySet<string>;
}

/** Whether the folder, or one above it, is a repository: if so, what Git says of it counts, also that it cannot read it. */
export function hasGit(folder: string): boolean {
	for (let at = path.resolve(folder); ; at = path.dirname(at)) {
		if (fs.existsSync(path.join(at, '.git'))) {
			return true;
		}
		if (path.dirname(at) === at) {
			return false;
		}
	}
}

/**
 * Paths that Git tracks below the folder.
 * @throws RepositoryError naming the folder, the reason and the remedy
 */
export async function trackedFiles(repository: Repository, signal: AbortSignal): Promise<Tracked> {
	const listing = await git(repository, ['ls-files', '-z', '--cached', '--stage'], undefined, signal);
	// A path in conflict stands there once for each side.
	const files = new Set<string>();
	const submodules = new Set<string>();
	for (const entry of listing.split('\0')) {
		const name = entry.slice(entry.indexOf('\t') + 1);
		if (name !== '') {
			files.add(name);
			if (entry.startsWith(SUBMODULE)) {
				submodules.add(name);
			}
		}
	}
	return { files: [...files], submodules };
}

/** The repository's root, absolute, and the folder's path below it: empty, or ending in `/`. */
export async function rootOf(
	repository: Repository,
	signal: AbortSignal,
): Promise<{ readonly root: string; readonly prefix: string }> {
	const lines = await git(repository, ['rev-parse', '--show-prefix', '--show-cdup'], undefined, signal);
	const [prefix = '', up = ''] = lines.split('\n');
	return { root: path.join(repository.folder, up), prefix };
}

/** The first attribute that is set on each file that has one. */
export async function attributesOf(
	repository: Repository,
	files: readonly string[],
	signal: AbortSignal,
): Promise<ReadonlyMap<string, Attribute>> {
	const found = new Map<string, Attribute>();
	const words = ['check-attr', '-z', '--stdin', ...ATTRIBUTES];
	for (let start = 0; start < files.length; start += MOST_ASKED) {
		const asked = files.slice(start, start + MOST_ASKED).join('\0');
		const fields = (await git(repository, words, asked, signal)).split('\0');
		for (let index = 0; index + 2 < fields.length; index += 3) {
			const [file = '', name, value] = fields.slice(index, index + 3);
			const attribute = ATTRIBUTES.find((known) => known === name);
			if (attribute !== undefined && (value === 'set' || value === 'true') && !found.has(file)) {
				found.set(file, attribute);
			}
		}
	}
	return found;
}

/** Seconds since 1970 of the newest commit that changed each file; none for those that long have not, or that Git cannot tell. */
export async function changeTimes(
	repository: Repository,
	signal: AbortSignal,
): Promise<ReadonlyMap<string, number>> {
	const times = new Map<string, number>();
	const words = [
		'log',
		`-n${MOST_COMMITS}`,
		'--no-renames',
		'--relative',
		'--name-only',
		'-z',
		'--format=%x01%ct',
	];
	let log = '';
	try {
		log = await git(repository, [...words, '--', '.'], undefined, signal);
	} catch (error) {
		// Which of two equals is kept is a nicety: without it, the first is.
		if (signal.aborted) {
			throw error;
		}
	}
	let time = 0;
	for (const part of log.split(/[\0\n]/)) {
		if (part.startsWith('\x01')) {
			time = Number(part.slice(1));
		} else if (part !== '' && !times.has(part)) {
			times.set(part, time);
		}
	}
	return times;
}

async function git(
	{ folder, gitPath }: Repository,
	words: readonly string[],
	input: string | undefined,
	signal: AbortSignal,
): Promise<string> {
	const refuse = (reason: string): never => {
		throw new RepositoryError(
			`Git cannot list the files of ${folder}: ${reason}. Open a folder that Git can read, or set git.path.`,
		);
	};
	try {
		const { status, stdout, stderr } = await runGit(gitPath, folder, words, input, signal);
		return status === 0
			? stdout
			: refuse(stderr.trim() === '' ? `it ended with code ${status}` : stderr.trim());
	} catch (error) {
		if (signal.aborted || error instanceof RepositoryError) {
			throw error;
		}
		return refuse(messageOf(error));
	}
}
