/** Where a host listens: one that is left over from a killed host is taken, one that somebody answers at is not. */

import * as fs from 'node:fs';
import * as net from 'node:net';
import { codeOf } from '../failure';

/** Times that a left-over socket is removed before the host gives up. */
const ATTEMPTS = 3;

/** Somebody answers at the address: another host was faster, and one is enough. */
export class AddressTaken extends Error {
	override readonly name = 'AddressTaken';
}

export interface Listening {
	/** Stops accepting. The file of the socket goes too, unless another host has put its own there. */
	close(): void;
}

/**
 * Two hosts that start at once end up as one: the system lets one of them have the name, and the other finds that it is
 * answered.
 *
 * @param address Path of a socket in a folder of this user alone, or name of a pipe.
 * @throws AddressTaken; Error where nothing can listen there.
 */
export async function listenAt(server: net.Server, address: string): Promise<Listening> {
	const isPipe = process.platform === 'win32';
	for (let attempt = 1; ; attempt++) {
		const found = isPipe ? undefined : inodeOf(address);
		try {
			await listen(server, address);
			break;
		} catch (error) {
			if (codeOf(error) !== 'EADDRINUSE') {
				throw error;
			}
			const isAnother = isPipe || fs.lstatSync(address, { throwIfNoEntry: false })?.isSocket() === true;
			if (attempt > ATTEMPTS || (isAnother && (await isAnswered(address)))) {
				throw new AddressTaken(`another host listens at ${address}`);
			}
			// Only what was there before and is not answered: another host may have taken the name since.
			if (found !== undefined && inodeOf(address) === found) {
				fs.rmSync(address, { force: true, recursive: true });
			}
		}
	}
	const own = isPipe ? undefined : inodeOf(address);
	return {
		close: () => {
			// Closing removes whatever has the name by then.
			if (isPipe || inodeOf(address) === own) {
				server.close();
			} else {
				server.unref();
			}
		},
	};
}

function listen(server: net.Server, address: string): Promise<void> {
	return new Promise((resolve, reject) => {
		server.once('error', reject);
		server.listen(address, () => {
			server.off('error', reject);
			// A client that hangs up while it is accepted is no reason to end.
			server.on('error', () => undefined);
			resolve();
		});
	});
}

function isAnswered(address: string): Promise<boolean> {
	return new Promise((resolve) => {
		const socket = net.connect(address);
		socket.once('connect', () => {
			socket.destroy();
			resolve(true);
		});
		// Any other failure is that of a host with too much to do.
		socket.once('error', (error) => resolve(codeOf(error) !== 'ECONNREFUSED' && codeOf(error) !== 'ENOENT'));
	});
}

function inodeOf(file: string): bigint | undefined {
	return fs.lstatSync(file, { throwIfNoEntry: false, bigint: true })?.ino;
}
