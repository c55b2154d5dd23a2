/** The index on disk. Where it is broken or of another version, it is made again from the workspace. */

import { isRecord } from '../../inference/record';
import { isArrayOf, isCount, isText } from '../shapes';
import { type Digest, PLACE } from './digest';
import { bytesOf, readPacked, writePacked } from './packedFile';

/** A file of the workspace as it was when it was read. */
export interface IndexedFile extends Digest {
	/** Absolute path. */
	readonly file: string;
	/** Bytes. */
	readonly size: number;
	/** Milliseconds since 1970. */
	readonly modified: number;
}

/** Its number grows with every change of the format, of what counts as a word and of how files are cut. */
const MARK = 'familiar index 0002\n';
const MOST = 0xffff_ffff;
const MOST_FILES = 1_000_000;

interface Head {
	readonly file: string;
	readonly size: number;
	readonly modified: number;
	/** Numbers of its own in each of the packed parts. */
	readonly places: number;
	readonly words: number;
}

/** Rejects where it cannot be written; the earlier file is then intact. */
export async function writeIndex(file: string, indexed: readonly IndexedFile[]): Promise<void> {
	const head = indexed.map(
		({ file, size, modified, places, words }): Head => ({
			file,
			size,
			modified,
			places: places.length,
			words: words.length,
		}),
	);
	await writePacked(file, MARK, head, [
		...indexed.map(({ places }) => bytesOf(places)),
		...indexed.map(({ words }) => bytesOf(words)),
		...indexed.map(({ counts }) => bytesOf(counts)),
	]);
}

/** Undefined where there is none, or none that is whole. */
export async function readIndex(file: string): Promise<readonly IndexedFile[] | undefined> {
	const packed = await readPacked(file, MARK);
	if (packed === undefined || !isArrayOf(packed.head, isHead, MOST_FILES)) {
		return undefined;
	}
	const { head: heads, numbers } = packed;
	const total = (read: (head: Head) => number) => heads.reduce((sum, head) => sum + read(head), 0);
	const places = total((head) => head.places);
	const words = total((head) => head.words);
	if (4 * (places + words) + words !== numbers.byteLength) {
		return undefined;
	}
	let place = 0;
	let word = 0;
	return heads.map((head) => {
		const indexed = {
			file: head.file,
			size: head.size,
			modified: head.modified,
			places: new Uint32Array(numbers, 4 * place, head.places),
			words: new Uint32Array(numbers, 4 * (places + word), head.words),
			counts: new Uint8Array(numbers, 4 * (places + words) + word, head.words),
		};
		place += head.places;
		word += head.words;
		return indexed;
	});
}

function isHead(value: unknown): value is Head {
	return (
		isRecord(value) &&
		isText(value['file']) &&
		isCount(value['size'], Number.MAX_SAFE_INTEGER) &&
		typeof value['modified'] === 'number' &&
		isCount(value['places'], MOST) &&
		value['places'] % PLACE === 0 &&
		isCount(value['words'], MOST)
	);
}
