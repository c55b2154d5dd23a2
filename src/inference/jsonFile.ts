/** Small files of our own: believed only when they have the right shape. */

import * as fs from 'node:fs/promises';
import type { Check } from './wire/shapes';

/** Bytes of a file that is still read: orders and states have a few thousand. */
const MAX_BYTES = 16 * 1024 * 1024;

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
