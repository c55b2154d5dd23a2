/** A file that only one of several processes can make, and that is replaced where those whom it names are gone. */

import * as fs from 'node:fs/promises';
import { codeOf } from './failure';

/** Milliseconds that a process is given to fill the lock file that it has made. */
export const FILLING = 10_000;

/** Whether a file was made or changed so lately that whoever does it may still be at it. */
export function isFresh({ mtimeMs }: { readonly mtimeMs: number }): boolean {
	return Math.abs(Date.now() - mtimeMs) < FILLING;
}

/**
 * @param text what JSON can hold.
 * @returns whether there was no file before.
 * @throws the error of a disk that cannot be written.
 */
export async function createLock(file: string, text: unknown): Promise<boolean> {
	try {
		await fs.writeFile(file, JSON.stringify(text), { flag: 'wx', mode: 0o600 });
		return true;
	} catch (error) {
		if (codeOf(error) === 'EEXIST') {
			return false;
		}
		throw error;
	}
}

/**
 * Puts a new lock in the place of a stale one. Several windows may want to, and none may remove the new lock of another:
 * so only the one that could make the guard file removes anything.
 *
 * @param isStale is asked again under the guard.
 * @returns whether the lock is now this one.
 */
export async function replaceStale(
	file: string,
	text: unknown,
	isStale: () => Promise<boolean>,
): Promise<boolean> {
	const guard = `${file}.guard`;
	const guarded = await fs.stat(guard).catch(() => undefined);
	if (guarded !== undefined && !isFresh(guarded)) {
		// Its window died within the few milliseconds that this takes.
		await fs.rm(guard, { force: true });
	}
	if (!(await createLock(guard, text))) {
		return false;
	}
	try {
		if (await isStale()) {
			await fs.rm(file, { force: true });
		}
		return await createLock(file, text);
	} finally {
		await fs.rm(guard, { force: true });
	}
}
