/** `.familiarignore`: what the user keeps from being learned, in the syntax of `.gitignore`. */

import * as fs from 'node:fs/promises';
import * as path from 'node:path';
import ignore from 'ignore';
import { RepositoryError } from './repository';

export const IGNORE_FILE = '.familiarignore';

/** The rule that leaves a file out, given its path relative to the opened folder; undefined where none does. */
export type IgnoreRules = (file: string) => string | undefined;

/**
 * Reads the file at the repository's root and, where a folder below it was opened, the one there too.
 * @param prefix path of the opened folder below the root: empty, or ending in `/`
 * @throws RepositoryError for a file that is there and cannot be read: reading on would ignore the user's wish
 */
export async function readIgnoreRules(root: string, prefix: string): Promise<IgnoreRules> {
	const places = [{ folder: root, prefix }];
	if (prefix !== '') {
		places.push({ folder: path.join(root, prefix), prefix: '' });
	}
	const managers = await Promise.all(
		places.map(async (place) => ({
			prefix: place.prefix,
			// Cases are not told apart, as the package has it: rather leave out too much than learn what must not be.
			rules: ignore().add(await readRules(path.join(place.folder, IGNORE_FILE))),
		})),
	);
	return (file) => {
		for (const manager of managers) {
			const { ignored, rule } = manager.rules.test(manager.prefix + file);
			if (ignored) {
				return rule?.pattern ?? IGNORE_FILE;
			}
		}
		return undefined;
	};
}

async function readRules(file: string): Promise<string> {
	try {
		return await fs.readFile(file, 'utf8');
	} catch (error) {
		if (error instanceof Error && 'code' in error && error.code === 'ENOENT') {
			return '';
		}
		const reason = error instanceof Error ? error.message : String(error);
		throw new RepositoryError(
			`${file} says what must not be learned, and it cannot be read: ${reason}. Make it readable, or delete it.`,
		);
	}
}
