/** The models in Familiar's own folder: those that are whole, those that are under way, and how they are removed. */

import * as fs from 'node:fs/promises';
import * as path from 'node:path';
import { codeOf } from '../failure';
import { readJson } from '../jsonFile';
import type { Translate } from '../statusText';
import { writeWhole } from '../wholeFile';
import { type Check, count, list, literal, object, optional, shortString } from '../wire/shapes';
import { DownloadFailure } from './failure';
import { isLocked, lockOf } from './fileLock';
import { folderName, isModelFileName } from './names';
import { partFiles } from './part';

/** What a model is used for. */
export type Role = 'completion' | 'chat' | 'embedding';

export interface RecordedFile {
	/** Without a folder. */
	readonly name: string;
	/** Where it comes from; undefined for one that was imported. */
	readonly address: string | undefined;
	/** Undefined until somebody said, or all have arrived. */
	readonly bytes: number | undefined;
	/** In hexadecimal; undefined until somebody said, or all have arrived. */
	readonly sha256: string | undefined;
}

/** What is known of a model before its first byte has arrived; kept beside its files. */
export interface ModelRecord {
	/** As it is shown. */
	readonly name: string;
	/** The repository, the server, or `imported`. */
	readonly origin: string;
	readonly licence: string | undefined;
	readonly roles: readonly Role[];
	/** The first part first. */
	readonly files: readonly RecordedFile[];
}

export interface StoredModel {
	readonly record: ModelRecord;
	/** Absolute path of the first file, which may still be under way. */
	readonly path: string;
	/** That are there. */
	readonly bytes: number;
	/** Of all files; undefined while not known. */
	readonly total: number | undefined;
	readonly isComplete: boolean;
}

const RECORD = '.familiar.json';
const MOST_PARTS = 1_000;

const isName: Check<string> = (value): value is string => typeof value === 'string' && isModelFileName(value);
const recordShape = object<ModelRecord>({
	name: shortString,
	origin: shortString,
	licence: optional(shortString),
	roles: list(literal('completion', 'chat', 'embedding')),
	files: list(
		object<RecordedFile>({
			name: isName,
			address: optional(shortString),
			bytes: optional(count),
			sha256: optional(shortString),
		}),
		MOST_PARTS,
	),
});

/** How files are removed; replaced in tests, where another program holds one. */
export interface Removing {
	/** One that is not there is no error. */
	remove(file: string): Promise<void>;
	/** Milliseconds before each further try. */
	readonly pauses: readonly number[];
}

/** A model that was in use until now is let go by its process within a moment; a virus scanner takes some seconds. */
const REMOVING: Removing = {
	remove: (file) => fs.rm(file, { force: true }),
	pauses: [50, 100, 200, 400, 800, 1_600, 3_200],
};

export class Library {
	/** Names of the folders on disk, by their names in small letters: many disks take capitals for the same. */
	private folders: ReadonlyMap<string, string> = new Map();

	/** @param folder absolute path; made when the first model comes. */
	constructor(
		private readonly folder: string,
		private readonly translate: Translate,
		private readonly removing: Removing = REMOVING,
	) {}

	/** Where the files of a model are, as far as the disk was looked at: see `list` and `keep`. */
	folderOf({ origin }: ModelRecord): string {
		const name = folderName(origin);
		return path.join(this.folder, this.folders.get(name) ?? this.folders.get(name.toLowerCase()) ?? name);
	}

	pathOf(record: ModelRecord, file: Pick<RecordedFile, 'name'>): string {
		return path.join(this.folderOf(record), file.name);
	}

	/** @throws the error of a disk that cannot be written. */
	async keep(record: ModelRecord): Promise<void> {
		await this.lookAtFolders();
		await fs.mkdir(this.folderOf(record), { recursive: true, mode: 0o700 });
		await writeWhole(this.recordOf(record), JSON.stringify(record, undefined, '\t'));
	}

	/** Forgets a model of which no file is there. */
	async forget(record: ModelRecord): Promise<void> {
		await this.removeFile(this.recordOf(record));
		await fs.rmdir(this.folderOf(record)).catch(() => undefined);
	}

	/** The same, with the sizes and hashes of those of its files that are here, found out when they came. */
	async withKnown(record: ModelRecord): Promise<ModelRecord> {
		await this.lookAtFolders();
		const kept = await readJson(this.recordOf(record), recordShape);
		const files = record.files.map(async (file) => {
			const known = kept?.files.find((one) => one.name === file.name && one.address === file.address);
			const { bytes, sha256 } = known ?? file;
			const isSame = bytes === (file.bytes ?? bytes) && sha256 === (file.sha256 ?? sha256);
			const whole = { ...file, bytes, sha256 };
			return isSame && (await this.isHere(record, whole)) ? whole : file;
		});
		return { ...record, files: await Promise.all(files) };
	}

