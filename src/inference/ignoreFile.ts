/** `.familiarignore`: what the user keeps from being completed, read and learned, in the syntax of `.gitignore`. */

import * as fs from 'node:fs/promises';
import * as path from 'node:path';
import ignore from 'ignore';
import { codeOf, messageOf } from './failure';

export const IGNORE_FILE = '.familiarignore';

/**
 * `ignored`: a line leaves the file out. `kept`: a line with `!` wants it, and none leaves it out.
 * undefined: no line speaks of it.
 */
type IgnoreVerdict = { readonly type: 'ignored'; readonly line: string } | { readonly type: 'kept' };

/** Judges a file by its path relative to the opened folder, with `/`. */
export type IgnoreRules = (file: string) => IgnoreVerdict | undefined;

/** The file is there and cannot be read; its message says so, and what helps. */
export class IgnoreFileError extends Error {
	override readonly name = 'IgnoreFileError';
}

/**
 * Reads the file at the repository's root and, where a folder below it was opened, the one there too.
 * @param prefix path of the opened folder below the root: empty, or ending in `/`
 * @throws IgnoreFileError for a file that cannot be read: going on would pass over the user's wish
 */
export async function readIgnoreRules(root: string, prefix: string): Promise<IgnoreRules> {
	const places = [{ folder: root, prefix }];
	if (prefix !== '') {
		places.push({ folder: path.join(root, prefix), prefix: '' });
	}
	const managers = await Promise.all(
		places.map(async (place) => ({
			prefix: place.prefix,
			// Cases are not told apart, as the package has it: rather leave out too much than read what must not be.
			rules: ignore().add(await readLines(path.join(place.folder, IGNORE_FILE))),
		})),
	);
	return (file) => {
		let isKept = false;
		for (const { prefix, rules } of managers) {
			const { ignored, rule } = rules.test(prefix + file);
			if (ignored) {
				return { type: 'ignored', line: rule?.pattern ?? IGNORE_FILE };
			}
			isKept ||= isWanted(rules, prefix + file);
		}
		return isKept ? { type: 'kept' } : undefined;
	};
}

/** Whether a line with `!` names the file or, as Git has it for lines without, a folder that it lies in. */
function isWanted(rules: ignore.Ignore, file: string): boolean {
	const parts = file.split('/');
	return parts.some((_, index) => {
		const isFile = index === parts.length - 1;
		return rules.test(`${parts.slice(0, index + 1).join('/')}${isFile ? '' : '/'}`).unignored;
	});
}

async function readLines(file: string): Promise<string> {
	try {
		return await fs.readFile(file, 'utf8');
	} catch (error) {
		if (codeOf(error) === 'ENOENT') {
			return '';
		}
		const reason = messageOf(error);
		throw new IgnoreFileError(
			`${file} says what must not be read or learned, and it cannot be read: ${reason}. Make it readable, or delete it.`,
		);
	}
}
