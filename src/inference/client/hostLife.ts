/** One life of one host process: started, greeted, watched, and ended. */

import { abortError, throwIfAborted } from '../cancel';
import type { Log } from '../model';
import { Heartbeat } from './heartbeat';
import { connectToHost, type HostLink } from './hostLink';
import { type HostChild, type HostEnd, launch } from './launch';
import { type Endpoint, newEndpoint } from './runtimeFolder';

/** How long things may take, in milliseconds. */
export interface HostLimits {
	/** Between two signs of life of the host; default 1,000. */
	readonly tick: number;
	/** Awake silence that counts as a hang; default 10,000. */
	readonly silence: number;
	/** The same while a model or an adapter loads; default 60,000. */
	readonly silenceWhileLoading: number;
	/** From the start of the process to its greeting; default 20,000: a cold disk, a virus scanner. */
	readonly start: number;
	/** For a host that was asked to end; default 2,000. */
	readonly farewell: number;
	/** Before the first, second, … restart; default 250, 1,000, 2,000, 5,000, 10,000. */
	readonly restartDelays: readonly number[];
}

export interface HostOptions {
	/** Absolute path of host.mjs. */
	readonly hostFile: string;
	readonly nodePath: string | undefined;
	readonly version: string;
	/** A private folder, from `openRuntimeFolder`. */
	readonly folder: string;
	readonly log: Log;
	readonly limits: HostLimits;
}

/** The process ended before it answered. */
export class StartFailure extends Error {
	override readonly name = 'StartFailure';
	constructor(
		/** As the end of "the model host …". */
		readonly reason: string,
		/** Last line of its error output. */
		readonly lastLine: string | undefined,
		/** Whether a signal ended it, so that another try makes sense. */
		readonly isSignal: boolean,
	) {
		super(`The model host ${reason}`);
	}
}

export class HostLife {
	/** How it ended, as the end of "the model host …". Settles once; never rejects. */
	readonly ended: Promise<string>;
	private readonly heartbeat: Heartbeat;

	private constructor(
		readonly link: HostLink,
		private readonly child: HostChild,
		endpoint: Endpoint,
		private readonly limits: HostLimits,
		private readonly watch: Watch,
	) {
		this.heartbeat = new Heartbeat({
			tickMilliseconds: limits.tick,
			patience: () => (watch.isLoading ? limits.silenceWhileLoading : limits.silence),
			onSilent: () => {
				watch.cause ??= 'hung (it gave no sign of life)';
				child.kill();
			},
		});
		watch.onTick = () => this.heartbeat.tick();
		this.ended = child.ended.then((end) => {
			this.heartbeat.dispose();
			link.dispose();
			endpoint.remove();
			return watch.cause ?? end.cause;
		});
	}

	/**
	 * @throws StartFailure; an AbortError when the signal fires, with the process gone.
	 */
	static async start(options: HostOptions, signal: AbortSignal): Promise<HostLife> {
		throwIfAborted(signal);
		const endpoint = newEndpoint(options.folder);
		const child = launch(options, endpoint);
		const watch: Watch = { isLoading: false, isStopping: false, cause: undefined, onTick: () => undefined };
		const stop = new AbortController();
		const onAbort = () => stop.abort();
		signal.addEventListener('abort', onAbort, { once: true });
		const timer = setTimeout(() => {
			watch.cause = `did not answer within ${options.limits.start} ms`;
			stop.abort();
		}, options.limits.start);
		void child.ended.then(onAbort);
		try {
			const link = await connectToHost(
				endpoint.address,
				{
					token: endpoint.token,
					clientVersion: options.version,
					tickMilliseconds: options.limits.tick,
					onTick: () => watch.onTick(),
					onClosed: (reason) => {
						if (reason !== undefined) {
							watch.cause ??= `broke the protocol: ${reason}`;
						}
						// A host without its connection is of no use; one that has crashed is gone already.
						if (!watch.isStopping) {
							child.kill();
						}
					},
				},
				stop.signal,
			);
			return new HostLife(link, child, endpoint, options.limits, watch);
		} catch {
			child.kill();
			const end = await child.ended;
			endpoint.remove();
			if (signal.aborted) {
				throw abortError();
			}
			throw startFailure(watch.cause, end, child);
		} finally {
			clearTimeout(timer);
			signal.removeEventListener('abort', onAbort);
		}
	}

	get pid(): number | undefined {
		return this.child.pid;
	}

	/** Last lines of the host's error output. */
	get lastLines(): readonly string[] {
		return this.child.lastLines;
	}

	/** Whether it ended, or will, because it was asked to. */
	get isStopping(): boolean {
		return this.watch.isStopping;
	}

	/** Gives the host more time between signs of life while it loads. */
	set isLoading(value: boolean) {
		this.watch.isLoading = value;
	}

	/** Asks the host to end, then ends it. Resolves when the process is gone. */
	async stop(): Promise<void> {
		this.watch.cause ??= 'was stopped';
		this.watch.isStopping = true;
		// The host hangs up. If this side did, the message could be lost with the connection.
		this.link.leave();
		const timer = setTimeout(() => this.child.kill(), this.limits.farewell);
		await this.ended;
		clearTimeout(timer);
	}
}

/** What is known about a life while it goes on. */
interface Watch {
	isLoading: boolean;
	/** The host was asked to end and is given time for it. */
	isStopping: boolean;
	/** Why it ends, where that is known better than from the exit code. */
	cause: string | undefined;
	onTick: () => void;
}

function startFailure(cause: string | undefined, end: HostEnd, child: HostChild): StartFailure {
	return new StartFailure(cause ?? end.cause, child.lastLines.at(-1), cause === undefined && end.isSignal);
}
