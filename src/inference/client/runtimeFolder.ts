/** The private folder of sockets and tokens: nobody but this user may read, write or have prepared it. */

import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import type { Log } from '../model';
import { endpointIn, MAX_GROUP } from './endpoint';

/** Longest path of a Unix socket in bytes, less its final zero: 104 on macOS, 108 on Linux. */
const MAX_SOCKET_PATH = 103;

/** As long as the name of any group of windows may be. */
const LONGEST_GROUP = 'x'.repeat(MAX_GROUP);

/**
 * Folders to try: the one that the session manager made for this user, then one in the folder for temporary files.
 */
export function runtimeFolderCandidates(environment: NodeJS.ProcessEnv): readonly string[] {
	const user = process.getuid?.() ?? os.userInfo().username.replace(/[^\w-]/g, '_');
	const own = environment['XDG_RUNTIME_DIR'];
	return [
		...(own !== undefined && path.isAbsolute(own) ? [path.join(own, 'familiar')] : []),
		path.join(os.tmpdir(), `familiar-${user}`),
	];
}

/**
 * Makes or takes the first candidate that is safe, else a fresh folder with a random name.
 *
 * @throws Error when no folder can be made in any place for temporary files, or all their paths are too long.
 */
export function openRuntimeFolder(candidates: readonly string[], log: Log): string {
	for (const folder of candidates) {
		const fault = prepare(folder);
		if (fault === undefined) {
			return folder;
		}
		log.warn(`Not using the folder ${folder} for the model host's socket: ${fault}`);
	}
	for (const parent of [os.tmpdir(), '/tmp']) {
		try {
			const folder = fs.mkdtempSync(path.join(parent, 'familiar-'));
			if (prepare(folder) === undefined) {
				return folder;
			}
			fs.rmdirSync(folder);
		} catch (cause) {
			log.warn(`No folder for the model host's socket can be made in ${parent}: ${String(cause)}`);
		}
	}
	throw new Error(`No private folder for the model host's socket can be made in ${os.tmpdir()}`);
}

/** Creates the folder where it is missing; says what is unsafe about one that is there. */
function prepare(folder: string): string | undefined {
	if (Buffer.byteLength(endpointIn(folder, LONGEST_GROUP).socket) > MAX_SOCKET_PATH && !isWindows()) {
		return 'its path is too long for a socket';
	}
	try {
		fs.mkdirSync(folder, { mode: 0o700 });
	} catch (error) {
		if (!fs.existsSync(folder)) {
			return String(error);
		}
	}
	// lstat, not stat: a link could be moved to another place after this check.
	const entry = fs.lstatSync(folder, { throwIfNoEntry: false });
	if (entry === undefined || entry.isSymbolicLink() || !entry.isDirectory()) {
		return 'it is not a folder of its own';
	}
	if (isWindows()) {
		return undefined;
	}
	if (entry.uid !== process.getuid?.()) {
		return 'it belongs to another user';
	}
	return (entry.mode & 0o777) === 0o700 ? undefined : 'others may read or write it';
}

function isWindows(): boolean {
	return process.platform === 'win32';
}
