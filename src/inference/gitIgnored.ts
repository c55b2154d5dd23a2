/** Which files Git ignores, asked of `git check-ignore` once for each repository; and where a repository begins. */

import * as fs from 'node:fs/promises';
import * as path from 'node:path';
import { isAbort } from './cancel';
import { exists } from './exists';
import { messageOf } from './failure';
import { runGit } from './git';

/** The line that ignores a file. */
export interface GitRule {
	/** The file that the line stands in: relative to the repository, or absolute for the user's own. */
	readonly source: string;
	/** From 1. */
	readonly line: number;
	readonly pattern: string;
}

export interface GitAnswer {
	/** By the paths that were asked for; what Git does not ignore is not in it. */
	readonly ignored: ReadonlyMap<string, GitRule>;
	/** One sentence for each repository of which Git said nothing; its files count as not ignored. */
	readonly problems: readonly string[];
}

/**
 * @param files absolute paths on this machine
 * @throws AbortError only
 */
export async function gitIgnored(
	gitPath: string,
	files: readonly string[],
	signal: AbortSignal,
): Promise<GitAnswer> {
	const ignored = new Map<string, GitRule>();
	const problems: string[] = [];
	for (const [root, below] of await byRepository(files)) {
		try {
			for (const [name, rule] of await checkIgnore(gitPath, root, [...below.keys()], signal)) {
				for (const file of below.get(name) ?? []) {
					ignored.set(file, rule);
				}
			}
		} catch (error) {
			if (isAbort(error)) {
				throw error;
			}
			const reason = messageOf(error);
			problems.push(`Git cannot say what it ignores in ${root}: ${reason}`);
		}
	}
	return { ignored, problems };
}

/** The nearest folder, upwards from this one, with a `.git` in it; undefined outside of repositories. */
export async function repositoryOf(folder: string): Promise<string | undefined> {
	for (let at = path.resolve(folder); ; at = path.dirname(at)) {
		// A file in worktrees and submodules.
		if (await exists(path.join(at, '.git'))) {
			return at;
		}
		if (path.dirname(at) === at) {
			return undefined;
		}
	}
}

/** By repository: paths below its root, with `/`, and the files that were asked for by them. */
async function byRepository(
	files: readonly string[],
): Promise<ReadonlyMap<string, ReadonlyMap<string, readonly string[]>>> {
	const repositories = new Map<string, Map<string, string[]>>();
	const folders = new Map<string, { readonly real: string; readonly root: string | undefined }>();
	for (const file of files) {
		const given = path.dirname(file);
		let folder = folders.get(given);
		if (folder === undefined) {
			// One path beyond a symbolic link, and Git answers for none. A folder that is not there yet has none.
			const real = await fs.realpath(given).catch(() => given);
			folder = { real, root: await repositoryOf(real) };
			folders.set(given, folder);
		}
		if (folder.root === undefined) {
			continue;
		}
		const below = path.relative(folder.root, path.join(folder.real, path.basename(file)));
		const name = below.split(path.sep).join('/');
		const names = repositories.get(folder.root) ?? new Map<string, string[]>();
		repositories.set(folder.root, names.set(name, [...(names.get(name) ?? []), file]));
	}
	return repositories;
}

/** Tracked files are never ignored, whatever the lines say: Git looks into its index first. */
async function checkIgnore(
	gitPath: string,
	root: string,
	names: readonly string[],
	signal: AbortSignal,
): Promise<ReadonlyMap<string, GitRule>> {
	const words = ['check-ignore', '--verbose', '-z', '--stdin'];
	const { status, stdout, stderr } = await runGit(gitPath, root, words, names.join('\0'), signal);
	// 1: it ignores none of them.
	if (status > 1) {
		throw new Error(stderr.trim() === '' ? `it ended with ${status}` : stderr.trim());
	}
	const rules = new Map<string, GitRule>();
	const fields = stdout.split('\0');
	for (let index = 0; index + 3 < fields.length; index += 4) {
		const [source = '', line, pattern = '', name = ''] = fields.slice(index, index + 4);
		// Also the line that takes a file in again is reported.
		if (!pattern.startsWith('!')) {
			rules.set(name, { source, line: Number(line), pattern });
		}
	}
	return rules;
}
