/** Reads a file that others may change or delete meanwhile, follows no link, and never reads more than it must. */

import * as fs from 'node:fs/promises';
import * as path from 'node:path';
import { type Out, out } from './verdict';

/**
 * @param file absolute path
 * @param realFolder the repository's folder without symbolic links: what lies outside of it is not read
 * @param judge may decide by the size in bytes, before anything is read
 */
export async function readPlainFile(
	file: string,
	realFolder: string,
	judge: (bytes: number) => Out | undefined,
): Promise<{ readonly type: 'read'; readonly bytes: Uint8Array } | Out> {
	try {
		const status = await fs.lstat(file);
		if (!status.isFile()) {
			return out('unreadable', status.isSymbolicLink() ? 'a symbolic link' : 'not a plain file');
		}
		const verdict = judge(status.size);
		if (verdict !== undefined) {
			return verdict;
		}
		const inside = path.relative(realFolder, await fs.realpath(file));
		if (inside.startsWith('..') || path.isAbsolute(inside)) {
			return out('unreadable', 'a symbolic link leads out of the repository');
		}
		const bytes = await readAtMost(file, status.size + 1);
		return bytes.length === status.size
			? { type: 'read', bytes }
			: out('unreadable', 'changed while it was read');
	} catch (error) {
		return out('unreadable', reasonOf(error));
	}
}

/** The first bytes of a file, however long it has grown. */
async function readAtMost(file: string, limit: number): Promise<Uint8Array> {
	const handle = await fs.open(file, 'r');
	try {
		const buffer = new Uint8Array(limit);
		let length = 0;
		for (let read = 1; read > 0 && length < limit; length += read) {
			({ bytesRead: read } = await handle.read(buffer, length, limit - length));
		}
		return buffer.slice(0, length);
	} finally {
		await handle.close();
	}
}

function reasonOf(error: unknown): string {
	const code = error instanceof Error && 'code' in error ? error.code : undefined;
	return code === 'ENOENT'
		? 'missing'
		: `could not be read (${typeof code === 'string' ? code : String(error)})`;
}
