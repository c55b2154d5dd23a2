/** The few things that a download does to a disk, and what the disk's refusals mean. */

import * as fs from 'node:fs/promises';
import * as path from 'node:path';
import { codeOf, messageOf } from '../failure';
import { formatBytes, type Translate } from '../statusText';
import { DownloadFailure } from './failure';

/** Of what is still to come, so much must be free: the disk is somebody's, and not empty to the last byte. */
const MARGIN = 1.1;

/** Replaced in tests, where a disk is full or a file held by another program. */
export interface Disk {
	/** Bytes that this user may still write; undefined where the system does not say. */
	freeBytes(folder: string): Promise<number | undefined>;
	/** Writes all of the bytes. */
	write(handle: fs.FileHandle, bytes: Uint8Array, position: number): Promise<void>;
	rename(from: string, to: string): Promise<void>;
}

export const realDisk: Disk = {
	async freeBytes(folder) {
		try {
			const { bavail, bsize } = await fs.statfs(folder);
			return bavail * bsize;
		} catch {
			return undefined;
		}
	},
	async write(handle, bytes, position) {
		for (let written = 0; written < bytes.length; ) {
			const { bytesWritten } = await handle.write(bytes, written, bytes.length - written, position + written);
			written += bytesWritten;
		}
	},
	rename: (from, to) => fs.rename(from, to),
};

/** @throws DownloadFailure where there is less room than `bytes` and a tenth. */
export async function requireSpace(
	disk: Disk,
	file: string,
	bytes: number,
	translate: Translate,
): Promise<void> {
	const folder = path.dirname(file);
	const free = await disk.freeBytes(folder);
	if (free !== undefined && free < bytes * MARGIN) {
		throw full(file, bytes * MARGIN, free, translate);
	}
}

/** What the disk said, in words. */
export function diskFailure(
	error: unknown,
	file: string,
	missing: number,
	translate: Translate,
): DownloadFailure {
	const code = codeOf(error);
	if (code === 'ENOSPC' || code === 'EDQUOT') {
		return full(file, missing, 0, translate);
	}
	return code === 'EPERM' || code === 'EACCES' || code === 'EBUSY'
		? new DownloadFailure(
				translate(
					'{0} cannot be written ({1}): another program or window may be using it. What has arrived is kept: choose another model for the moment, and try again.',
					file,
					code,
				),
				'final',
			)
		: new DownloadFailure(translate('{0} cannot be written: {1}', file, messageOf(error)), 'final');
}

function full(file: string, needed: number, free: number, translate: Translate): DownloadFailure {
	return new DownloadFailure(
		translate(
			'{0} needs {1} more on the disk, where {2} are free. What has arrived is kept: make room in {3} and resume.',
			path.basename(file),
			formatBytes(needed),
			formatBytes(free),
			path.dirname(file),
		),
		'final',
	);
}
