/** Where a file of a folder really lies: its links are followed, those on the way to it too. */

import * as fs from 'node:fs/promises';
import * as path from 'node:path';
import { withinFolder } from '../inference/withinFolder';
import { isBelow } from './context/workspaceFiles';

/**
 * The path relative to the folder, with `/`; undefined where it leads out of it, or nobody can say where it leads.
 * @param folder absolute path
 * @param file absolute path; of one that is not there yet, its folder's links are followed
 */
export async function realPathIn(folder: string, file: string): Promise<string | undefined> {
	try {
		return withinFolder(await fs.realpath(folder), await followed(file))
			?.split(path.sep)
			.join('/');
	} catch {
		return undefined;
	}
}

/** Whether a link stands there instead of the file, and leads out of the folder or to what is excluded. Both absolute paths. */
export async function leadsOutside(
	folder: string,
	file: string,
	excluded: (file: string) => Promise<string | undefined>,
): Promise<boolean> {
	const [top, real] = await Promise.all([folder, file].map((one) => fs.realpath(one).catch(() => undefined)));
	if (top === undefined || real === undefined) {
		return false;
	}
	const isInside = real === top || isBelow(top, real);
	return !isInside || (await excluded(path.join(folder, path.relative(top, real)))) !== undefined;
}

async function followed(file: string): Promise<string> {
	try {
		return await fs.realpath(file);
	} catch (error) {
		const parent = path.dirname(file);
		// A link to what is not there yet: writing would make it there.
		const isLink = await fs.lstat(file).then(
			() => true,
			() => false,
		);
		if (isLink || parent === file) {
			throw error;
		}
		return path.join(await followed(parent), path.basename(file));
	}
}
