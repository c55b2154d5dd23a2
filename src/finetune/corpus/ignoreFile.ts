/** What `.familiarignore` keeps from being learned: the base room's reader, for every folder, in the words of the audit. */

import * as fs from 'node:fs/promises';
import * as path from 'node:path';
import type { IgnoreRules as Rules } from '../../inference/ignoreFile';
import { IGNORE_FILE, IgnoreFileError, readIgnoreRules as readRules } from '../../inference/ignoreFile';
import { RepositoryError } from './repository';

/** The line that leaves a file out, given its path relative to the opened folder; undefined where none does. */
export type IgnoreRules = (file: string) => string | undefined;

/**
 * Of the repository's root, of the opened folder, and of every folder between and below them that holds files, each for
 * what lies in it. What one of them leaves out, no other takes in.
 * @param prefix path of the opened folder below the repository's root: empty, or ending in `/`
 * @param files relative to the opened folder, with `/`
 * @throws RepositoryError for a file that is there and cannot be read
 */
export async function readIgnoreRules(
	root: string,
	prefix: string,
	files: readonly string[],
): Promise<IgnoreRules> {
	try {
		const rules = await readRules(root, prefix);
		const nested = await nestedRules(root, prefix, files);
		return (file) => {
			const whole = prefix + file;
			return (
				lineOf(rules, file) ??
				foldersOf(whole).reduce<string | undefined>((line, folder) => {
					const own = nested.get(folder);
					return line ?? (own === undefined ? undefined : lineOf(own, whole.slice(folder.length)));
				}, undefined)
			);
		};
	} catch (error) {
		throw error instanceof IgnoreFileError ? new RepositoryError(error.message) : error;
	}
}

function lineOf(rules: Rules, file: string): string | undefined {
	const verdict = rules(file);
	return verdict?.type === 'ignored' ? verdict.line : undefined;
}

/** By folder below the root, ending in `/`; but for the root and the opened folder, which the base room reads. */
async function nestedRules(
	root: string,
	prefix: string,
	files: readonly string[],
): Promise<ReadonlyMap<string, Rules>> {
	const folders = new Set(foldersOf(prefix));
	for (const file of files) {
		// Most files lie in the folder of the one before.
		const own = prefix + file.slice(0, file.lastIndexOf('/', file.length - 2) + 1);
		if (own !== '' && !folders.has(own)) {
			for (const folder of [...foldersOf(own), own]) {
				folders.add(folder);
			}
		}
	}
	folders.delete(prefix);
	const rules = new Map<string, Rules>();
	for (const folder of folders) {
		const at = path.join(root, folder);
		const status = await fs.lstat(path.join(at, IGNORE_FILE)).catch(() => undefined);
		// Nobody writes rules into a pipe, and reading one may never end; whatever else is no file, the reader refuses.
		if (status !== undefined && !status.isFIFO() && !status.isSocket()) {
			rules.set(folder, await readRules(at, ''));
		}
	}
	return rules;
}

/** Folders that a path lies in, the outermost first, each ending in `/`. */
function foldersOf(file: string): readonly string[] {
	const folders: string[] = [];
	for (let at = file.indexOf('/'); at >= 0 && at + 1 < file.length; at = file.indexOf('/', at + 1)) {
		folders.push(file.slice(0, at + 1));
	}
	return folders;
}
