/** Listens for clients, serves each of them from the models of one process, and is done when nobody needs the host any more. */

import * as net from 'node:net';
import type { Engine } from '../engine/engine';
import type { Leaving, Retirement, ShutdownAnswer, Tick } from '../wire/protocol';
import { listenAt } from './address';
import type { CheckFile } from './hostedModel';
import { HostedModels } from './hostedModels';
import { HostSession } from './hostSession';
import { LoadTurns } from './loadTurns';
import type { MemoryView } from './memory';

/** Milliseconds that the host waits for its first client: one that starts it and dies leaves nothing behind. */
const FIRST_CLIENT_TIME = 20_000;

/**
 * Milliseconds that the host outlives a last client that vanished, so that a window whose extensions are started again
 * finds its model loaded. One that says that it leaves says, too, how long to wait.
 */
const GRACE_TIME = 5_000;

/** Most milliseconds that a client can ask the host to outlive it. */
const MOST_GRACE = 60_000;

/** Milliseconds in which the answer to whoever asked for the end goes out first. */
const ANSWER_TIME = 20;

/** Milliseconds in which the clients hear that this is the end: each hangs up. */
const GOODBYE_TIME = 500;

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
	/** Default: nobody knows, and every model is tried. */
	readonly memory?: MemoryView;
	/** A line for the log; never text of a user. */
	readonly log: (line: string) => void;
	/** Clients can connect now, and not before: time to let them know the token. */
	readonly onListening?: () => void;
	/** The host ends, and nobody else has its address yet. */
	readonly onEnding?: () => void;
	/** Milliseconds; default 20 s. */
	readonly firstClientTime?: number;
	/** Milliseconds; default 5 s. */
	readonly graceTime?: number;
	/** Ends the service before its time. */
	readonly signal: AbortSignal;
}

/**
 * Serves until the signal fires, a client asks for the end, no client came, or the last one left; then says goodbye to
 * whoever is still there and frees the models.
 *
 * @throws AddressTaken when another host listens at the address; Error when nothing can.
 */
export async function serve(createEngine: () => Engine, options: ServeOptions): Promise<void> {
	const started = Date.now() - process.uptime() * 1_000;
	const sessions = new Set<HostSession>();
	const welcome = new Set<HostSession>();
	const { check, memory, log } = options;
	const tellAll = async () => {
		await Promise.all([...welcome].map((session) => session.tick()));
	};
	const loads = new LoadTurns(tellAll);
	const announce = <T>(subject: string, load: () => Promise<T>) => loads.run(subject, load);
	const models = new HostedModels({ createEngine, check, log, announce, ...(memory && { memory }) });
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
	let timer: NodeJS.Timeout | undefined;
	const endAfter = (milliseconds: number) => {
		clearTimeout(timer);
		if (milliseconds === 0) {
			finish();
		} else {
			timer = setTimeout(finish, milliseconds);
		}
	};
	/** The session no longer counts; after the last one, the host waits for another. */
	const forget = (session: HostSession, graceTime: number) => {
		if (welcome.delete(session) && welcome.size === 0 && !isDone) {
			endAfter(graceTime);
		}
	};

	server.on('connection', (socket) => {
		const session = new HostSession(socket, {
			token: options.token,
			hostVersion: options.hostVersion,
			models,
			// One that comes now would lose its host at once: it had better look for the next one.
			isOpen: () => !isDone,
			tick: (): Tick => ({ clients: welcome.size, loading: loads.subjects }),
			onWelcome: () => {
				welcome.add(session);
				clearTimeout(timer);
				// Behind the answer. Whoever is there knows that the host is not for them alone any more.
				setImmediate(() => void tellAll());
			},
			onLeave: ({ graceMilliseconds }: Leaving) => {
				forget(session, Math.min(MOST_GRACE, graceMilliseconds));
				if (!isDone) {
					session.dispose();
				}
			},
			onRetire: (): Retirement => {
				if ([...welcome].some((other) => other !== session)) {
					return { type: 'busy' };
				}
				setTimeout(finish, ANSWER_TIME);
				return { type: 'leaving' };
			},
			onShutdown: (decided): ShutdownAnswer => {
				if (decided < started) {
					return { type: 'newer' };
				}
				setTimeout(finish, ANSWER_TIME);
				return { type: 'ending' };
			},
			onClosed: (reason) => {
				sessions.delete(session);
				if (reason !== undefined) {
					options.log(`dropped a connection: ${reason}`);
				}
				forget(session, options.graceTime ?? GRACE_TIME);
			},
		});
		sessions.add(session);
	});
	const listening = await listenAt(server, options.address);
	options.onListening?.();
	if (welcome.size === 0) {
		endAfter(options.firstClientTime ?? FIRST_CLIENT_TIME);
	}
	options.signal.addEventListener('abort', finish, { once: true });

	await done;
	clearTimeout(timer);
	options.onEnding?.();
	listening.close();
	await Promise.race([Promise.all([...sessions].map((session) => session.sayGoodbye())), wait(GOODBYE_TIME)]);
	for (const session of sessions) {
		session.dispose();
	}
	await Promise.race([models.dispose(), wait(FAREWELL_TIME)]);
}

function wait(milliseconds: number): Promise<void> {
	return new Promise((resolve) => {
		setTimeout(resolve, milliseconds).unref();
	});
}
