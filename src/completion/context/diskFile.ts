/** Reads a file of the workspace that is not open: text of ordinary size that really lies where it seems to. */

import * as fs from 'node:fs/promises';
import { isSecretFile } from '../../inference/secretFiles';
import { withinFolder } from '../../inference/withinFolder';

/** Bytes; larger files are data, or generated. */
const LARGEST = 400_000;

interface DiskFile {
	readonly text: string;
	/** Another when the file was written again. */
	readonly version: number;
}

/**
 * Undefined where there is no such file, it is no text, or it lies elsewhere: behind a link that leaves the folder.
 * @param folder absolute path of the folder that it must lie in
 */
export async function readDiskFile(file: string, folder: string): Promise<DiskFile | undefined> {
	try {
		const [real, root] = await Promise.all([fs.realpath(file), fs.realpath(folder)]);
		if (withinFolder(root, real) === undefined || isSecretFile(real)) {
			return undefined;
		}
		const stats = await fs.stat(real);
		if (!stats.isFile() || stats.size > LARGEST) {
			return undefined;
		}
		const text = new TextDecoder('utf-8', { fatal: true }).decode(await fs.readFile(real));
		return { text, version: stats.mtimeMs };
	} catch {
		// Not there, not readable, or not UTF-8: nothing that helps.
		return undefined;
	}
}
