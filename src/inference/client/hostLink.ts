/** The client's end of the connection to a host: typed requests, streams as async iterables, validated answers. */

import * as net from 'node:net';
import { CancellationTokenSource, type MessageConnection } from 'vscode-jsonrpc/node';
import { abortError, sleep, throwIfAborted } from '../cancel';
import { type GenerationEvent, type LoadOptions, ModelUnavailable } from '../model';
import { connectionOver } from '../wire/frames';
import { Mailbox } from '../wire/mailbox';
import {
	type Greeting,
	isLoadAnswer,
	isProgress,
	isRefused,
	isStreamAnswer,
	isStreamNews,
	isWelcome,
	type Loaded,
	MAX_FRAME_BYTES,
	methods,
	PROTOCOL_VERSION,
	type Refused,
	type StreamEvent,
} from '../wire/protocol';
import { anyOf, type Check } from '../wire/shapes';

/** Milliseconds between two attempts to reach a host that is still starting. */
const CONNECT_INTERVAL = 10;

/** The connection ended before the answer came: the host crashed, was killed, or broke the protocol. */
export class HostGone extends Error {
	override readonly name = 'HostGone';
}

interface LinkOptions {
	readonly token: string;
	readonly clientVersion: string;
	readonly tickMilliseconds: number;
	readonly onTick: () => void;
	/** Called once, with the protocol error if there was one. */
	readonly onClosed: (reason: string | undefined) => void;
}

/**
 * Connects to a host that may still be starting, and shows the token.
 *
 * @throws an AbortError when the signal fires; HostGone when the host turns the greeting down.
 */
export async function connectToHost(
	address: string,
	options: LinkOptions,
	signal: AbortSignal,
): Promise<HostLink> {
	const link = new HostLink(await reach(address, signal), options);
	try {
		await link.greet(options, signal);
		return link;
	} catch (error) {
		link.dispose();
		throw error;
	}
}

async function reach(address: string, signal: AbortSignal): Promise<net.Socket> {
	for (;;) {
		throwIfAborted(signal);
		const socket = await tryConnect(address);
		if (socket !== undefined) {
			return socket;
		}
		await sleep(CONNECT_INTERVAL, signal);
	}
}

function tryConnect(address: string): Promise<net.Socket | undefined> {
	return new Promise((resolve) => {
		const socket = net.connect(address);
		socket.once('connect', () => resolve(socket));
		socket.once('error', () => resolve(undefined));
	});
}

export class HostLink {
	private readonly connection: MessageConnection;
	private readonly close: () => void;
	private readonly streams = new Map<number, Mailbox<StreamEvent>>();
	private nextStream = 0;
	/** Requests that the host has not answered, also those that nobody waits for any more. */
	private unanswered = 0;
	private end: { readonly wasBusy: boolean } | undefined;
	private onProgress: (fraction: number) => void = () => undefined;

	constructor(socket: net.Socket, options: LinkOptions) {
		const guarded = connectionOver(socket, MAX_FRAME_BYTES, (reason) => {
			this.end = { wasBusy: this.unanswered > 0 };
			options.onClosed(reason);
		});
		this.connection = guarded.connection;
		this.close = guarded.close;
		this.connection.onNotification(methods.tick, () => options.onTick());
		this.connection.onNotification(methods.event, (message: unknown) => {
			if (isStreamNews(message)) {
				this.streams.get(message.stream)?.push(message.event);
			}
		});
		this.connection.onNotification(methods.progress, (message: unknown) => {
			if (isProgress(message)) {
				this.onProgress(message.fraction);
			}
		});
		this.connection.listen();
	}

	get isClosed(): boolean {
		return this.end !== undefined;
	}

	/** Whether the host was at work when the connection ended. */
	get wasBusy(): boolean {
		return this.end?.wasBusy ?? false;
	}

