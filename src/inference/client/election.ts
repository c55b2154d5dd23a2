/** How the windows of a user come to one host: each enters the one that is there, and one of them starts it where none is. */

import { abortError, isAbort, sleep, throwIfAborted } from '../cancel';
import { markOf } from '../processMark';
import { connectToHost } from './connect';
import { type ElectionLock, removeStaleLock, takeLock } from './electionLock';
import { addressOf, type Endpoint, tokenOf } from './endpoint';
import { HostGone } from './hostGone';
import type { HostLink, LinkOptions } from './hostLink';
import { type HostChild, type HostEnd, launch } from './launch';
import { isGone, killMarked, readMark } from './markedProcess';
import { isOlderVersion } from './retirement';

/** Milliseconds between two attempts to enter a host that is starting. */
const ENTER_INTERVAL = 10;

/** Milliseconds between two looks of a window that waits for another one to start a host. */
const WAIT_INTERVAL = 20;

/** Looks until the lock of the other one is looked at, too. */
const LOOKS = 10;

/** Milliseconds before another try where a host is there that cannot be entered: it mends its files itself. */
const CLOSED_INTERVAL = 250;

/** Milliseconds that an older host has to end after it has said that it will. */
const RETIRING_TIME = 5_000;

export interface ElectionOptions {
	readonly endpoint: Endpoint;
	/** Absolute path of host.mjs. */
	readonly hostFile: string;
	readonly nodePath: string | undefined;
	readonly link: LinkOptions;
	/** Milliseconds from the start of a process to its greeting. */
	readonly startLimit: number;
	/** Milliseconds for the answer of a host that somebody else has started: it may be loading. */
	readonly greetingLimit: number;
	/** Hears what is waited for. */
	readonly onStage: (stage: string) => void;
}

export interface Elected {
	readonly link: HostLink;
	/** Undefined where another window has started the host. */
	readonly child: HostChild | undefined;
}

/** No host could be started: the process ended before it answered, or did not answer. */
export class StartFailure extends Error {
	override readonly name = 'StartFailure';
	constructor(
		/** As the end of "the model host …". */
		readonly reason: string,
		/** Last line of its error output. */
		readonly lastLine: string | undefined,
		/** `signal`: one ended it. `late`: it did not answer in time. With both, another try makes sense. */
		readonly how: 'ended' | 'signal' | 'late',
	) {
		super(`The model host ${reason}`);
	}
}

/**
 * Enters the host of this endpoint, and starts it where there is none. However many do this at once, however many of them
 * are killed meanwhile: they end up with one host. The lock lets one window start it; a lock whose window has died is
 * taken away; and should two hosts start all the same, the system lets only one of them have the address.
 *
 * @throws StartFailure; an AbortError when the signal fires, with a process that was being started gone.
 */
export async function elect(options: ElectionOptions, signal: AbortSignal): Promise<Elected> {
	let started = performance.now();
	let isRetiring = false;
	/** A host, unless it is of an older version and makes room. */
	const entered = async (): Promise<Elected | undefined> => {
		const link = await enter(options, signal);
		if (link === undefined || isRetiring || !isOlderVersion(link.hostVersion, options.link.clientVersion)) {
			return link === undefined ? undefined : { link, child: undefined };
		}
		isRetiring = true;
		return (await retires(link, options, signal)) ? undefined : { link, child: undefined };
	};
	options.onStage('looking for a model host');
	for (let looks = 1; ; looks++) {
		const before = performance.now();
		const found = await entered();
		if (found !== undefined) {
			return found;
		}
		// What a host took that answered nothing is not the time of a start.
		started += performance.now() - before;
		if (performance.now() - started > options.startLimit) {
			throw timeout(options, undefined);
		}
		const lock = await takeLock(options.endpoint.lockFile);
		if (lock === undefined) {
			options.onStage('waiting for a model host that somebody else starts');
			if (looks % LOOKS === 0) {
				await removeStaleLock(options.endpoint.lockFile);
			}
			await sleep(WAIT_INTERVAL, signal);
			continue;
		}
		try {
			// Somebody may have started one between the look and the lock.
			const elected = (await entered()) ?? (await start(options, lock, signal));
			if (elected !== undefined) {
				return elected;
			}
		} finally {
			await lock.release();
		}
		await sleep(CLOSED_INTERVAL, signal);
	}
}

