/** What a host prints: a file that it writes and every window can read, for the report of a crash. */

import * as fs from 'node:fs';

/** Lines that are kept for the report of a crash: what native code says before it aborts stands above two stack traces. */
const KEPT_LINES = 20;

/** Bytes at the end of the file that are read for them. */
const TAIL_BYTES = 16 * 1024;

/** An open file: it still is that of this host when the next one has begun its own. */
export class HostLog {
	private isClosed = false;

	constructor(readonly descriptor: number) {}

	/** Oldest first; empty once it is closed. */
	get lastLines(): readonly string[] {
		if (this.isClosed) {
			return [];
		}
		try {
			const { size } = fs.fstatSync(this.descriptor);
			const start = Math.max(0, size - TAIL_BYTES);
			const buffer = Buffer.alloc(Math.min(size, TAIL_BYTES));
			const length = fs.readSync(this.descriptor, buffer, 0, buffer.length, start);
			const lines = buffer.toString('utf8', 0, length).split(/\r?\n/);
			// The first may be the rest of one.
			return lines
				.slice(start === 0 ? 0 : 1)
				.filter((line) => line.trim() !== '')
				.slice(-KEPT_LINES);
		} catch {
			return [];
		}
	}

	close(): void {
		if (!this.isClosed) {
			this.isClosed = true;
			fs.closeSync(this.descriptor);
		}
	}
}

/**
 * For a host that is started now. The one before, which a host leaves that did not end by itself, is kept as `.old`.
 *
 * @throws the error of a disk that cannot be written.
 */
export function newHostLog(file: string): HostLog {
	if (fs.lstatSync(file, { throwIfNoEntry: false }) !== undefined) {
		fs.rmSync(`${file}.old`, { force: true, recursive: true });
		fs.renameSync(file, `${file}.old`);
	}
	// `x`: never into a file that somebody else has put there. `a`: the host may cut it off meanwhile.
	return new HostLog(fs.openSync(file, 'ax+', 0o600));
}

/** Of a host that another window has started; undefined where it cannot be read. */
export function openHostLog(file: string): HostLog | undefined {
	try {
		return fs.lstatSync(file).isFile() ? new HostLog(fs.openSync(file, 'r')) : undefined;
	} catch {
		return undefined;
	}
}