	async greet(options: LinkOptions, signal: AbortSignal): Promise<void> {
		const { token, clientVersion, tickMilliseconds } = options;
		const greeting: Greeting = { protocol: PROTOCOL_VERSION, token, clientVersion, tickMilliseconds };
		const welcome = await this.send(methods.greet, greeting, isWelcome, signal);
		if (welcome.protocol !== PROTOCOL_VERSION) {
			throw new HostGone(`The model host speaks protocol ${welcome.protocol}, not ${PROTOCOL_VERSION}`);
		}
	}

	async load(
		options: LoadOptions,
		onProgress: (fraction: number) => void,
		signal: AbortSignal,
	): Promise<Loaded | Refused> {
		this.onProgress = onProgress;
		return this.send(methods.load, { options }, isLoadAnswer, signal);
	}

	/**
	 * One request and its answer.
	 *
	 * @throws ModelUnavailable when the host says that it cannot; HostGone; an AbortError as soon as the signal fires.
	 */
	async request<T>(method: string, parameters: object, check: Check<T>, signal: AbortSignal): Promise<T> {
		const answer = await this.send(method, parameters, anyOf(check, isRefused), signal);
		if (isRefused(answer)) {
			throw new ModelUnavailable(answer.problem);
		}
		return answer;
	}

	/**
	 * A generation. Leaving the loop cancels it in the host.
	 *
	 * @throws as `request`.
	 */
	async *stream(
		method: 'fill' | 'chat',
		request: object,
		signal: AbortSignal,
	): AsyncGenerator<GenerationEvent> {
		throwIfAborted(signal);
		const stream = this.nextStream++;
		const mailbox = new Mailbox<StreamEvent>();
		this.streams.set(stream, mailbox);
		const left = new AbortController();
		const onAbort = () => {
			mailbox.fail(abortError());
			left.abort();
		};
		signal.addEventListener('abort', onAbort, { once: true });
		try {
			const answer = this.send(method, { stream, request }, isStreamAnswer, left.signal);
			answer.then(
				() => mailbox.end(),
				(error: unknown) => mailbox.fail(error),
			);
			yield* mailbox.read();
			const end = await answer;
			if (end.type === 'refused') {
				throw new ModelUnavailable(end.problem);
			}
			yield end;
		} finally {
			signal.removeEventListener('abort', onAbort);
			left.abort();
			this.streams.delete(stream);
		}
	}

	/** Says that this client will not come back, so that the host need not wait for it. */
	leave(): void {
		if (!this.isClosed) {
			// A host that is gone already need not be told.
			this.connection.sendNotification(methods.leave).catch(() => undefined);
		}
	}

	/** Ends the connection; every request under way is rejected with HostGone. */
	dispose(): void {
		this.close();
	}

	private async send<T>(
		method: string,
		parameters: object,
		check: Check<T>,
		signal: AbortSignal,
	): Promise<T> {
		throwIfAborted(signal);
		if (this.isClosed) {
			throw new HostGone('The model host is gone');
		}
		const source = new CancellationTokenSource();
		let onAbort: () => void = () => undefined;
		const aborted = new Promise<never>((_resolve, reject) => {
			onAbort = () => {
				source.cancel();
				reject(abortError());
			};
			signal.addEventListener('abort', onAbort, { once: true });
		});
		try {
			const answer = await Promise.race([this.exchange(method, parameters, source), aborted]);
			if (!check(answer)) {
				throw new Error(`The model host answered "${method}" with something unexpected`);
			}
			return answer;
		} finally {
			signal.removeEventListener('abort', onAbort);
		}
	}

	private async exchange(
		method: string,
		parameters: object,
		source: CancellationTokenSource,
	): Promise<unknown> {
		this.unanswered++;
		try {
			const answer: unknown = await this.connection.sendRequest(method, parameters, source.token);
			return answer;
		} catch (error) {
			if (this.isClosed) {
				throw new HostGone(`The model host went away during "${method}"`, { cause: error });
			}
			throw error;
		} finally {
			this.unanswered--;
		}
	}
}
