/** The texts that an audit let in, read again one at a time: only what was judged is learned from. */

import { createHash } from 'node:crypto';
import * as fs from 'node:fs/promises';
import * as path from 'node:path';
import { readPlainFile } from '../../inference/plainFile';
import { decode } from '../corpus/judge';
import type { Audit, Repository } from '../corpus/verdict';

/** A file that is in. */
export interface SourceFile {
	readonly repository: Repository;
	/** Relative to the repository's folder, with `/`. */
	readonly path: string;
	/** `repository/path`, as shown. */
	readonly name: string;
	readonly characters: number;
	/** sha256 of its bytes. */
	readonly hash: string;
	/** How often places of it are drawn, as the audit weighs it; default: as often as its length says. */
	readonly weight?: number | undefined;
}

export function filesIn(audit: Audit): readonly SourceFile[] {
	return audit.files.flatMap(({ repository: index, path: file, verdict }) => {
		const repository = audit.repositories[index];
		return verdict.type === 'out' || repository === undefined
			? []
			: [
					{
						repository,
						path: file,
						name: `${repository.name}/${file}`,
						characters: verdict.characters,
						hash: verdict.hash,
						weight: verdict.weight,
					},
				];
	});
}

/** Undefined where the file is no longer what was judged: it may hold a secret now. */
export async function textOf(file: SourceFile): Promise<string | undefined> {
	const { folder } = file.repository;
	const realFolder = await fs.realpath(folder).catch(() => folder);
	const read = await readPlainFile(path.join(folder, file.path), realFolder, () => undefined);
	if (read.type !== 'read' || createHash('sha256').update(read.bytes).digest('hex') !== file.hash) {
		return undefined;
	}
	const decoded = decode(read.bytes);
	return decoded.type === 'text' ? decoded.text : undefined;
}
