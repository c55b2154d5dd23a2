/** One window at a time works on a file: the others wait and watch it grow, and take over from one that died. */

import { randomUUID } from 'node:crypto';
import * as fs from 'node:fs/promises';
import { sleep, throwIfAborted } from '../cancel';
import { readJson } from '../jsonFile';
import { createLock, isFresh, replaceStale } from '../lockFile';
import { isAlive, markOf, type ProcessMark, processMark } from '../processMark';
import { object, shortString } from '../wire/shapes';

/** Milliseconds between two looks at what another window does. */
const LOOK_EVERY = 500;

interface LockText {
	/** Of this very lock. */
	readonly token: string;
	readonly owner: ProcessMark;
}

const lockText = object<LockText>({ token: shortString, owner: processMark });

/** Path of the lock of a file. */
export function lockOf(file: string): string {
	return `${file}.lock`;
}

/**
 * @param file absolute path; its folder is there.
 * @param onWait while another has it, again and again.
 * @throws what `action` throws, an AbortError, or the error of a disk that cannot be written.
 */
export async function whileLocked<T>(
	file: string,
	onWait: () => Promise<void>,
	action: () => Promise<T>,
	signal: AbortSignal,
): Promise<T> {
	const lock = lockOf(file);
	const text: LockText = { token: randomUUID(), owner: await markOf(process.pid) };
	while (!(await take(lock, text))) {
		await onWait();
		await sleep(LOOK_EVERY, signal);
	}
	try {
		throwIfAborted(signal);
		return await action();
	} finally {
		if ((await readJson(lock, lockText))?.token === text.token) {
			await fs.rm(lock, { force: true });
		}
	}
}

/** Whether somebody who is alive works on the file. */
export async function isLocked(file: string): Promise<boolean> {
	return (await look(lockOf(file))) === 'held';
}

async function take(lock: string, text: LockText): Promise<boolean> {
	if (await createLock(lock, text)) {
		return true;
	}
	const isStale = async () => (await look(lock)) === 'stale';
	return (await isStale()) ? replaceStale(lock, text, isStale) : false;
}

async function look(lock: string): Promise<'free' | 'held' | 'stale'> {
	const made = await fs.stat(lock).catch(() => undefined);
	if (made === undefined) {
		return 'free';
	}
	const text = await readJson(lock, lockText);
	// Not filled yet, or released this moment: either way, somebody is at it.
	const isHeld = text === undefined ? isFresh(made) : await isAlive(text.owner);
	return isHeld ? 'held' : 'stale';
}
