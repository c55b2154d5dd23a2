/** The files by which the clients of one user find the host that they share. Their names hold the protocol's version. */

import * as crypto from 'node:crypto';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { PROTOCOL_VERSION } from '../wire/protocol';

/** Longest name of a group, in characters: the path of a socket may have 103 bytes on macOS. */
export const MAX_GROUP = 16;

/** Longest token or pipe name that is read, in bytes. */
const MAX_SECRET = 256;

export interface Endpoint {
	/** Path of the socket; on Windows the pipe has a name of its own, see `addressOf`. */
	readonly socket: string;
	/** Holds the name of the pipe on Windows, readable by this user only: anybody may connect to a pipe that they know. */
	readonly pipeFile: string;
	/** Holds the token that the host asks for. It is never an argument or in the environment: others can see those. */
	readonly tokenFile: string;
	/** Which process it is, for the day that it no longer answers. */
	readonly markFile: string;
	/** Who starts a host now. */
	readonly lockFile: string;
	/** What the host and its native libraries print. */
	readonly logFile: string;
}

/**
 * @param group Letters and digits; windows share a host with those of their group only. Default '': all that name none.
 * @throws Error for another name.
 */
export function endpointIn(folder: string, group = '', protocol = PROTOCOL_VERSION): Endpoint {
	if (!/^[a-z0-9]*$/.test(group) || group.length > MAX_GROUP) {
		throw new Error(`"${group}" cannot name a group of windows`);
	}
	return endpointNamed(folder, `host-v${protocol}${group === '' ? '' : `-${group}`}`);
}

export function endpointNamed(folder: string, name: string): Endpoint {
	const file = (extension: string) => path.join(folder, `${name}.${extension}`);
	return {
		socket: file('sock'),
		pipeFile: file('pipe'),
		tokenFile: file('token'),
		markFile: file('process'),
		lockFile: file('lock'),
		logFile: file('log'),
	};
}

/** Where to connect; undefined where no host can be there, or somebody has put something else into its place. */
export function addressOf(endpoint: Endpoint): string | undefined {
	if (isWindows()) {
		return readSecret(endpoint.pipeFile);
	}
	// Not through a link: it would take the token to whoever made it.
	return fs.lstatSync(endpoint.socket, { throwIfNoEntry: false })?.isSocket() === true
		? endpoint.socket
		: undefined;
}

/**
 * Where the next host is to listen.
 *
 * @throws the error of a disk that cannot be written.
 */
export function nextAddress(endpoint: Endpoint): string {
	if (!isWindows()) {
		return endpoint.socket;
	}
	const pipe = `\\\\.\\pipe\\familiar-${crypto.randomBytes(16).toString('hex')}`;
	const written = `${endpoint.pipeFile}.${process.pid}`;
	fs.writeFileSync(written, pipe, { mode: 0o600 });
	fs.renameSync(written, endpoint.pipeFile);
	return pipe;
}

/** The token of the host that listens there; undefined where there is none. */
export function tokenOf(endpoint: Endpoint): string | undefined {
	return readSecret(endpoint.tokenFile);
}

/** The text of a small plain file; undefined for everything else. */
export function readSecret(file: string): string | undefined {
	try {
		const status = fs.lstatSync(file);
		return status.isFile() && status.size > 0 && status.size <= MAX_SECRET
			? fs.readFileSync(file, 'utf8').trim()
			: undefined;
	} catch {
		return undefined;
	}
}

function isWindows(): boolean {
	return process.platform === 'win32';
}
