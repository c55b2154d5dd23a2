/** Small files of a run: written whole or not at all, and believed only when they have the right shape. */

import { randomUUID } from 'node:crypto';
import * as fs from 'node:fs/promises';
import type { Check } from '../../inference/wire/shapes';

/** Bytes of a file that is still read: orders and states have a few thousand. */
const MAX_BYTES = 16 * 1024 * 1024;

/** @throws the error of the disk; the earlier file is then intact. */
export async function writeWhole(file: string, text: string): Promise<void> {
	const temporary = `${file}.${randomUUID()}.tmp`;
	try {
		// It tells of somebody's code: for this user only.
		await fs.writeFile(temporary, text, { mode: 0o600, flush: true });
		await fs.rename(temporary, file);
	} catch (error) {
		await fs.rm(temporary, { force: true });
		throw error;
	}
}

/** Undefined when the file is not there, not JSON, or not of this shape. */
export async function readJson<T>(file: string, check: Check<T>): Promise<T | undefined> {
	try {
		if ((await fs.stat(file)).size > MAX_BYTES) {
			return undefined;
		}
		const value: unknown = JSON.parse(await fs.readFile(file, 'utf8'));
		return check(value) ? value : undefined;
	} catch {
		return undefined;
	}
}
