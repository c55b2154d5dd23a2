/** Where conversations are kept: one text of lines each, which only ever grows until it is deleted. */

import { constants, type Stats } from 'node:fs';
import * as fs from 'node:fs/promises';
import * as path from 'node:path';
import { codeOf } from '../../inference/failure';

/** A conversation as it can be known without reading it. */
export interface Entry {
	readonly id: string;
	/** When it was written last, in milliseconds since 1970. */
	readonly changed: number;
	readonly bytes: number;
}

export interface ConversationFolder {
	/** The latest first. */
	list(): Promise<readonly Entry[]>;
	/** Undefined where there is none. */
	stat(id: string): Promise<Entry | undefined>;
	/** Undefined where there is none, or one that is too large. */
	read(id: string): Promise<string | undefined>;
	/**
	 * Adds to the end of a conversation that is there; false where there is none. `durable` waits until the disk has it.
	 * Rejects when it could not be written, perhaps after a part was.
	 */
	append(id: string, text: string, durable: boolean): Promise<boolean>;
	/** Begins a conversation, or adds to the end where another window was faster. Rejects as `append` does. */
	create(id: string, text: string, durable: boolean): Promise<void>;
	remove(id: string): Promise<void>;
}

/** Bytes of a conversation that is still read; one that grows towards it is continued in another. */
export const MAX_BYTES = 32 * 1024 * 1024;

const ENDING = '.jsonl';

/** At the end of what is there; a link could lead anywhere, where the system can tell one. */
const ADDING = constants.O_WRONLY | constants.O_APPEND | (constants.O_NOFOLLOW ?? 0);

export function isMissing(error: unknown): boolean {
	return codeOf(error) === 'ENOENT';
}

function latestFirst(one: Entry, other: Entry): number {
	return other.changed - one.changed || one.id.localeCompare(other.id);
}

/** On disk, for all windows of a workspace. */
export class DiskFolder implements ConversationFolder {
	/** `folder`: absolute path; it is made when first needed. */
	constructor(private readonly folder: string) {}

	async list(): Promise<readonly Entry[]> {
		let names: readonly string[];
		try {
			names = await fs.readdir(this.folder);
		} catch (error) {
			if (isMissing(error)) {
				return [];
			}
			throw error;
		}
		const ids = names
			.filter((name) => /^[\w-]{1,64}\.jsonl$/.test(name))
			.map((name) => path.parse(name).name);
		const entries = await Promise.all(ids.map((id) => this.stat(id)));
		return entries.filter((entry) => entry !== undefined).sort(latestFirst);
	}

	async stat(id: string): Promise<Entry | undefined> {
		let stats: Stats;
		try {
			// A link could lead anywhere.
			stats = await fs.lstat(this.fileOf(id));
		} catch (error) {
			if (isMissing(error)) {
				return undefined;
			}
			throw error;
		}
		return stats.isFile() ? { id, changed: stats.mtimeMs, bytes: stats.size } : undefined;
	}

	async read(id: string): Promise<string | undefined> {
		const entry = await this.stat(id);
		if (entry === undefined || entry.bytes > MAX_BYTES) {
			return undefined;
		}
		try {
			return await fs.readFile(this.fileOf(id), 'utf8');
		} catch (error) {
			if (isMissing(error)) {
				return undefined;
			}
			throw error;
		}
	}

	async append(id: string, text: string, durable: boolean): Promise<boolean> {
		try {
			await this.write(id, text, durable, ADDING);
			return true;
		} catch (error) {
			// What was deleted, perhaps by another window, is not to come back in pieces.
			if (isMissing(error)) {
				return false;
			}
			throw error;
		}
	}

	async create(id: string, text: string, durable: boolean): Promise<void> {
		await fs.mkdir(this.folder, { recursive: true });
		await this.write(id, text, durable, ADDING | constants.O_CREAT);
	}

	async remove(id: string): Promise<void> {
		await fs.rm(this.fileOf(id), { force: true });
	}

	private fileOf(id: string): string {
		return path.join(this.folder, `${id}${ENDING}`);
	}

	/** Windows may write at the same time: each call adds its text at the end, in one piece. */
	private async write(id: string, text: string, durable: boolean, flags: number): Promise<void> {
		// Conversations hold code: for this user only.
		const handle = await fs.open(this.fileOf(id), flags, 0o600);
		try {
			const bytes = Buffer.from(text);
			const { bytesWritten } = await handle.write(bytes);
			if (bytesWritten < bytes.length) {
				throw new Error(`Only ${bytesWritten} of ${bytes.length} bytes of a conversation could be written.`);
			}
			if (durable) {
				await handle.sync();
			}
		} finally {
			await handle.close();
		}
	}
}

/** For windows without a workspace: all such windows would share one folder. Gone with the window. */
export class MemoryFolder implements ConversationFolder {
	private readonly texts = new Map<string, { readonly text: string; readonly changed: number }>();

	async list(): Promise<readonly Entry[]> {
		return [...this.texts]
			.map(([id, { text, changed }]) => ({ id, changed, bytes: text.length }))
			.sort(latestFirst);
	}

	async stat(id: string): Promise<Entry | undefined> {
		return (await this.list()).find((entry) => entry.id === id);
	}

	async read(id: string): Promise<string | undefined> {
		return this.texts.get(id)?.text;
	}

	async append(id: string, text: string): Promise<boolean> {
		const known = this.texts.get(id);
		if (known === undefined) {
			return false;
		}
		this.texts.set(id, { text: known.text + text, changed: Date.now() });
		return true;
	}

	async create(id: string, text: string): Promise<void> {
		this.texts.set(id, { text: (this.texts.get(id)?.text ?? '') + text, changed: Date.now() });
	}

	async remove(id: string): Promise<void> {
		this.texts.delete(id);
	}
}
