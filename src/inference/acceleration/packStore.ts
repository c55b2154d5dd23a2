/** Packs on disk: fetched, checked and unpacked whole or not at all, and removed again. */

import { randomUUID } from 'node:crypto';
import * as fs from 'node:fs/promises';
import * as path from 'node:path';
import { messageOf } from '../failure';
import { requireSpace } from '../models/disk';
import { type DownloadTools, download, type Step } from '../models/download';
import { DownloadFailure } from '../models/failure';
import { whileLocked } from '../models/fileLock';
import { partFiles } from '../models/part';
import { addressOf, type Pack, packagePath, versionAt } from './pack';
import { ArchiveRefused, untar } from './untar';

/** The first bytes of every archive. */
const GZIP = '\x1f\x8b';
const MOST_FILES = 200;
/** Folders that something was unpacked into, or that are on their way out. */
const UNFINISHED = /^(new|old)-/;

export type PackStep = Step | { readonly phase: 'unpacking'; readonly bytes: number };

export interface PackSource {
	/** Default: the public registry. */
	readonly address?: (pack: Pack) => URL;
}

export class PackStore {
	/** @param folder absolute path of the folder of packs; it need not be there. */
	constructor(
		readonly folder: string,
		private readonly tools: DownloadTools,
		private readonly source: PackSource = {},
	) {}

	/** Whether it is there in this very version. */
	has({ name, version }: Pack): boolean {
		return versionAt(packagePath(this.folder, name)) === version;
	}

	/** Names of all that are there, of whatever version. */
	async names(): Promise<readonly string[]> {
		const all = await fs.readdir(path.dirname(packagePath(this.folder, '-'))).catch(() => []);
		return all.filter((name) => versionAt(packagePath(this.folder, name)) !== undefined);
	}

	/** Bytes that wait to be continued. */
	async waiting(pack: Pack): Promise<number> {
		const status = await fs.stat(partFiles(this.archiveOf(pack)).part).catch(() => undefined);
		return status?.size ?? 0;
	}

	/**
	 * What has arrived is kept whatever happens, and the next call goes on from there.
	 * @throws DownloadFailure, or an AbortError.
	 */
	async install(pack: Pack, onStep: (step: PackStep) => void, signal: AbortSignal): Promise<void> {
		const { web, disk, translate } = this.tools;
		const archive = this.archiveOf(pack);
		const address = this.source.address ?? addressOf;
		const { bytes, sha256, unpackedBytes } = pack;
		await download(
			{ address: address(pack), file: archive, bytes, sha256, token: undefined, magic: GZIP },
			{ ...this.tools, web, disk },
			onStep,
			signal,
		);
		await this.alone(async () => {
			if (this.has(pack)) {
				// Another window was faster.
				await fs.rm(archive, { force: true });
				return;
			}
			const made = path.join(this.folder, `new-${randomUUID()}`);
			try {
				await fs.mkdir(made, { recursive: true, mode: 0o700 });
				await requireSpace(disk, path.join(made, pack.name), unpackedBytes, translate);
				const limits = { files: MOST_FILES, bytes: unpackedBytes };
				await untar(archive, made, limits, (done) => onStep({ phase: 'unpacking', bytes: done }), signal);
				await this.publish(pack, made);
			} catch (error) {
				throw error instanceof ArchiveRefused ? this.refused(pack, error) : error;
			} finally {
				await fs.rm(made, { recursive: true, force: true });
			}
			await fs.rm(archive, { force: true });
		}, signal);
	}

	/** Removes a pack, of whatever version, and what has arrived of one. @throws Error where a program holds its files. */
	async remove(name: string, signal: AbortSignal): Promise<void> {
		await this.alone(() => this.clear(name), signal);
		const archives = await fs.readdir(path.dirname(this.archiveOf({ name, version: '' }))).catch(() => []);
		for (const archive of archives.filter((one) => new RegExp(`^${name}-\\d`).test(one))) {
			await fs.rm(path.join(this.folder, 'downloads', archive), { force: true });
		}
	}

	private async publish(pack: Pack, made: string): Promise<void> {
		if (versionAt(made) !== pack.version) {
			throw new ArchiveRefused(`It is not of version ${pack.version}.`);
		}
		const place = packagePath(this.folder, pack.name);
		await fs.mkdir(path.dirname(place), { recursive: true, mode: 0o700 });
		await this.clear(pack.name);
		await this.tools.disk.rename(made, place);
	}

	/** Out of the way first: what cannot be deleted at once is not half there. */
	private async clear(name: string): Promise<void> {
		const place = packagePath(this.folder, name);
		const old = path.join(this.folder, `old-${randomUUID()}`);
		const { translate, disk } = this.tools;
		const isThere = await fs.stat(place).catch(() => undefined);
		if (isThere === undefined) {
			return;
		}
		try {
			await disk.rename(place, old);
			await fs.rm(old, { recursive: true, force: true, maxRetries: 3 });
		} catch (error) {
			throw new DownloadFailure(
				translate(
					'{0} cannot be removed: {1}. A model process of another window may use it: close that window, and try again.',
					place,
					messageOf(error),
				),
				'final',
			);
		}
	}

	/** One window at a time; what a window that died has left is removed before. */
	private async alone(action: () => Promise<void>, signal: AbortSignal): Promise<void> {
		await fs.mkdir(this.folder, { recursive: true, mode: 0o700 });
		await whileLocked(
			path.join(this.folder, 'unpacking'),
			async () => undefined,
			async () => {
				for (const name of await fs.readdir(this.folder)) {
					if (UNFINISHED.test(name)) {
						await fs.rm(path.join(this.folder, name), { recursive: true, force: true });
					}
				}
				await action();
			},
			signal,
		);
	}

	private archiveOf({ name, version }: Pick<Pack, 'name' | 'version'>): string {
		return path.join(this.folder, 'downloads', `${name}-${version}.tgz`);
	}

	private refused({ name }: Pack, error: ArchiveRefused): DownloadFailure {
		const { translate } = this.tools;
		return new DownloadFailure(
			translate('The pack {0} cannot be used, and nothing of it was kept. {1}', name, error.message),
			'final',
		);
	}
}
