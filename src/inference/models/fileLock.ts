/** One window at a time works on a file: the others wait and watch it grow, and take over from one that died. */

import { randomUUID } from 'node:crypto';
import * as fs from 'node:fs/promises';
import { sleep, throwIfAborted } from '../cancel';
import { readJson } from '../jsonFile';
import { createLock, isFresh, replaceStale } from '../lockFile';
import { isAlive, markOf, type ProcessMark, processMark } from '../processMark';
import { object, shortString } from '../wire/shapes';
import { Silence } from './silence';

/** Milliseconds between two looks at what another window does. */
const LOOK_EVERY = 500;
/** Milliseconds between two signs of life of who holds a lock. */
const BEAT_EVERY = 2_000;
/** Milliseconds without one, after which a lock counts as left; only where the system tells no two processes apart. */
const SILENCE = 30_000;

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
 * Windows gives the id of a process that has ended to another one, and does not say which is which: there, who holds a
 * lock touches it again and again, and one that nobody touches is nobody's.
 *
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
	const silence = new Silence(SILENCE);
	while (!(await take(lock, text, silence))) {
		await onWait();
		await sleep(LOOK_EVERY, signal);
	}
	const beat = setInterval(() => touch(lock), BEAT_EVERY);
	try {
		throwIfAborted(signal);
		return await action();
	} finally {
		clearInterval(beat);
		if ((await readJson(lock, lockText))?.token === text.token) {
			await fs.rm(lock, { force: true });
		}
	}
}

/** Whether somebody who is alive works on the file. */
export async function isLocked(file: string): Promise<boolean> {
	return (await look(lockOf(file), (touched) => Date.now() - touched > SILENCE)) === 'held';
}

async function take(lock: string, text: LockText, silence: Silence): Promise<boolean> {
	if (await createLock(lock, text)) {
		return true;
	}
	const isStale = async () =>
		(await look(lock, (touched) => silence.isOver(touched, performance.now()))) === 'stale';
	return (await isStale()) ? replaceStale(lock, text, isStale) : false;
}

/** @param isSilent whether nobody has touched the lock for long, with the time when somebody did. */
async function look(
	lock: string,
	isSilent: (touched: number) => boolean,
): Promise<'free' | 'held' | 'stale'> {
	const made = await fs.stat(lock).catch(() => undefined);
	if (made === undefined) {
		return 'free';
	}
	const text = await readJson(lock, lockText);
	// Not filled yet, or released this moment: either way, somebody is at it.
	if (text === undefined) {
		return isFresh(made) ? 'held' : 'stale';
	}
	const isNamed = text.owner.start !== '';
	return (await isAlive(text.owner)) && (isNamed || !isSilent(made.mtimeMs)) ? 'held' : 'stale';
}

async function touch(lock: string): Promise<void> {
	const now = new Date();
	// One that was taken away meanwhile is not made again.
	await fs.utimes(lock, now, now).catch(() => undefined);
}
