/** What tells one state of a file from another without reading it. */
import * as fs from 'node:fs/promises';

/** Decimal numbers as strings: they are larger than a JavaScript number holds exactly. */
export interface FileIdentity {
	/** Bytes. */
	readonly size: string;
	/** Nanoseconds. */
	readonly mtime: string;
	readonly inode: string;
}

/** Rejects where there is no such file. */
export async function fileIdentity(file: string): Promise<FileIdentity> {
	const { size, mtimeNs, ino } = await fs.stat(file, { bigint: true });
	return { size: String(size), mtime: String(mtimeNs), inode: String(ino) };
}

export function isSameFile(one: FileIdentity, other: FileIdentity): boolean {
	return one.size === other.size && one.mtime === other.mtime && one.inode === other.inode;
}
