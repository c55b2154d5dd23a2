/** Where a file lies in a folder, told by their paths alone. */

import * as path from 'node:path';

/**
 * The path relative to the folder, of the folder itself the empty one; undefined where it lies elsewhere. A name may begin
 * with two dots.
 * @param folder absolute
 * @param file absolute
 */
export function withinFolder(folder: string, file: string): string | undefined {
	const below = path.relative(folder, file);
	const isOutside = below === '..' || below.startsWith(`..${path.sep}`) || path.isAbsolute(below);
	return isOutside ? undefined : below;
}
