/** Deletes the indexes of workspaces that nobody has opened for long: most of them are gone, the others are built again. */

import * as fs from 'node:fs/promises';
import * as path from 'node:path';

/** Milliseconds after which an index that was not used is deleted. */
const KEPT = 90 * 24 * 60 * 60 * 1_000;
/** An index by the name of its workspace, and what lies beside it: vectors, what a crash left half written. */
const INDEX = /^[0-9a-f]{32}\.index(?:\.|$)/;

/** Notes that the index is used now, and deletes those beside it that are old. Never rejects. */
export async function removeOldIndexes(file: string, now = Date.now()): Promise<void> {
	const folder = path.dirname(file);
	const own = path.basename(file);
	const names = await fs.readdir(folder).catch(() => []);
	for (const name of names.filter((one) => INDEX.test(one))) {
		const full = path.join(folder, name);
		try {
			if (name.startsWith(own)) {
				await fs.utimes(full, now / 1_000, now / 1_000);
			} else if (now - (await fs.lstat(full)).mtimeMs > KEPT) {
				await fs.rm(full);
			}
		} catch {
			// Another window does the same.
		}
	}
}