	/** Whether a file is in its place, and as long as it is known to be. */
	async isHere(record: ModelRecord, file: RecordedFile): Promise<boolean> {
		return file.bytes !== undefined && (await sizeOf(this.pathOf(record, file))) === file.bytes;
	}

	/** By name; what cannot be read is left out. */
	async list(): Promise<readonly StoredModel[]> {
		const models: StoredModel[] = [];
		for (const folder of await this.lookAtFolders()) {
			for (const name of await namesIn(path.join(this.folder, folder))) {
				const record = name.endsWith(RECORD)
					? await readJson(path.join(this.folder, folder, name), recordShape)
					: undefined;
				if (record !== undefined && record.files.length > 0 && this.isFolderOf(folder, record)) {
					models.push(await this.look(record));
				}
			}
		}
		return models.sort((one, other) => one.record.name.localeCompare(other.record.name));
	}

	/**
	 * Removes its files, whole or not.
	 * @throws DownloadFailure while a window works on one of them, or another program holds one.
	 */
	async remove({ record }: StoredModel): Promise<void> {
		const files = record.files.map((file) => this.pathOf(record, file));
		for (const file of files) {
			if (await isLocked(file)) {
				throw new DownloadFailure(
					this.translate('{0} is being downloaded. Cancel that first.', record.name),
					'final',
				);
			}
		}
		// What is listed is there: so the record goes last.
		for (const file of files) {
			const { part, state } = partFiles(file);
			for (const one of [file, part, state, lockOf(file)]) {
				await this.removeFile(one);
			}
		}
		await this.forget(record);
	}

	private async removeFile(file: string): Promise<void> {
		const { remove, pauses } = this.removing;
		for (let tries = 0; ; tries++) {
			try {
				return await remove(file);
			} catch (error) {
				const code = codeOf(error);
				const pause = pauses[tries];
				if (code !== 'EPERM' && code !== 'EBUSY' && code !== 'EACCES') {
					throw error;
				}
				if (pause === undefined) {
					throw new DownloadFailure(
						this.translate(
							'{0} cannot be deleted ({1}): another program or window may be using it. Choose another model there or close it, and delete it again.',
							file,
							code,
						),
						'final',
					);
				}
				await new Promise((resolve) => setTimeout(resolve, pause));
			}
		}
	}

	private async lookAtFolders(): Promise<readonly string[]> {
		const names = await namesIn(this.folder);
		// The name itself comes before one that differs from it.
		this.folders = new Map([
			...names.map((name) => [name.toLowerCase(), name] as const),
			...names.map((name) => [name, name] as const),
		]);
		return names;
	}

	private isFolderOf(folder: string, record: ModelRecord): boolean {
		return path.join(this.folder, folder) === this.folderOf(record);
	}

	private recordOf(record: ModelRecord): string {
		return path.join(this.folderOf(record), `${record.files[0]?.name}${RECORD}`);
	}

	private async look(record: ModelRecord): Promise<StoredModel> {
		let bytes = 0;
		let isComplete = true;
		for (const file of record.files) {
			const at = this.pathOf(record, file);
			const whole = await sizeOf(at);
			isComplete &&= whole !== undefined && whole === file.bytes;
			bytes += whole ?? (await sizeOf(partFiles(at).part)) ?? 0;
		}
		return {
			record,
			path: this.pathOf(record, { name: record.files[0]?.name ?? '' }),
			bytes,
			total: totalOf(record),
			isComplete,
		};
	}
}

/** Tells one model from the others. */
export function modelKey({ origin, files }: ModelRecord): string {
	return `${origin}/${files[0]?.name}`;
}

/** Bytes of all files; undefined while not known. */
export function totalOf({ files }: ModelRecord): number | undefined {
	return files.reduce<number | undefined>(
		(sum, { bytes }) => (sum === undefined || bytes === undefined ? undefined : sum + bytes),
		0,
	);
}

async function sizeOf(file: string): Promise<number | undefined> {
	const status = await fs.stat(file).catch(() => undefined);
	return status?.isFile() === true ? status.size : undefined;
}

async function namesIn(folder: string): Promise<readonly string[]> {
	return (await fs.readdir(folder).catch((): string[] => [])).sort();
}
