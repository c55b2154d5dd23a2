/** Whether a file or folder is there. */

import * as fs from 'node:fs/promises';

/** False also where it cannot be looked at; between this and its use it may go: that still has to take a failure. */
export function exists(file: string): Promise<boolean> {
	return fs.access(file).then(
		() => true,
		() => false,
	);
}
