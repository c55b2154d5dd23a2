/** The vectors of chunks, where an embedding model is configured: a byte a number, kept on disk, searched by cosine. */

import { isRecord } from '../../inference/record';
import { isArrayOf, isCount, isText } from '../shapes';
import { PLACE } from './digest';
import type { IndexedFile } from './indexFile';
import { bytesOf, readPacked, writePacked } from './packedFile';
import type { Ranked } from './rank';

/** Its number grows with every change of the format and of how files are cut. */
const MARK = 'familiar vectors 0002\n';
/** Largest number of a byte with a sign. */
const SCALE = 127;
const MOST_FILES = 1_000_000;
const MOST_DIMENSIONS = 65_536;

/** The vectors of one file as it was then, chunk after chunk. */
interface FileVectors {
	readonly size: number;
	readonly modified: number;
	readonly numbers: Int8Array;
}

interface Head {
	readonly model: string;
	readonly dimensions: number;
	readonly files: readonly {
		readonly file: string;
		readonly size: number;
		readonly modified: number;
		readonly length: number;
	}[];
}

export class VectorStore {
	/** By absolute path. */
	private readonly files = new Map<string, FileVectors>();
	private dimensions = 0;
	private isSaved = true;

	/**
	 * @param model what tells the model from others: vectors of two models have nothing in common
	 * @param file absolute path on disk; undefined to keep none
	 */
	constructor(
		readonly model: string,
		private readonly file: string | undefined,
	) {}

	get isEmpty(): boolean {
		return this.files.size === 0;
	}

	async load(): Promise<void> {
		const packed = this.file === undefined ? undefined : await readPacked(this.file, MARK);
		if (packed === undefined || !isHead(packed.head) || packed.head.model !== this.model) {
			return;
		}
		const { dimensions, files } = packed.head;
		if (files.reduce((sum, { length }) => sum + length, 0) !== packed.numbers.byteLength) {
			return;
		}
		this.dimensions = dimensions;
		let at = 0;
		for (const { file, size, modified, length } of files) {
			this.files.set(file, { size, modified, numbers: new Int8Array(packed.numbers, at, length) });
			at += length;
		}
	}

	/** Whether the file's chunks, as they are now, have their vectors. */
	has({ file, size, modified, places }: IndexedFile): boolean {
		const known = this.files.get(file);
		return places.length === 0 || (known?.size === size && known.modified === modified);
	}

	/** @param vectors one a chunk; those of another length than all before are not taken */
	put({ file, size, modified }: IndexedFile, vectors: readonly (readonly number[])[]): void {
		const dimensions = this.dimensions === 0 ? (vectors[0]?.length ?? 0) : this.dimensions;
		if (dimensions === 0 || vectors.some(({ length }) => length !== dimensions)) {
			return;
		}
		this.dimensions = dimensions;
		const numbers = new Int8Array(vectors.length * dimensions);
		for (const [index, vector] of vectors.entries()) {
			const length = Math.hypot(...vector) || 1;
			numbers.set(
				vector.map((value) => Math.round((value / length) * SCALE)),
				index * dimensions,
			);
		}
		this.files.set(file, { size, modified, numbers });
		this.isSaved = false;
	}

	/** Forgets the files that are not among these. */
	keepOnly(files: ReadonlySet<string>): void {
		for (const file of this.files.keys()) {
			if (!files.has(file)) {
				this.files.delete(file);
				this.isSaved = false;
			}
		}
	}

	/** The chunks whose vectors point most nearly in the same direction, the best first. */
	nearest(files: readonly IndexedFile[], vector: readonly number[], count: number): readonly Ranked[] {
		const { dimensions } = this;
		if (vector.length !== dimensions) {
			return [];
		}
		const length = Math.hypot(...vector) || 1;
		const found: Ranked[] = [];
		for (const [index, file] of files.entries()) {
			const numbers = this.has(file) ? this.files.get(file.file)?.numbers : undefined;
			const chunks = Math.min(file.places.length / PLACE, (numbers?.length ?? 0) / dimensions);
			for (let chunk = 0; chunk < chunks; chunk++) {
				let product = 0;
				for (let at = 0; at < dimensions; at++) {
					product += (numbers?.[chunk * dimensions + at] ?? 0) * (vector[at] ?? 0);
				}
				found.push({ file: index, chunk, score: product / (SCALE * length) });
			}
		}
		return found.sort((one, other) => other.score - one.score).slice(0, count);
	}

	/** Rejects where it cannot be written. */
	async save(): Promise<void> {
		if (this.file !== undefined && !this.isSaved) {
			this.isSaved = true;
			const files = [...this.files].map(([file, { size, modified, numbers }]) => ({
				file,
				size,
				modified,
				length: numbers.length,
			}));
			const head: Head = { model: this.model, dimensions: this.dimensions, files };
			const numbers = [...this.files.values()].map(({ numbers }) => bytesOf(numbers));
			await writePacked(this.file, MARK, head, numbers);
		}
	}
}

function isHead(value: unknown): value is Head {
	return (
		isRecord(value) &&
		isText(value['model']) &&
		isCount(value['dimensions'], MOST_DIMENSIONS) &&
		isArrayOf(value['files'], isFile, MOST_FILES)
	);
}

function isFile(value: unknown): value is Head['files'][number] {
	return (
		isRecord(value) &&
		isText(value['file']) &&
		isCount(value['size'], Number.MAX_SAFE_INTEGER) &&
		typeof value['modified'] === 'number' &&
		isCount(value['length'], Number.MAX_SAFE_INTEGER)
	);
}
