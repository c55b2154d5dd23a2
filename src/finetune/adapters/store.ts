/** The adapters on this machine: which files there are, what each says of itself, and whether the model can use it. */

import { createHash, randomUUID } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import * as fs from 'node:fs/promises';
import * as path from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { AdapterFacts } from '../../inference/gguf/adapterKeys';
import type { Generator } from '../../inference/model';
import type { RecordStore } from '../report/recordStore';

export interface StoredAdapter {
	/** Absolute. */
	readonly path: string;
	/** As shown; the file's name where it does not say one. */
	readonly name: string;
	/** Undefined for a file that is no adapter. */
	readonly facts: AdapterFacts | undefined;
	/** When the file was written, in milliseconds since 1970. */
	readonly written: number;
	readonly bytes: number;
	/** Why the loaded model cannot use it, as a sentence; undefined where it can. */
	readonly problem: string | undefined;
	/** What may make it worse than it was; undefined where nothing does. */
	readonly warning: string | undefined;
}

/** Of the sha256, in the name of a copy: node-llama-cpp keeps adapters by path, so each content needs its own. */
const HASH_DIGITS = 16;
/** Characters of the name that a copy keeps: it is shown for an adapter that does not say its own. */
const LONGEST_STEM = 60;

export class AdapterStore {
	/**
	 * @param folder Absolute path; it need not be there.
	 * @param changed To be called by whoever puts a file there past this store; this store calls it, too.
	 */
	constructor(
		readonly folder: string,
		private readonly model: Pick<Generator, 'inspectAdapter'>,
		readonly changed: () => void = () => undefined,
		/** Knows the names that the user gave them, and what else lies beside them. Default: nothing does. */
		private readonly records?: Pick<RecordStore, 'nameOf' | 'delete'>,
	) {}

	/**
	 * Newest first.
	 *
	 * @throws ModelUnavailable without a model that could look at them; an AbortError.
	 */
	async list(signal: AbortSignal): Promise<readonly StoredAdapter[]> {
		const names = (await fs.readdir(this.folder).catch((): string[] => [])).filter((name) =>
			name.endsWith('.gguf'),
		);
		const adapters: StoredAdapter[] = [];
		for (const name of names) {
			const file = path.join(this.folder, name);
			const status = await fs.stat(file).catch(() => undefined);
			if (status?.isFile() === true) {
				const found = await this.look(file, signal);
				adapters.push({
					...found,
					name: (await this.records?.nameOf(file)) ?? found.name,
					written: status.mtimeMs,
					bytes: status.size,
				});
			}
		}
		return adapters.sort((one, other) => other.written - one.written);
	}

	/**
	 * Takes in a copy of a GGUF adapter from elsewhere.
	 *
	 * @param file Absolute path.
	 * @returns the copy, with what was found in the file.
	 * @throws Error with the reason when the loaded model cannot use it; ModelUnavailable; the error of the disk; an
	 *   AbortError. Nothing is left behind then.
	 */
	async add(file: string, signal: AbortSignal): Promise<Pick<StoredAdapter, 'path' | 'name' | 'warning'>> {
		const { name, problem, warning } = await this.look(file, signal);
		if (problem !== undefined) {
			throw new Error(problem);
		}
		// Of what was learned from somebody's code: for this user only.
		await fs.mkdir(this.folder, { recursive: true, mode: 0o700 });
		const temporary = path.join(this.folder, `.${randomUUID()}.gguf.tmp`);
		try {
			const hash = createHash('sha256');
			const through = async function* (source: AsyncIterable<Buffer>) {
				for await (const bytes of source) {
					hash.update(bytes);
					yield bytes;
				}
			};
			const to = createWriteStream(temporary, { mode: 0o600, flush: true });
			await pipeline(createReadStream(file), through, to, { signal });
			const stem = path.basename(file, path.extname(file)).slice(0, LONGEST_STEM);
			const copy = path.join(this.folder, `${stem}-${hash.digest('hex').slice(0, HASH_DIGITS)}.gguf`);
			await fs.rename(temporary, copy);
			this.changed();
			return { path: copy, name, warning };
		} finally {
			await fs.rm(temporary, { force: true });
		}
	}

	/** @throws Error for a file elsewhere; the error of the disk. */
	async delete(file: string): Promise<void> {
		if (path.dirname(file) !== path.resolve(this.folder)) {
			throw new Error(`${file} is not in the folder of adapters; delete it where you put it.`);
		}
		await fs.rm(file, { force: true });
		await this.records?.delete(file);
		this.changed();
	}

	private async look(file: string, signal: AbortSignal): Promise<Omit<StoredAdapter, 'written' | 'bytes'>> {
		const found = await this.model.inspectAdapter(file, signal);
		return found.type === 'facts'
			? {
					path: file,
					name: found.facts.name,
					facts: found.facts,
					problem: found.problem,
					warning: found.warning,
				}
			: {
					path: file,
					name: path.basename(file, '.gguf'),
					facts: undefined,
					problem: found.reason,
					warning: undefined,
				};
	}
}
