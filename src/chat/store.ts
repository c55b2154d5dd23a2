/** The conversation on disk: whole snapshots, each written beside the old one and renamed over it. */

import * as fs from 'node:fs/promises';
import * as path from 'node:path';
import type { Log } from '../inference/model';
import { isArrayOf, isRecord, MAX_TURNS } from './protocol';
import { isStoredTurn, type StoredTurn } from './turns';

export interface LoadedConversation {
	readonly turns: readonly StoredTurn[];
	/** Where an unreadable file was put aside; undefined normally. To be told to the user once. */
	readonly setAside: string | undefined;
}

export interface ChatStore {
	load(): Promise<LoadedConversation>;
	/** `durable` waits until the disk has it. Rejects when it could not be written; the earlier file is then intact. */
	save(turns: readonly StoredTurn[], durable: boolean): Promise<void>;
}

/** For windows without a folder to keep anything in. */
export class NoStore implements ChatStore {
	async load(): Promise<LoadedConversation> {
		return { turns: [], setAside: undefined };
	}
	async save(): Promise<void> {
		// Nothing is kept.
	}
}

const VERSION = 1;

/** Bytes of a conversation file that is still read: more than `MAX_TURNS` long answers. */
const MAX_FILE_BYTES = 64 * 1024 * 1024;

function parse(text: string): readonly StoredTurn[] | undefined {
	let value: unknown;
	try {
		value = JSON.parse(text);
	} catch {
		return undefined;
	}
	return isRecord(value) && value['version'] === VERSION && isArrayOf(value['turns'], isStoredTurn, MAX_TURNS)
		? // A missing key is how JSON writes undefined.
			value['turns'].map((turn) => ({ ...turn, note: turn.note, question: turn.question }))
		: undefined;
}

function isMissing(error: unknown): boolean {
	return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}

export class FileChatStore implements ChatStore {
	private last: Promise<void> = Promise.resolve();

	/** `file`: absolute path; its folder is made when first needed. */
	constructor(
		private readonly file: string,
		private readonly log: Log,
	) {}

	async load(): Promise<LoadedConversation> {
		try {
			const { size } = await fs.stat(this.file);
			const turns = size > MAX_FILE_BYTES ? undefined : parse(await fs.readFile(this.file, 'utf8'));
			if (turns !== undefined) {
				return { turns, setAside: undefined };
			}
		} catch (error) {
			if (!isMissing(error)) {
				// Not readable now: it must not be overwritten by the next save either.
				this.log.warn(`The conversation could not be read: ${String(error)}`);
				return { turns: [], setAside: await this.putAside() };
			}
			return { turns: [], setAside: undefined };
		}
		return { turns: [], setAside: await this.putAside() };
	}

	save(turns: readonly StoredTurn[], durable: boolean): Promise<void> {
		const text = JSON.stringify({ version: VERSION, turns });
		const written = this.last.then(() => this.write(text, durable));
		// The next save must not fail because this one did.
		this.last = written.catch(() => undefined);
		return written;
	}

	private async write(text: string, durable: boolean): Promise<void> {
		const folder = path.dirname(this.file);
		await fs.mkdir(folder, { recursive: true });
		const temporary = `${this.file}.${process.pid}.tmp`;
		try {
			// Conversations hold code: for this user only.
			const handle = await fs.open(temporary, 'w', 0o600);
			try {
				await handle.writeFile(text);
				if (durable) {
					await handle.sync();
				}
			} finally {
				await handle.close();
			}
			await fs.rename(temporary, this.file);
		} catch (error) {
			await fs.rm(temporary, { force: true });
			throw error;
		}
	}

	private async putAside(): Promise<string | undefined> {
		const aside = `${this.file}.unreadable-${Date.now()}`;
		try {
			await fs.rename(this.file, aside);
			this.log.warn(`The conversation was not readable; its file is kept as ${aside}`);
			return aside;
		} catch (error) {
			this.log.error('An unreadable conversation could not be put aside', error);
			return this.file;
		}
	}
}
