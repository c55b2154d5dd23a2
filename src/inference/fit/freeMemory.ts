/** Memory of this machine that a model could have. */

import * as os from 'node:os';

/** Bytes. macOS keeps almost all of it in use and gives it back when asked: there, half of all counts as free. */
export function freeMemory(): number {
	// Older versions of Node do not know what a container allows.
	const free = process.availableMemory?.() ?? os.freemem();
	return process.platform === 'darwin' ? Math.max(free, os.totalmem() / 2) : free;
}
