/** sha256 of a part of a file, in pieces: files of several gigabytes fit into no buffer. */

import { createHash } from 'node:crypto';
import * as fs from 'node:fs';

const PIECE = 16 << 20;

/**
 * @param end bytes from the start that count; default all.
 * @throws the error of the disk.
 */
export function fileHash(file: string, end = fs.statSync(file).size): Buffer {
	const hash = createHash('sha256');
	const descriptor = fs.openSync(file, 'r');
	try {
		const piece = Buffer.allocUnsafe(Math.max(1, Math.min(PIECE, end)));
		for (let done = 0; done < end; ) {
			const count = fs.readSync(descriptor, piece, 0, Math.min(piece.byteLength, end - done), done);
			if (count === 0) {
				break;
			}
			hash.update(piece.subarray(0, count));
			done += count;
		}
		return hash.digest();
	} finally {
		fs.closeSync(descriptor);
	}
}
