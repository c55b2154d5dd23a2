/** Listens for clients, serves each of them from one engine, and is done when nobody needs the host any more. */

import * as net from 'node:net';
import type { Engine } from '../engine/engine';
import { methods } from '../wire/protocol';
import { type CheckFile, HostedModel } from './hostedModel';
import { HostSession } from './hostSession';

/** Milliseconds that the host waits for its first client: one that starts it and dies leaves nothing behind. */
const FIRST_CLIENT_TIME = 20_000;

/** Milliseconds that the host outlives its last client, so that a window that reloads finds its model loaded. */
const GRACE_TIME = 5_000;

/** Milliseconds that the engine has for freeing its memory. */
const FAREWELL_TIME = 1_500;

/** Connections at once; more are turned away. */
const MAX_CONNECTIONS = 64;

interface ServeOptions {
	/** Path of the socket, or name of the pipe on Windows. */
	readonly address: string;
	readonly token: string;
	readonly hostVersion: string;
	readonly check: CheckFile;
	/** A line for the log; never text of a user. */
	readonly log: (line: string) => void;
	/** Milliseconds; default 20 s. */
	readonly firstClientTime?: number;
	/** Milliseconds; default 5 s. */
	readonly graceTime?: number;
	/** Ends the service before its time. */
	readonly signal: AbortSignal;
}

/**
 * Serves until the signal fires, no client came, or the last one left; then disposes of the engine.
 *
 * @throws Error when nothing can listen at the address.
 */
export async function serve(engine: Engine, options: ServeOptions): Promise<void> {
	const sessions = new Set<HostSession>();
	const model = new HostedModel(engine, options.check, (fraction) => {
		for (const session of sessions) {
			session.notify(methods.progress, { fraction });
		}
	});
	const server = net.createServer();
	server.maxConnections = MAX_CONNECTIONS;

	let isDone = false;
	let finish: () => void = () => undefined;
	const done = new Promise<void>((resolve) => {
		finish = () => {
			isDone = true;
			resolve();
		};
	});
	const graceTime = options.graceTime ?? GRACE_TIME;
	let timer = setTimeout(finish, options.firstClientTime ?? FIRST_CLIENT_TIME);
	let welcome = 0;

	server.on('connection', (socket) => {
		let hasGreeted = false;
		const session = new HostSession(socket, {
			token: options.token,
			hostVersion: options.hostVersion,
			model,
			onWelcome: () => {
				hasGreeted = true;
				welcome++;
				clearTimeout(timer);
			},
			onClosed: (reason, isFinal) => {
				sessions.delete(session);
				if (reason !== undefined) {
					options.log(`dropped a connection: ${reason}`);
				}
				if (hasGreeted) {
					welcome--;
					if (welcome === 0 && !isDone) {
						timer = setTimeout(finish, isFinal ? 0 : graceTime);
					}
				}
			},
		});
		sessions.add(session);
	});
	await listen(server, options.address);
	options.signal.addEventListener('abort', finish, { once: true });

	await done;
	clearTimeout(timer);
	server.close();
	for (const session of sessions) {
		session.dispose();
	}
	await Promise.race([
		model.dispose(),
		new Promise((resolve) => {
			setTimeout(resolve, FAREWELL_TIME).unref();
		}),
	]);
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
