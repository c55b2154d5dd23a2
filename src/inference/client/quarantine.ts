/** Model files that ended hosts which loaded them: remembered, so that the next window does not try them again. */

import * as fs from 'node:fs/promises';
import * as path from 'node:path';
import { type FileIdentity, fileIdentity, isSameFile } from '../fileIdentity';
import { readJson } from '../jsonFile';
import type { Backend, LoadOptions } from '../model';
import { writeWhole } from '../wholeFile';
import { count, list, literal, object, shortString } from '../wire/shapes';

const FILE = 'quarantine.json';
/** Files and backends; the newest stay. */
const MOST = 32;

interface Suspect {
	/** Of the file as it was: another one of its name is another model. */
	readonly file: FileIdentity;
	readonly backend: Backend;
	/** Of the extension: the next one may bring an engine that loads it. */
	readonly version: string;
	/** Crashes one after the other, without a load in between. */
	readonly crashes: number;
}

const suspects = list(
	object<Suspect>({
		file: object<FileIdentity>({ size: shortString, mtime: shortString, inode: shortString }),
		backend: literal('auto', 'cpu', 'cuda', 'vulkan', 'metal'),
		version: shortString,
		crashes: count,
	}),
	MOST,
);

type Choice = Pick<LoadOptions, 'path' | 'backend' | 'cacheFolder'>;

/** Windows that write at once may lose one of two crashes: the next one counts. */
export class Quarantine {
	/** @param version of the extension. */
	constructor(private readonly version: string) {}

	/** How often loading this file on this backend ended the host; 0 where it is not there. */
	async crashesOf(choice: Choice): Promise<number> {
		const file = await identityOf(choice);
		const known = await read(choice);
		return known.find((one) => file !== undefined && this.isOf(one, file, choice.backend))?.crashes ?? 0;
	}

	/** @throws the error of a disk that cannot be written. */
	async crashed(choice: Choice): Promise<void> {
		const file = await identityOf(choice);
		if (file !== undefined) {
			const { backend } = choice;
			const crashes = (await this.crashesOf(choice)) + 1;
			const others = (await read(choice)).filter((one) => !this.isOf(one, file, backend));
			const newest: Suspect = { file, backend, version: this.version, crashes };
			await write(choice, [newest, ...others].slice(0, MOST));
		}
	}

	/** It could be loaded. @throws as `crashed`. */
	async loaded(choice: Choice): Promise<void> {
		await this.forget(choice, (one, file) => this.isOf(one, file, choice.backend));
	}

	/** The user wants to try it once more, wherever it crashed. @throws as `crashed`. */
	async lift(choice: Choice): Promise<void> {
		await this.forget(choice, (one, file) => isSameFile(one.file, file));
	}

	private async forget(choice: Choice, isOver: (one: Suspect, file: FileIdentity) => boolean): Promise<void> {
		const file = await identityOf(choice);
		const known = await read(choice);
		const left = known.filter((one) => file === undefined || !isOver(one, file));
		if (left.length < known.length) {
			await write(choice, left);
		}
	}

	private isOf(one: Suspect, file: FileIdentity, backend: Backend): boolean {
		return one.backend === backend && one.version === this.version && isSameFile(one.file, file);
	}
}

function identityOf({ path: file }: Choice): Promise<FileIdentity | undefined> {
	return fileIdentity(file).catch(() => undefined);
}

async function read({ cacheFolder }: Choice): Promise<readonly Suspect[]> {
	return (await readJson(path.join(cacheFolder, FILE), suspects)) ?? [];
}

async function write({ cacheFolder }: Choice, all: readonly Suspect[]): Promise<void> {
	await fs.mkdir(cacheFolder, { recursive: true, mode: 0o700 });
	await writeWhole(path.join(cacheFolder, FILE), JSON.stringify(all));
}
