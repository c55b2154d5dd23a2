/** Writes archives as npm does, and such as nobody should: every field can be set. */
import { gzipSync } from 'node:zlib';

export interface TarEntry {
	readonly name: string;
	readonly content?: string | Buffer;
	/** Default: that of a plain file. */
	readonly type?: string;
	/** Default: the content's. */
	readonly size?: string;
	readonly prefix?: string;
	readonly link?: string;
	/** Default: the right one. */
	readonly sum?: string;
}

const BLOCK = 512;

/** @param isEnded without it, the two blocks of zeros at the end are missing. */
export function tar(entries: readonly TarEntry[], isEnded = true): Buffer {
	const blocks = entries.flatMap((entry) => {
		const content = Buffer.from(entry.content ?? '');
		return [
			headerOf(entry, content.length),
			content,
			Buffer.alloc((BLOCK - (content.length % BLOCK)) % BLOCK),
		];
	});
	return Buffer.concat([...blocks, ...(isEnded ? [Buffer.alloc(2 * BLOCK)] : [])]);
}

export function tgz(entries: readonly TarEntry[]): Buffer {
	return gzipSync(tar(entries));
}

function headerOf({ name, type = '0', size, prefix = '', link = '', sum }: TarEntry, length: number): Buffer {
	const header = Buffer.alloc(BLOCK);
	header.write(name, 0, 100, 'latin1');
	header.write('000644 \0', 100, 'latin1');
	header.write(size ?? `${length.toString(8).padStart(11, '0')} `, 124, 12, 'latin1');
	header.write('00000000000 ', 136, 'latin1');
	header.write(type, 156, 'latin1');
	header.write(link, 157, 100, 'latin1');
	header.write('ustar\x0000', 257, 'latin1');
	header.write(prefix, 345, 155, 'latin1');
	header.fill(0x20, 148, 156);
	const right = header.reduce((total, byte) => total + byte, 0);
	header.write(sum ?? `${right.toString(8).padStart(6, '0')}\0 `, 148, 8, 'latin1');
	return header;
}
