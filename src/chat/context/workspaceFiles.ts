/** Which files of the workspace are listed, and which lie in a folder of it. */

import * as path from 'node:path';
import { expandBraces } from '../../inference/exclusionGlobs';

/** Left out of every list, whatever the settings say: others wrote it. */
const NEVER_LISTED = '**/node_modules/**';

/**
 * One glob for what the user's settings hide.
 * @param settings values of `files.exclude` and `search.exclude`: globs, each with whether it holds
 */
export function hiddenGlob(settings: readonly unknown[]): string {
	const globs = settings
		.flatMap((setting) => (typeof setting === 'object' && setting !== null ? Object.entries(setting) : []))
		// With a condition on the files beside it, no glob alone says it.
		.flatMap(([glob, holds]) => (holds === true ? expandBraces(glob) : []))
		// They would break the braces around them all.
		.filter((glob) => !/[{},]/.test(glob));
	return `{${[...new Set([...globs, NEVER_LISTED])].join(',')}}`;
}

/**
 * Whether the file lies in the folder, at any depth. A folder may be the root of all, which ends with a separator.
 * @param paths of the system; for tests another's
 */
export function isBelow(folder: string, file: string, paths: path.PlatformPath = path): boolean {
	const below = paths.relative(folder, file);
	return below !== '' && below.split(paths.sep)[0] !== '..' && !paths.isAbsolute(below);
}
