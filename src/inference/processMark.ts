/** Tells one process from a later one that got the same id. */

import { execFile } from 'node:child_process';
import * as fs from 'node:fs/promises';
import { codeOf } from './failure';
import { type Check, count, object, shortString } from './wire/shapes';

/** A process as a lock file names it. */
export interface ProcessMark {
	readonly pid: number;
	/** When it started, in the system's own words; empty where the system does not say (Windows). */
	readonly start: string;
}

export const processMark: Check<ProcessMark> = object<ProcessMark>({ pid: count, start: shortString });

export async function markOf(pid: number): Promise<ProcessMark> {
	return { pid, start: await startOf(pid) };
}

/** Whether the process is there and is the one that was marked. */
export async function isAlive(mark: ProcessMark): Promise<boolean> {
	try {
		process.kill(mark.pid, 0);
	} catch (error) {
		// EPERM: it is there and belongs to somebody else.
		if (codeOf(error) !== 'EPERM') {
			return false;
		}
	}
	return (await startOf(mark.pid)) === mark.start;
}

/** Empty when it has ended or the system does not say. */
async function startOf(pid: number): Promise<string> {
	if (process.platform === 'linux') {
		try {
			const boot = await fs.readFile('/proc/sys/kernel/random/boot_id', 'utf8');
			const status = await fs.readFile(`/proc/${pid}/stat`, 'utf8');
			// The second field is the program's name, in parentheses, with anything in it; proc(5): starttime is the 22nd.
			const fields = status.slice(status.lastIndexOf(')') + 2).split(' ');
			// Z: it has ended, and nobody has asked how. Containers without an init keep such for ever.
			return fields[0] === 'Z' ? '' : `${boot.trim()} ${fields[22 - 3] ?? ''}`;
		} catch {
			return '';
		}
	}
	if (process.platform === 'darwin') {
		return new Promise((resolve) => {
			execFile('/bin/ps', ['-o', 'lstart=', '-p', String(pid)], { env: { LC_ALL: 'C' } }, (error, output) =>
				resolve(error === null ? output.trim() : ''),
			);
		});
	}
	return '';
}