/**
 * @returns undefined where there is no host, or none that this client may enter.
 * @throws an AbortError when the signal fires.
 */
async function enter(options: ElectionOptions, signal: AbortSignal): Promise<HostLink | undefined> {
	const { endpoint, greetingLimit, link } = options;
	const ending = new AbortController();
	const onAbort = () => ending.abort();
	signal.addEventListener('abort', onAbort, { once: true });
	const timer = setTimeout(onAbort, greetingLimit);
	try {
		throwIfAborted(signal);
		return await connectToHost(addressOf(endpoint), tokenOf(endpoint), link, ending.signal);
	} catch (error) {
		if (HostGone.is(error)) {
			return undefined;
		}
		if (!isAbort(error) || signal.aborted) {
			throw error;
		}
		// It hangs, and whoever else has entered it would have ended it long ago.
		const mark = readMark(endpoint.markFile);
		if (mark !== undefined) {
			await killMarked(mark);
		}
		return undefined;
	} finally {
		clearTimeout(timer);
		signal.removeEventListener('abort', onAbort);
	}
}

/** Whether a host of an older version ends, because nobody else uses it. */
async function retires(link: HostLink, { endpoint }: ElectionOptions, signal: AbortSignal): Promise<boolean> {
	const mark = await markOf(link.pid);
	try {
		const answer = await link.retire(tokenOf(endpoint) ?? '', signal);
		if (answer.type === 'busy') {
			return false;
		}
		await isGone(mark, RETIRING_TIME);
	} catch (error) {
		if (!HostGone.is(error)) {
			link.dispose();
			throw error;
		}
	}
	link.dispose();
	return true;
}

/** @returns undefined where another host was faster. */
async function start(
	options: ElectionOptions,
	lock: ElectionLock,
	signal: AbortSignal,
): Promise<Elected | undefined> {
	throwIfAborted(signal);
	if (!(await lock.isHeld())) {
		return undefined;
	}
	const child = launch(options, options.endpoint);
	options.onStage(`starting the model host ${child.pid}`);
	const ending = new AbortController();
	const onAbort = () => ending.abort();
	signal.addEventListener('abort', onAbort, { once: true });
	let isLate = false;
	const timer = setTimeout(() => {
		isLate = true;
		ending.abort();
	}, options.startLimit);
	void child.ended.then(onAbort);
	try {
		for (;;) {
			const link = await enter(options, ending.signal);
			if (link !== undefined) {
				if (link.pid === child.pid) {
					return { link, child };
				}
				// Another host was faster, and this one ends by itself.
				void child.ended.then(() => child.log.close());
				return { link, child: undefined };
			}
			await sleep(ENTER_INTERVAL, ending.signal);
		}
	} catch (error) {
		child.kill();
		const end = await child.ended;
		const { lastLines } = child.log;
		child.log.close();
		if (signal.aborted) {
			throw abortError();
		}
		if (child.foundAnother) {
			return undefined;
		}
		throw isLate
			? timeout(options, lastLines.at(-1))
			: isAbort(error)
				? failure(end, lastLines.at(-1))
				: error;
	} finally {
		clearTimeout(timer);
		signal.removeEventListener('abort', onAbort);
	}
}

function timeout({ startLimit }: ElectionOptions, lastLine: string | undefined): StartFailure {
	return new StartFailure(`did not answer within ${startLimit} ms`, lastLine, 'late');
}

function failure(end: HostEnd, lastLine: string | undefined): StartFailure {
	return new StartFailure(end.cause, lastLine, end.isSignal ? 'signal' : 'ended');
}
