/** The index of a workspace: brought up to date file by file, searched, and kept on disk. Runs in the worker. */

import * as path from 'node:path';
import { throwIfAborted } from '../../inference/cancel';
import { secretsIn } from '../../inference/secretText';
import { type Cut, cutByIndentation } from './cutter';
import { digestOf, PLACE } from './digest';
import type { Embedder } from './embedder';
import { type IndexedFile, readIndex, writeIndex } from './indexFile';
import { isIgnoreFile, type ListedFile, type Listing, listFiles, MOST_FILES, type Scope } from './listing';
import { Meaning } from './meaning';
import { removeOldIndexes } from './oldIndexes';
import { rank } from './rank';
import { type ChunkText, chunkOf, existing, readText, statusOf } from './readText';

/** A part of a file that may answer a question. */
export interface FoundChunk extends ChunkText {
	/** As the user knows it, with `/`. */
	readonly path: string;
	/** Absolute path. */
	readonly file: string;
	readonly score: number;
}

export interface IndexFigures {
	/** Files that are searched, and their chunks. */
	readonly files: number;
	readonly chunks: number;
	/** Files that there is no room for. */
	readonly leftOut: number;
}

export interface IndexProgress {
	readonly done: number;
	readonly all: number;
}

/** Words of all chunks together, at five bytes each: files beyond are left out. */
const MOST_WORDS = 20_000_000;
/** Chunks of one file among the results: the others may be about something else. */
const MOST_OF_FILE = 3;
/** How often a search begins anew because files changed under it. */
const ROUNDS = 4;

const NOTHING = { places: new Uint32Array(), words: new Uint32Array(), counts: new Uint8Array() };

export class WorkspaceIndex {
	/** By absolute path. What may not be searched stands there without chunks, so that it is read once only. */
	private readonly files = new Map<string, IndexedFile>();
	private listed: ReadonlyMap<string, ListedFile> = new Map();
	private listing: Listing = { files: [], leftOut: 0, problems: [] };
	/** Files that changed and are not listed: they wait for the next listing. */
	private readonly unlisted = new Set<string>();
	/** Of those, what the last listing did not take though it was there: ignored, excluded, built. */
	private passedOver: ReadonlySet<string> = new Set();
	private crowdedOut = 0;
	private words = 0;
	/** Whether the disk has it all. */
	private isSaved = true;

	private readonly meaning: Meaning | undefined;

	/**
	 * @param file absolute path of the index on disk; undefined to keep none
	 * @param embedder undefined where no embedding model is configured: then words alone decide
	 * @param cut into chunks; default: by indentation
	 */
	constructor(
		private readonly file: string | undefined,
		embedder?: Embedder,
		private readonly cut: Cut = cutByIndentation,
	) {
		this.meaning = embedder === undefined ? undefined : new Meaning(embedder, file);
	}

	get figures(): IndexFigures {
		let chunks = 0;
		let files = 0;
		for (const { places } of this.files.values()) {
			chunks += places.length / PLACE;
			files += places.length > 0 ? 1 : 0;
		}
		return { files, chunks, leftOut: this.listing.leftOut + this.crowdedOut };
	}

	/** Why folders could not be read, as sentences. */
	get problems(): readonly string[] {
		return this.listing.problems;
	}

	/** Takes over what an earlier window left; it still has to be brought up to date. */
	async load(): Promise<void> {
		const indexed = this.file === undefined ? undefined : await readIndex(this.file);
		for (const one of indexed ?? []) {
			this.put(one);
		}
		this.isSaved = true;
		await this.meaning?.vectors.load();
		if (this.file !== undefined) {
			await removeOldIndexes(this.file);
		}
	}

	/**
	 * Brings all of it up to date: only files whose size or time is another are read.
	 * @param rest called between two files
	 * @throws AbortError; what was read until then stays
	 */
	async refresh(
		scope: Scope,
		onProgress: (progress: IndexProgress) => void,
		rest: () => Promise<void>,
		signal: AbortSignal,
	): Promise<void> {
		const changed = [...this.unlisted];
		const there = await existing([...this.passedOver, ...changed].slice(-MOST_FILES));
		this.listing = await listFiles(scope, signal);
		this.crowdedOut = 0;
		this.listed = new Map(this.listing.files.map((one) => [path.join(one.folder, one.path), one]));
		// Where a folder could not be read, the listing says nothing about its files.
		const remain = this.listing.problems.length > 0 ? [] : there.filter((file) => !this.listed.has(file));
		this.passedOver = new Set(await existing(remain));
		for (const file of changed) {
			this.unlisted.delete(file);
		}
		for (const file of this.files.keys()) {
			if (!this.listed.has(file)) {
				this.remove(file);
			}
		}
		const all = this.listed.size;
		let done = 0;
		for (const [file, listed] of this.listed) {
			throwIfAborted(signal);
			if (!(await this.update(file, listed))) {
				this.crowdedOut++;
			}
			onProgress({ done: ++done, all });
			await rest();
		}
		this.meaning?.vectors.keepOnly(new Set(this.files.keys()));
	}

