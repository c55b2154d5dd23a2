/** Finds the TypeScripts that may check a file: the workspace's own first, then the one that the editor ships. */

import * as fs from 'node:fs/promises';
import * as path from 'node:path';
import { isRecord } from '../../inference/record';
import { withinFolder } from '../../inference/withinFolder';
import type { Compiler } from './checking';

export interface Place {
	/** Absolute path of the file that is to be checked. */
	readonly file: string;
	/** Absolute path of the workspace folder that holds it; undefined outside of all. */
	readonly workspace: string | undefined;
	/** Whether code of the workspace may run. */
	readonly isTrusted: boolean;
	/** Absolute path of the folder that the editor runs from; undefined where there is none. */
	readonly editor: string | undefined;
}

/** The first version whose compiler is a program of its own. */
const FIRST_NATIVE = 7;

/** In the order in which they are to be tried; empty where there is none. */
export async function findCompilers({ file, workspace, isTrusted, editor }: Place): Promise<Compiler[]> {
	const folders = [
		...(isTrusted && workspace !== undefined ? foldersUpTo(path.dirname(file), workspace) : []).map(
			(folder) => path.join(folder, 'node_modules', 'typescript'),
		),
		...(editor === undefined ? [] : [path.join(editor, 'extensions', 'node_modules', 'typescript')]),
	];
	const found = await Promise.all(folders.map(compilerIn));
	return found.flatMap((one) => one ?? []);
}

/** The folder and those that hold it, up to `top`; none where it lies elsewhere. */
function foldersUpTo(folder: string, top: string): string[] {
	const below = withinFolder(top, folder);
	if (below === undefined) {
		return [];
	}
	const names = below === '' ? [] : below.split(path.sep);
	return Array.from({ length: names.length + 1 }, (_, up) =>
		path.join(top, ...names.slice(0, names.length - up)),
	);
}

async function compilerIn(folder: string): Promise<Compiler | undefined> {
	try {
		const manifest: unknown = JSON.parse(await fs.readFile(path.join(folder, 'package.json'), 'utf8'));
		const version = isRecord(manifest) ? manifest['version'] : undefined;
		if (typeof version !== 'string') {
			return undefined;
		}
		const kind = Number.parseInt(version, 10) >= FIRST_NATIVE ? 'native' : 'classic';
		await fs.access(path.join(folder, ...(kind === 'native' ? NATIVE_API : CLASSIC_LIBRARY)));
		return { kind, folder, version };
	} catch {
		// Not installed here, or not whole.
		return undefined;
	}
}

/** From the package's folder. */
export const CLASSIC_LIBRARY = ['lib', 'typescript.js'] as const;
/** Says itself that it may still change; a check that cannot use it is left to the next compiler. */
export const NATIVE_API = ['dist', 'api', 'sync', 'api.js'] as const;
