/** What is known of the chunks by meaning, where an embedding model is configured. */

import { isAbort, throwIfAborted } from '../../inference/cancel';
import { PLACE } from './digest';
import type { Embedder } from './embedder';
import { fuse } from './fusion';
import type { IndexedFile } from './indexFile';
import type { Ranked } from './rank';
import { chunkOf } from './readText';
import { VectorStore } from './vectors';

/** Milliseconds that a search waits for its vector: the model may have to be loaded first. */
const VECTOR_WAIT = 5_000;

export class Meaning {
	readonly vectors: VectorStore;

	/** @param file absolute path of the index on disk; undefined to keep none */
	constructor(
		private readonly embedder: Embedder,
		file: string | undefined,
	) {
		this.vectors = new VectorStore(embedder.model, file === undefined ? undefined : `${file}.vectors`);
	}

	/**
	 * Asks for the vectors of a file's chunks; false where there are none to be had.
	 * @throws AbortError
	 */
	async read(indexed: IndexedFile, label: string, text: string, signal: AbortSignal): Promise<boolean> {
		const lines = text.split('\n');
		const made: (readonly number[])[] = [];
		for (let chunk = 0; chunk * PLACE < indexed.places.length; chunk++) {
			throwIfAborted(signal);
			const vector = await this.embedder.embed(`${label}\n${chunkOf(lines, indexed, chunk).text}`, signal);
			if (vector === undefined) {
				return false;
			}
			made.push(vector);
		}
		this.vectors.put(indexed, made);
		return true;
	}

	/** Undefined where there is nothing to compare it with, or it does not come in time. */
	async vectorOf(question: string, signal: AbortSignal): Promise<readonly number[] | undefined> {
		if (this.vectors.isEmpty) {
			return undefined;
		}
		try {
			return await this.embedder.embed(question, AbortSignal.any([signal, AbortSignal.timeout(VECTOR_WAIT)]));
		} catch (error) {
			throwIfAborted(signal);
			if (isAbort(error)) {
				return undefined;
			}
			throw error;
		}
	}

	/** One ranking of that by words and that by meaning. */
	refine(
		byWords: readonly Ranked[],
		files: readonly IndexedFile[],
		vector: readonly number[],
		count: number,
	): readonly Ranked[] {
		const byMeaning = this.vectors.nearest(files, vector, count);
		return fuse([byWords, byMeaning], ({ file, chunk }) => `${file} ${chunk}`).map(({ item, score }) => ({
			...item,
			score,
		}));
	}
}
