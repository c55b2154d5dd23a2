/** One client's share in the life of one host: entered, or started, watched, and left. */

import type { Log } from '../model';
import { markOf, type ProcessMark } from '../processMark';
import { within } from './deadline';
import { elect, StartFailure } from './election';
import { endpointIn } from './endpoint';
import { Heartbeat } from './heartbeat';
import type { HostLimits } from './hostLimits';
import type { HostLink } from './hostLink';
import { type HostLog, openHostLog } from './hostLog';
import type { HostChild } from './launch';
import { isGone, killMarked } from './markedProcess';
import { retireOlderHosts } from './retirement';

/** A host that was late once has so many times as long. */
const MORE_TIME = 3;

/** Milliseconds until the end of a process is known whose connection has ended. */
const EXIT_TIME = 500;

export interface HostOptions {
	/** Absolute path of host.mjs. */
	readonly hostFile: string;
	readonly nodePath: string | undefined;
	readonly version: string;
	/** A private folder, from `openRuntimeFolder`. */
	readonly folder: string;
	/** See `endpointIn`. */
	readonly group: string;
	readonly log: Log;
	readonly limits: HostLimits;
}

/** How a life ended. */
export interface LifeEnd {
	/** As the end of "the model host …". */
	readonly cause: string;
	/** Whether the host ended by itself and said so: somebody wanted a new one. */
	readonly isOrderly: boolean;
}

export class HostLife {
	/** Settles once; never rejects. */
	readonly ended: Promise<LifeEnd>;
	private readonly heartbeat: Heartbeat;
	private readonly output: HostLog | undefined;
	private loads = false;
	private stopping = false;
	private cause: string | undefined;
	private lines: readonly string[] = [];

	private constructor(
		readonly link: HostLink,
		/** Undefined where another window has started it. */
		private readonly child: HostChild | undefined,
		private readonly mark: ProcessMark,
		logFile: string,
		private readonly limits: HostLimits,
	) {
		this.output = child?.log ?? openHostLog(logFile);
		this.heartbeat = new Heartbeat({
			tickMilliseconds: limits.tick,
			patience: () => (this.loads || link.work.isLoading ? limits.silenceWhileLoading : limits.silence),
			onSilent: () => {
				this.cause ??= 'hung (it gave no sign of life)';
				void this.kill();
			},
		});
		link.onTick = () => this.heartbeat.tick();
		this.ended = link.closed.then((reason) => this.end(reason));
	}

	/**
	 * One that is late is started once more.
	 *
	 * @param onStage hears what is waited for.
	 * @throws StartFailure; an AbortError when the signal fires.
	 */
	static async start(
		options: HostOptions,
		onStage: (stage: string) => void,
		signal: AbortSignal,
	): Promise<HostLife> {
		const { folder, group, hostFile, limits, nodePath, version, log } = options;
		const endpoint = endpointIn(folder, group);
		const electWithin = (startLimit: number) =>
			elect(
				{
					endpoint,
					hostFile,
					nodePath,
					link: { clientVersion: version, tickMilliseconds: limits.tick },
					startLimit,
					greetingLimit: Math.max(limits.start, limits.silenceWhileLoading),
					onStage,
				},
				signal,
			);
		const { link, child } = await electWithin(limits.start).catch((error: unknown) => {
			if (!(error instanceof StartFailure) || error.how !== 'late') {
				throw error;
			}
			// A machine that is overloaded now would leave its user without a model until they ask for another try.
			log.warn(`${error.message}: it is started once more, and given more time`);
			return electWithin(limits.start * MORE_TIME);
		});
		if (child !== undefined) {
			retireOlderHosts(folder).catch((error: unknown) => log.warn(`${folder}: ${String(error)}`));
		}
		return new HostLife(link, child, await markOf(link.pid), endpoint.logFile, limits);
	}

	/** Whether this client has started the host: else it was there before. */
	get isOwn(): boolean {
		return this.child !== undefined;
	}

	get pid(): number {
		return this.link.pid;
	}

	/** The last line of the host's error output by now. */
	get lastLine(): string | undefined {
		return this.output?.lastLines.at(-1);
	}

	/** Last lines of the host's error output, once it has ended. */
	get lastLines(): readonly string[] {
		return this.lines;
	}

	/** Whether it ended for this client, or will, because that was asked for. */
	get isStopping(): boolean {
		return this.stopping || this.link.isEnding;
	}

	/** Gives the host more time between signs of life while it loads. */
	set isLoading(value: boolean) {
		this.loads = value;
	}

	/**
	 * Leaves the host, which goes on for others. Resolves when the connection has ended, and the process where this was
	 * the last client. A host that nobody else is there to watch, and that does not react, is ended.
	 *
	 * @param grace Milliseconds that it should wait for another client.
	 */
	async stop(grace: number): Promise<void> {
		this.stopping = true;
		this.cause ??= 'was stopped';
		// The host hangs up. If this side did, the message could be lost with the connection.
		this.link.leave(grace);
		await this.hasLeft(this.link.work.clients <= 1);
	}

	/**
	 * Ends the host for all its clients. One that does not react is ended. Resolves when the process is gone.
	 *
	 * @param decided when, in milliseconds since 1970; a host that has started since is only left.
	 */
	async shutDown(decided: number): Promise<void> {
		this.stopping = true;
		this.cause ??= 'was stopped';
		const asking = this.link.shutDown(decided, new AbortController().signal).catch(() => undefined);
		const answer = await within(asking, this.limits.farewell);
		if (answer?.value?.type === 'newer') {
			this.link.leave(this.limits.grace);
		}
		await this.hasLeft(answer?.value?.type !== 'newer');
	}

	/** @param mayKill where it does not hang up. */
	private async hasLeft(mayKill: boolean): Promise<void> {
		const { farewell } = this.limits;
		const isKilled =
			(await within(this.link.closed, farewell)) === undefined && (mayKill || this.link.isEnding);
		if (isKilled) {
			await this.kill();
		}
		this.link.dispose();
		await this.ended;
		if (isKilled || this.link.isEnding) {
			await isGone(this.mark, farewell);
			if (this.child !== undefined) {
				await within(this.child.ended, EXIT_TIME);
			}
		}
	}

	/** The connection has ended. */
	private async end(reason: string | undefined): Promise<LifeEnd> {
		this.heartbeat.dispose();
		if (reason !== undefined) {
			this.cause ??= `broke the protocol: ${reason}`;
		}
		if (this.link.isEnding && !(await isGone(this.mark, this.limits.farewell))) {
			await this.kill();
		}
		const exit = this.child === undefined ? undefined : await within(this.child.ended, EXIT_TIME);
		this.lines = this.output?.lastLines ?? [];
		this.output?.close();
		return { cause: this.cause ?? exit?.value.cause ?? 'went away', isOrderly: this.link.isEnding };
	}

	private async kill(): Promise<void> {
		await killMarked(this.mark);
	}
}
