/** What the local Git knows of a repository: its tracked files, their attributes, and where its root is. */

import * as path from 'node:path';
import { messageOf } from '../../inference/failure';
import { runGit } from '../../inference/git';
import type { Repository } from './verdict';

/** What `.gitattributes` says that a reader of code must know, as GitHub's linguist has it. */
const ATTRIBUTES = ['linguist-generated', 'linguist-vendored'] as const;
export type Attribute = (typeof ATTRIBUTES)[number];

/** Git is missing, the folder is no repository, or what it says to leave out cannot be read. */
export class RepositoryError extends Error {
	override readonly name = 'RepositoryError';
}

/**
 * Paths that Git tracks below the folder, relative to it, with `/`.
 * @throws RepositoryError naming the folder, the reason and the remedy
 */
export async function trackedFiles(repository: Repository, signal: AbortSignal): Promise<string[]> {
	const listing = await git(repository, ['ls-files', '-z', '--cached'], undefined, signal);
	// A path in conflict stands there once for each side.
	return [...new Set(listing.split('\0').filter((name) => name !== ''))];
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
	if (files.length === 0) {
		return found;
	}
	const words = ['check-attr', '-z', '--stdin', ...ATTRIBUTES];
	const fields = (await git(repository, words, files.join('\0'), signal)).split('\0');
	for (let index = 0; index + 2 < fields.length; index += 3) {
		const [file = '', name, value] = fields.slice(index, index + 3);
		const attribute = ATTRIBUTES.find((known) => known === name);
		if (attribute !== undefined && (value === 'set' || value === 'true') && !found.has(file)) {
			found.set(file, attribute);
		}
	}
	return found;
}

async function git(
	{ folder, gitPath }: Repository,
	words: readonly string[],
	input: string | undefined,
	signal: AbortSignal,
): Promise<string> {
	const refuse = (reason: string): never => {
		throw new RepositoryError(
			`Git cannot list the files of ${folder}: ${reason}. Open a folder that is a Git repository, or set git.path.`,
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