	/** Reads files again that were changed or deleted. False where one may be new: then all has to be listed again. */
	async touch(files: readonly string[], signal: AbortSignal): Promise<boolean> {
		let isKnown = true;
		for (const file of files) {
			throwIfAborted(signal);
			const listed = this.listed.get(file);
			if (listed === undefined) {
				if (isIgnoreFile(file)) {
					isKnown = false;
				} else if (!this.passedOver.has(file)) {
					isKnown = false;
					this.unlisted.add(file);
				}
			} else {
				await this.update(file, listed);
			}
		}
		return isKnown;
	}

	/**
	 * Asks for the vectors of all chunks that have none; ends early where there are none to be had.
	 * @param rest called between two files
	 * @throws AbortError; what was asked for until then stays
	 */
	async embedMissing(rest: () => Promise<void>, signal: AbortSignal): Promise<void> {
		const { meaning } = this;
		for (const indexed of meaning === undefined ? [] : [...this.files.values()]) {
			const listed = this.listed.get(indexed.file);
			const text =
				listed === undefined || meaning?.vectors.has(indexed) === true
					? undefined
					: await this.current(indexed, listed);
			if (listed === undefined || text === undefined) {
				continue;
			}
			if ((await meaning?.read(indexed, listed.label, text, signal)) !== true) {
				return;
			}
			await rest();
		}
	}

	/** The chunks that answer best, with the text that their files have now. */
	async search(question: string, count: number, signal: AbortSignal): Promise<readonly FoundChunk[]> {
		const vector = await this.meaning?.vectorOf(question, signal);
		for (let round = 1; ; round++) {
			throwIfAborted(signal);
			const files = [...this.files.values()];
			const perFile = new Map<number, number>();
			const depth = count * MOST_OF_FILE * 2;
			const byWords = rank(files, question, depth);
			const ranked =
				vector === undefined ? byWords : (this.meaning?.refine(byWords, files, vector, depth) ?? byWords);
			const best = ranked.filter(({ file }) => {
				const before = perFile.get(file) ?? 0;
				perFile.set(file, before + 1);
				return before < MOST_OF_FILE;
			});
			const found: FoundChunk[] = [];
			const texts = new Map<number, string | undefined>();
			let isStale = false;
			for (const { file, chunk, score } of best.slice(0, count)) {
				const indexed = files[file];
				const listed = indexed === undefined ? undefined : this.listed.get(indexed.file);
				if (!texts.has(file)) {
					texts.set(file, listed === undefined ? undefined : await this.current(indexed, listed));
				}
				const text = texts.get(file);
				if (indexed === undefined || listed === undefined || text === undefined) {
					isStale = true;
					continue;
				}
				found.push({
					path: listed.label,
					file: indexed.file,
					...chunkOf(text.split('\n'), indexed, chunk),
					score,
				});
			}
			if (!isStale || round === ROUNDS) {
				return found;
			}
		}
	}

	/** Writes what changed since it was last written. Rejects where it cannot. */
	async save(): Promise<void> {
		if (this.file !== undefined && !this.isSaved) {
			this.isSaved = true;
			await writeIndex(this.file, [...this.files.values()]);
		}
		await this.meaning?.vectors.save();
	}

	/** The text of a file that is as it was indexed; undefined, and the index up to date again, where it is not. */
	private async current(indexed: IndexedFile | undefined, listed: ListedFile): Promise<string | undefined> {
		if (indexed === undefined) {
			return undefined;
		}
		const status = await statusOf(indexed.file);
		const text = status === undefined ? undefined : await readText(indexed.file, listed.folder);
		if (status?.size !== indexed.size || status.modified !== indexed.modified || text === undefined) {
			await this.update(indexed.file, listed);
			return undefined;
		}
		// One is enough: of a key that spans many lines a chunk may show a part that looks like none.
		if (secretsIn(text).length > 0) {
			this.put({ ...indexed, ...NOTHING });
			return undefined;
		}
		return text;
	}

	/** False where there is no room for the file. */
	private async update(file: string, listed: ListedFile): Promise<boolean> {
		const status = await statusOf(file);
		const known = this.files.get(file);
		if (status === undefined) {
			this.remove(file);
			return true;
		}
		if (known?.size === status.size && known.modified === status.modified) {
			return true;
		}
		const text = await readText(file, listed.folder);
		const digest =
			text === undefined ? NOTHING : digestOf(listed.label, text, await this.cut(listed.path, text));
		if (this.words - (known?.words.length ?? 0) + digest.words.length > MOST_WORDS) {
			this.remove(file);
			return false;
		}
		this.put({ file, ...status, ...digest });
		return true;
	}

	private put(indexed: IndexedFile): void {
		this.words += indexed.words.length - (this.files.get(indexed.file)?.words.length ?? 0);
		this.files.set(indexed.file, indexed);
		this.isSaved = false;
	}

	private remove(file: string): void {
		const known = this.files.get(file);
		if (known !== undefined) {
			this.words -= known.words.length;
			this.files.delete(file);
			this.isSaved = false;
		}
	}
}
