/** Reads a file that others may change or delete meanwhile, follows no link, and never reads more than it must. */

import * as fs from 'node:fs/promises';
import { codeOf } from './failure';
import { withinFolder } from './withinFolder';

type PlainFile<R> =
	| { readonly type: 'read'; readonly bytes: Uint8Array }
	/** By `judge`. */
	| { readonly type: 'refused'; readonly why: R }
	| { readonly type: 'unreadable'; readonly figure: string };

/**
 * @param file absolute path
 * @param realFolder the folder without symbolic links that it must lie in: what lies outside of it is not read
 * @param judge may refuse by the size in bytes, before anything is read
 */
export async function readPlainFile<R>(
	file: string,
	realFolder: string,
	judge: (bytes: number) => R | undefined,
): Promise<PlainFile<R>> {
	try {
		const status = await fs.lstat(file);
		if (!status.isFile()) {
			return unreadable(status.isSymbolicLink() ? 'a symbolic link' : 'not a plain file');
		}
		const why = judge(status.size);
		if (why !== undefined) {
			return { type: 'refused', why };
		}
		if (withinFolder(realFolder, await fs.realpath(file)) === undefined) {
			return unreadable('a symbolic link leads out of the repository');
		}
		const bytes = await readAtMost(file, status.size + 1);
		return bytes.length === status.size ? { type: 'read', bytes } : unreadable('changed while it was read');
	} catch (error) {
		return unreadable(reasonOf(error));
	}
}

function unreadable(figure: string): { readonly type: 'unreadable'; readonly figure: string } {
	return { type: 'unreadable', figure };
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
	const code = codeOf(error);
	return code === 'ENOENT' ? 'missing' : `could not be read (${code ?? String(error)})`;
}

/**
 * The text of a file's bytes without a byte order mark and with `\n` as line end, as the editor shows it, or why
 * they are no text.
 */
export function decodeText(
	bytes: Uint8Array,
):
	| { readonly type: 'text'; readonly text: string }
	| { readonly type: 'binary' | 'encoding'; readonly figure: string } {
	if (bytes.includes(0)) {
		return { type: 'binary', figure: 'holds a NUL' };
	}
	try {
		const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
		return { type: 'text', text: text.replace(/\r\n?/g, '\n') };
	} catch {
		return { type: 'encoding', figure: 'not UTF-8' };
	}
}
