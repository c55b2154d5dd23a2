/** Which files of the workspace are indexed: what Git does not ignore, without what is excluded, secret, built or no text. */

import * as fs from 'node:fs/promises';
import * as path from 'node:path';
import { isAbort, throwIfAborted } from '../../inference/cancel';
import { exclusionGlobs } from '../../inference/exclusionGlobs';
import { messageOf } from '../../inference/failure';
import { runGit } from '../../inference/git';
import { repositoryOf } from '../../inference/gitIgnored';
import { readIgnoreRules } from '../../inference/ignoreFile';
import { isCodeFile, machineMadeByName, vendoredFolder } from '../../inference/machineMade';
import { isSecretFile } from '../../inference/secretFiles';

/** A folder that is open, on this machine. */
interface WorkspaceFolder {
	/** As shown where several are open. */
	readonly name: string;
	/** Absolute path. */
	readonly folder: string;
}

/** What is indexed, as plain data for the worker. */
export interface Scope {
	readonly folders: readonly WorkspaceFolder[];
	/** The setting `familiar.exclude`. */
	readonly globs: readonly string[];
	/** The `git` program; undefined where it must not run: in Restricted Mode folders are read without it. */
	readonly gitPath: string | undefined;
}

export interface ListedFile {
	/** Absolute path of the opened folder. */
	readonly folder: string;
	/** Relative to it, with `/`. */
	readonly path: string;
	/** As the user knows it: with the folder's name where several are open. */
	readonly label: string;
}

export interface Listing {
	readonly files: readonly ListedFile[];
	/** Files beyond `MOST_FILES`. */
	readonly leftOut: number;
	/** Why a folder, or its rules, could not be read, as sentences; such a folder has no files. */
	readonly problems: readonly string[];
}

/** Files that are indexed; of more those that lie least deep. */
export const MOST_FILES = 20_000;
/** Folder entries that are looked at where Git cannot tell. */
const MOST_ENTRIES = 200_000;

/** Text that explains code, and languages beyond those that are learned from. Not data: it drowns what was written. */
const MORE_TEXT =
	/\.(?:md|mdx|rst|adoc|txt|ya?ml|toml|ini|cfg|gradle|cmake|ps1|psm1|bat|fs|fsx|vb|jl|nim|nix|tf|hcl|f90|f95|pas|lisp|scm|el|rkt|groovy|v|sv|vhd|vhdl|glsl|wgsl|hlsl|cu|cuh|astro|graphql|prisma|less|sass)$|(?:^|\/)(?:package\.json|tsconfig\.json|Makefile|Dockerfile|Containerfile|Jenkinsfile|Rakefile|Gemfile|justfile)$/i;
/** Locked versions: long, generated, and full of names. */
const LOCK_FILE = /(?:^|\/)(?:pnpm-lock\.yaml|poetry\.lock|Cargo\.lock|[\w.-]*requirements[\w.-]*\.txt)$/i;
/** Folders of that name that Git tracks were put there on purpose. */
const KEPT_ON_PURPOSE: readonly string[] = ['build/', 'out/', 'target/', 'coverage/'];

/**
 * Files that may be read, by their names alone.
 * @throws AbortError only
 */
export async function listFiles(scope: Scope, signal: AbortSignal, most = MOST_FILES): Promise<Listing> {
	const globs = exclusionGlobs(scope.globs);
	const problems: string[] = [];
	const found: ListedFile[] = [];
	/** A folder may lie in another one that is open too. */
	const seen = new Set<string>();
	for (const { name, folder } of scope.folders) {
		throwIfAborted(signal);
		try {
			const root = (await repositoryOf(folder)) ?? folder;
			const below = path.relative(root, folder).split(path.sep).join('/');
			const ignored = await readIgnoreRules(root, below === '' ? '' : `${below}/`);
			const known = await namesByGit(scope.gitPath, folder, signal);
			for (const file of known ?? (await namesByWalking(folder, signal))) {
				const full = path.join(folder, file);
				const folders = scope.folders.map((one) => path.relative(one.folder, full).split(path.sep).join('/'));
				if (
					!seen.has(full) &&
					isText(file, known !== undefined) &&
					ignored(file)?.type !== 'ignored' &&
					globs(
						full.split(path.sep).join('/'),
						folders.filter((one) => !one.startsWith('../')),
					) === undefined
				) {
					seen.add(full);
					found.push({ folder, path: file, label: scope.folders.length > 1 ? `${name}/${file}` : file });
				}
			}
		} catch (error) {
			if (isAbort(error)) {
				throw error;
			}
			problems.push(messageOf(error));
		}
	}
	const files =
		found.length <= most
			? found
			: found.toSorted((one, other) => depthOf(one.path) - depthOf(other.path)).slice(0, most);
	return { files, leftOut: found.length - files.length, problems };
}

/** Whether a change of the file, by its path relative to an opened folder, may be one of the index. */
export function mayBeIndexed(file: string): boolean {
	return isText(file, true) || isIgnoreFile(file);
}

/** Whether the file says which others are left out. */
export function isIgnoreFile(file: string): boolean {
	return /(?:^|[\\/])\.(?:gitignore|familiarignore)$/.test(file);
}

function isText(file: string, isTracked: boolean): boolean {
	const vendored = vendoredFolder(file);
	return (
		(isCodeFile(file) || MORE_TEXT.test(file)) &&
		!LOCK_FILE.test(file) &&
		!isSecretFile(file) &&
		machineMadeByName(file) === undefined &&
		(vendored === undefined || (isTracked && KEPT_ON_PURPOSE.includes(vendored)))
	);
}

function depthOf(file: string): number {
	return file.split('/').length;
}

/** Tracked, and new and not ignored; undefined where Git cannot tell. */
async function namesByGit(
	gitPath: string | undefined,
	folder: string,
	signal: AbortSignal,
): Promise<readonly string[] | undefined> {
	if (gitPath === undefined) {
		return undefined;
	}
	try {
		const words = ['ls-files', '-z', '--cached', '--others', '--exclude-standard'];
		const { status, stdout } = await runGit(gitPath, folder, words, undefined, signal);
		// A path in conflict stands there once for each side; a repository in the repository ends with a slash.
		return status === 0
			? [...new Set(stdout.split('\0'))].filter((name) => name !== '' && !name.endsWith('/'))
			: undefined;
	} catch (error) {
		if (isAbort(error)) {
			throw error;
		}
		// No Git on this machine.
		return undefined;
	}
}

/** Without hidden folders and those of other projects' code; links are not followed, so that no loop can be one. */
async function namesByWalking(folder: string, signal: AbortSignal): Promise<readonly string[]> {
	const names: string[] = [];
	const waiting = [''];
	let looked = 0;
	for (let below = waiting.shift(); below !== undefined; below = waiting.shift()) {
		throwIfAborted(signal);
		const entries = await fs.readdir(path.join(folder, below), { withFileTypes: true }).catch(() => []);
		for (const entry of entries) {
			if (++looked > MOST_ENTRIES) {
				return names;
			}
			const name = `${below}${entry.name}`;
			if (entry.isFile()) {
				names.push(name);
			} else if (
				entry.isDirectory() &&
				!entry.name.startsWith('.') &&
				vendoredFolder(`${entry.name}/`) === undefined
			) {
				waiting.push(`${name}/`);
			}
		}
	}
	return names;
}
