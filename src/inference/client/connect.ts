/** Connects to the host that listens at an address, if one does. */

import * as net from 'node:net';
import { throwIfAborted } from '../cancel';
import { HostLink, type LinkOptions } from './hostLink';

/**
 * Connects to a host and shows the token.
 *
 * @param address undefined: there is none.
 * @returns undefined where nobody listens there.
 * @throws HostGone when the host turns the greeting down; an AbortError when the signal fires.
 */
export async function connectToHost(
	address: string | undefined,
	token: string | undefined,
	options: LinkOptions,
	signal: AbortSignal,
): Promise<HostLink | undefined> {
	throwIfAborted(signal);
	if (address === undefined || token === undefined) {
		return undefined;
	}
	const socket = await tryConnect(address);
	if (socket === undefined) {
		return undefined;
	}
	const link = new HostLink(socket);
	try {
		await link.greet(token, options, signal);
		return link;
	} catch (error) {
		link.dispose();
		throw error;
	}
}

function tryConnect(address: string): Promise<net.Socket | undefined> {
	return new Promise((resolve) => {
		const socket = net.connect(address);
		socket.once('connect', () => resolve(socket));
		socket.once('error', () => resolve(undefined));
	});
}
