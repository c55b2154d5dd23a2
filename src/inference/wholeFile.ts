/** A file that is there whole or not at all: written beside the old one, and renamed over it. */

import { randomUUID } from 'node:crypto';
import * as fs from 'node:fs/promises';

/**
 * For this user only: what Familiar keeps tells of somebody's code and work.
 * @throws the error of the disk; the earlier file is then intact.
 */
export async function writeWhole(file: string, content: string | Uint8Array): Promise<void> {
	const temporary = `${file}.${randomUUID()}.tmp`;
	try {
		await fs.writeFile(temporary, content, { mode: 0o600, flush: true });
		await fs.rename(temporary, file);
	} catch (error) {
		await fs.rm(temporary, { force: true }).catch(() => undefined);
		throw error;
	}
}
