/** Which files a folder has, and what speaks about them before any is read: by Git, or without it by walking. */

import * as fs from 'node:fs/promises';
import * as path from 'node:path';
import { isAbort } from '../../inference/cancel';
import { messageOf } from '../../inference/failure';
import { type ExcludedGlob, excludedGlob } from './excluded';
import { walkFolder } from './folderWalk';
import { type IgnoreRules, readIgnoreRules } from './ignoreFile';
import {
	type Attribute,
	attributesOf,
	changeTimes,
	hasGit,
	RepositoryError,
	rootOf,
	trackedFiles,
} from './repository';
import { type Out, out, type Repository } from './verdict';

export interface Listing {
	/** Relative to the repository's folder, with `/`; a folder that was not gone into ends in `/`. */
	readonly files: readonly string[];
	/** The folder without symbolic links. */
	readonly realFolder: string;
	readonly submodules: ReadonlySet<string>;
	/** Why nobody knows what lies in a folder, by the folder; its name ends in `/`. */
	readonly unreadable: ReadonlyMap<string, string>;
	readonly ignoreRule: IgnoreRules;
	readonly attributes: ReadonlyMap<string, Attribute>;
	readonly excluded: ExcludedGlob;
	/** Seconds since 1970 at which files changed; 0 where nobody knows. */
	changedAt(files: readonly string[], signal: AbortSignal): Promise<ReadonlyMap<string, number>>;
}

/**
 * What kept the folder from being read is returned: the others may be all that is wanted.
 * @throws an AbortError
 */
export async function listingOf(
	repository: Repository,
	signal: AbortSignal,
): Promise<Listing | RepositoryError> {
	try {
		return hasGit(repository.folder) ? await tracked(repository, signal) : await walked(repository, signal);
	} catch (error) {
		if (isAbort(error)) {
			throw error;
		}
		return error instanceof RepositoryError
			? error
			: new RepositoryError(
					`${repository.folder} cannot be read: ${messageOf(error)}. Make it readable, or close it.`,
				);
	}
}

async function tracked(repository: Repository, signal: AbortSignal): Promise<Listing> {
	const { files, submodules } = await trackedFiles(repository, signal);
	const { root, prefix } = await rootOf(repository, signal);
	if (files.length === 0) {
		// A project below a home folder that is a repository itself, or one whose first commit is still to come.
		throw new RepositoryError(
			`Git tracks no file in ${repository.folder} (the repository in ${path.resolve(root)}), and only what it tracks is read. Add its files with git add, or give the folder a repository of its own with git init.`,
		);
	}
	return {
		files,
		submodules,
		unreadable: new Map(),
		realFolder: await fs.realpath(repository.folder),
		ignoreRule: await readIgnoreRules(root, prefix, files),
		attributes: await attributesOf(repository, files, signal),
		excluded: excludedGlob(repository),
		changedAt: (_, signal) => changeTimes(repository, signal),
	};
}

async function walked(repository: Repository, signal: AbortSignal): Promise<Listing> {
	const { folder } = repository;
	const found = await walkFolder(folder, signal);
	return {
		...found,
		realFolder: await fs.realpath(folder),
		ignoreRule: await readIgnoreRules(folder, '', found.files),
		excluded: excludedGlob(repository),
		changedAt: async (files) => {
			const times = new Map<string, number>();
			for (const file of files) {
				const status = await fs.stat(path.join(folder, file)).catch(() => undefined);
				times.set(file, Math.floor((status?.mtimeMs ?? 0) / 1000));
			}
			return times;
		},
	};
}

/** What needs neither the file's size nor its text. */
export function judgeUnread(file: string, listing: Listing): Out | undefined {
	if (listing.submodules.has(file)) {
		return out('ignored', 'another repository in this one', { threshold: 'open its folder to read it' });
	}
	const glob = listing.excluded(file);
	if (glob !== undefined) {
		return out('ignored', `familiar.exclude says ${glob}`, { value: glob, threshold: 'familiar.exclude' });
	}
	const rule = listing.ignoreRule(file);
	if (rule !== undefined) {
		return out('ignored', `.familiarignore says ${rule}`, { value: rule, threshold: '.familiarignore' });
	}
	const why = listing.unreadable.get(file);
	if (why !== undefined) {
		return out('unreadable', `the folder ${why}`, { value: why, threshold: 'a folder that can be read' });
	}
	const attribute = listing.attributes.get(file);
	if (attribute !== undefined) {
		const stage = attribute === 'linguist-generated' ? 'generated' : 'vendored';
		return out(stage, `.gitattributes says ${attribute}`, { value: attribute, threshold: '.gitattributes' });
	}
	return undefined;
}
