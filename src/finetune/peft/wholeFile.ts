/** Writes a file that is either whole or not there: beside its place first, renamed over it when it is on the disk. */

import * as fs from 'node:fs';

/** Throws what the file system throws, such as ENOSPC, and leaves no part behind. */
export function writeWholeFile(file: string, pieces: Iterable<Uint8Array>): void {
	const temporary = `${file}.${process.pid}.tmp`;
	try {
		const descriptor = fs.openSync(temporary, 'w');
		try {
			for (const piece of pieces) {
				for (let at = 0; at < piece.length; ) {
					at += fs.writeSync(descriptor, piece, at);
				}
			}
			fs.fsyncSync(descriptor);
		} finally {
			fs.closeSync(descriptor);
		}
		fs.renameSync(temporary, file);
	} catch (error) {
		fs.rmSync(temporary, { force: true });
		throw error;
	}
}
