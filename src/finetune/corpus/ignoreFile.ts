/** What `.familiarignore` keeps from being learned: the base room's reader, in the words of the audit. */

import { IgnoreFileError, readIgnoreRules as readRules } from '../../inference/ignoreFile';
import { RepositoryError } from './repository';

/** The line that leaves a file out, given its path relative to the opened folder; undefined where none does. */
export type IgnoreRules = (file: string) => string | undefined;

/**
 * @param prefix path of the opened folder below the repository's root: empty, or ending in `/`
 * @throws RepositoryError for a file that is there and cannot be read
 */
export async function readIgnoreRules(root: string, prefix: string): Promise<IgnoreRules> {
	try {
		const rules = await readRules(root, prefix);
		return (file) => {
			const verdict = rules(file);
			return verdict?.type === 'ignored' ? verdict.line : undefined;
		};
	} catch (error) {
		throw error instanceof IgnoreFileError ? new RepositoryError(error.message) : error;
	}
}
