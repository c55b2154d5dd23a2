/** Writes a folder that is there whole or not at all: beside its place first, each file searched for secrets, then renamed. */

import { createHash, randomUUID } from 'node:crypto';
import * as fs from 'node:fs/promises';
import * as path from 'node:path';
import type { TextFile } from './textFile';

export interface WrittenFile {
	/** Below the folder, with `/`. */
	readonly path: string;
	readonly bytes: number;
	/** In hexadecimal. */
	readonly sha256: string;
}

/** Names the rule that finds a secret in a text; undefined where none does. */
export type FindSecret = (text: string) => Promise<string | undefined>;

/** A secret was found in what would have been written. Nothing of the export is left. */
export class SecretFound extends Error {
	override readonly name = 'SecretFound';

	/** @param where File that it comes from, as the user knows it. */
	constructor(where: string, rule: string) {
		super(
			`Nothing was exported: the rule "${rule}" finds a secret in what would be written of ${where}. Take the secret out of that file, or exclude the file in .familiarignore, and export again.`,
		);
	}
}

/** Characters that are gathered before they are written. */
const BLOCK = 1 << 20;

export class FolderWriter {
	private readonly files: WrittenFile[] = [];

	private constructor(
		private readonly temporary: string,
		private readonly folder: string,
		private readonly findSecret: FindSecret,
	) {}

	/**
	 * @param folder absolute path of a folder that is not there yet, in one that is.
	 * @throws the error of the disk.
	 */
	static async open(folder: string, findSecret: FindSecret): Promise<FolderWriter> {
		const temporary = `${folder}.${randomUUID()}.tmp`;
		// It is somebody's code.
		await fs.mkdir(temporary, { mode: 0o700 });
		return new FolderWriter(temporary, folder, findSecret);
	}

	/** Those written so far, in the order of their paths. */
	get written(): readonly WrittenFile[] {
		return [...this.files].sort((one, other) => (one.path < other.path ? -1 : 1));
	}

	/** @throws SecretFound; the error of the disk. */
	async text({ path: name, content, isScript = false }: TextFile): Promise<void> {
		await this.check(content, name);
		await this.lines(name, async (write) => write(content), isScript ? 0o700 : 0o600);
	}

	/** Leaves the search for secrets to `check`: texts in JSON have other characters than they stand for. */
	async lines(
		name: string,
		fill: (write: (text: string) => Promise<void>) => Promise<void>,
		mode = 0o600,
	): Promise<void> {
		const file = path.join(this.temporary, ...name.split('/'));
		await fs.mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
		const handle = await fs.open(file, 'wx', mode);
		const hash = createHash('sha256');
		let bytes = 0;
		let block: string[] = [];
		let characters = 0;
		const flush = async () => {
			const data = Buffer.from(block.join(''));
			block = [];
			characters = 0;
			hash.update(data);
			bytes += data.length;
			await handle.writeFile(data);
		};
		try {
			await fill(async (text) => {
				block.push(text);
				characters += text.length;
				if (characters >= BLOCK) {
					await flush();
				}
			});
			await flush();
			await handle.sync();
		} finally {
			await handle.close();
		}
		this.files.push({ path: name, bytes, sha256: hash.digest('hex') });
	}

	/**
	 * @param where File that the text comes from, as the user knows it.
	 * @throws SecretFound.
	 */
	async check(text: string, where: string): Promise<void> {
		const rule = await this.findSecret(text);
		if (rule !== undefined) {
			throw new SecretFound(where, rule);
		}
	}

	/** @throws the error of the disk. */
	finish(): Promise<void> {
		return fs.rename(this.temporary, this.folder);
	}

	/** Never rejects. */
	async discard(): Promise<void> {
		await fs.rm(this.temporary, { recursive: true, force: true }).catch(() => undefined);
	}
}
