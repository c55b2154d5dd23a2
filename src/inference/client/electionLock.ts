/** The lock of whoever starts a host: one of several windows has it, and that of a window that died is taken away. */

import * as crypto from 'node:crypto';
import * as fs from 'node:fs/promises';
import { createLock } from '../lockFile';
import { isAlive, markOf, type ProcessMark, processMark } from '../processMark';
import { parseJson } from '../record';
import { object, shortString } from '../wire/shapes';

/** Milliseconds after which a lock counts for nothing, whoever has it: a start may take twenty seconds. */
const STALE_AFTER = 25_000;

/** Most bytes of a lock that are read. */
const MAX_BYTES = 4_096;

interface Holder {
	readonly mark: ProcessMark;
	/** Tells one lock of a process from another. */
	readonly id: string;
}

const isHolder = object<Holder>({ mark: processMark, id: shortString });

export interface ElectionLock {
	/** Whether it still is the one that was taken: a machine may have slept meanwhile. */
	isHeld(): Promise<boolean>;
	/** Quiet where it is somebody else's by now. */
	release(): Promise<void>;
}

/**
 * @returns undefined where somebody else has it.
 * @throws the error of a disk that cannot be written.
 */
export async function takeLock(file: string): Promise<ElectionLock | undefined> {
	const holder: Holder = { mark: await markOf(process.pid), id: crypto.randomBytes(8).toString('hex') };
	if (!(await createLock(file, holder))) {
		return undefined;
	}
	const isHeld = async () => {
		const found = parseJson((await contents(file)) ?? '');
		return isHolder(found) && found.id === holder.id;
	};
	return {
		isHeld,
		release: async () => {
			if (await isHeld()) {
				await fs.rm(file, { force: true });
			}
		},
	};
}

/**
 * Takes a lock out of the way that nobody will release. Renaming it is what only one of several windows can do; what it
 * finds to be a new lock of another one in the end, it puts back.
 */
export async function removeStaleLock(file: string): Promise<void> {
	const status = await fs.lstat(file).catch(() => undefined);
	const judged = await contents(file);
	if (status === undefined || (judged !== undefined && !(await isStale(judged, status)))) {
		return;
	}
	const aside = `${file}.${crypto.randomBytes(8).toString('hex')}`;
	try {
		await fs.rename(file, aside);
	} catch {
		// Somebody was faster, or there is none.
		return;
	}
	if ((await contents(aside)) !== judged) {
		// Fails where there is another one already.
		await fs.link(aside, file).catch(() => undefined);
	}
	await fs.rm(aside, { force: true, recursive: true });
}

async function isStale(judged: string, { mtimeMs }: { readonly mtimeMs: number }): Promise<boolean> {
	const holder = parseJson(judged);
	if (isHolder(holder) && !(await isAlive(holder.mark))) {
		return true;
	}
	// One that holds nothing yet is being written, or was when its window was killed.
	const patience = isHolder(holder) ? STALE_AFTER : 1_000;
	return Math.abs(Date.now() - mtimeMs) > patience;
}

/** Of a plain file; undefined for anything else, which is no lock of ours. */
async function contents(file: string): Promise<string | undefined> {
	try {
		const status = await fs.lstat(file);
		return status.isFile() && status.size <= MAX_BYTES ? await fs.readFile(file, 'utf8') : undefined;
	} catch {
		return undefined;
	}
}
