/** The private folder of sockets and tokens: nobody but this user may read, write or have prepared it. */

import * as crypto from 'node:crypto';
import * as fs from 'node:fs';
import * as net from 'node:net';
import * as os from 'node:os';
import * as path from 'node:path';
import type { Log } from '../model';
import { PROTOCOL_VERSION } from '../wire/protocol';

/** Longest path of a Unix socket in bytes, less its final zero: 104 on macOS, 108 on Linux. */
const MAX_SOCKET_PATH = 103;

/** Milliseconds after which the leavings of a process that was killed are removed. */
const STALE_AFTER = 60_000;

const LEAVINGS = /^host-v\d+-[0-9a-f]+\.(sock|token)$/;

/** Where one host listens, and the file with the token that it asks for. */
export interface Endpoint {
	/** Path of the socket, or name of the pipe on Windows. */
	readonly address: string;
	/** Readable by this user only. The token is never an argument or in the environment: others can see those. */
	readonly tokenFile: string;
	/** 256 bits in hexadecimal. */
	readonly token: string;
	/** Deletes socket and token file; quiet where they are gone. */
	remove(): void;
}

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
	if (Buffer.byteLength(socketPath(folder, randomName())) > MAX_SOCKET_PATH && !isWindows()) {
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

/**
 * A name and a token for a new host.
 *
 * @throws Error when the token file cannot be written.
 */
export function newEndpoint(folder: string): Endpoint {
	const name = randomName();
	const token = crypto.randomBytes(32).toString('hex');
	const address = isWindows() ? `\\\\.\\pipe\\familiar-${name}` : socketPath(folder, name);
	const tokenFile = path.join(folder, `${name}.token`);
	// `wx`: never write a secret into a file that somebody else has put there.
	fs.writeFileSync(tokenFile, token, { mode: 0o600, flag: 'wx' });
	return {
		address,
		tokenFile,
		token,
		remove: () => {
			fs.rmSync(tokenFile, { force: true });
			if (!isWindows()) {
				fs.rmSync(address, { force: true });
			}
		},
	};
}

/** Removes sockets that nobody listens on, with their tokens, older than a minute: both sides were killed. */
export async function sweepRuntimeFolder(folder: string, now = Date.now()): Promise<void> {
	const names = new Set(
		fs
			.readdirSync(folder)
			.filter((entry) => LEAVINGS.test(entry))
			.map(stem),
	);
	for (const name of names) {
		const files = [socketPath(folder, name), path.join(folder, `${name}.token`)];
		const ages = files.map((file) => now - (fs.lstatSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0));
		if (Math.min(...ages) > STALE_AFTER && !(await isListening(socketPath(folder, name)))) {
			for (const file of files) {
				fs.rmSync(file, { force: true });
			}
		}
	}
}

function isListening(address: string): Promise<boolean> {
	return new Promise((resolve) => {
		const socket = net.connect(address);
		socket.once('connect', () => {
			socket.destroy();
			resolve(true);
		});
		socket.once('error', () => resolve(false));
	});
}

/** The protocol is in the name, so that hosts of two versions of the extension can run side by side. */
function randomName(): string {
	return `host-v${PROTOCOL_VERSION}-${crypto.randomBytes(8).toString('hex')}`;
}

function socketPath(folder: string, name: string): string {
	return path.join(folder, `${name}.sock`);
}

function stem(file: string): string {
	return path.parse(file).name;
}

function isWindows(): boolean {
	return process.platform === 'win32';
}
