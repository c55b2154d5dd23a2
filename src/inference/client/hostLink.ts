/** The client's end of the connection to a host: typed requests, streams as async iterables, validated answers. */

import type * as net from 'node:net';
import { CancellationTokenSource, type MessageConnection, ResponseError } from 'vscode-jsonrpc/node';
import { abortError, throwIfAborted } from '../cancel';
import { type GenerationEvent, type LoadOptions, ModelUnavailable } from '../model';
import { connectionOver, type GuardedConnection } from '../wire/frames';
import { loadSubject } from '../wire/loadSubject';
import { Mailbox } from '../wire/mailbox';
import {
	type Greeting,
	isLoadAnswer,
	isProgress,
	isRefused,
	isResidenceNews,
	isRetirement,
	isShutdownAnswer,
	isStreamAnswer,
	isStreamNews,
	isTick,
	isWelcome,
	type Loaded,
	MAX_FRAME_BYTES,
	methods,
	PROTOCOL_VERSION,
	REQUEST_CANCELLED,
	type Refused,
	type ResidenceNews,
	type Retirement,
	type ShutdownAnswer,
	type StreamEvent,
	type Welcome,
} from '../wire/protocol';
import { anyOf, type Check } from '../wire/shapes';
import { HostGone } from './hostGone';
import { HostStatus } from './hostStatus';

/** What a client tells of itself and wants to hear. */
export interface LinkOptions {
	readonly clientVersion: string;
	/** Between the signs of life that it wants. */
	readonly tickMilliseconds: number;
}

export class HostLink {
	private readonly connection: MessageConnection;
	private readonly guarded: GuardedConnection;
	private readonly streams = new Map<number, Mailbox<StreamEvent>>();
	private nextStream = 0;
	/** Resolves when the connection has ended, with the protocol error if there was one. */
	readonly closed: Promise<string | undefined>;
	/** Called at every sign of life. */
	onTick: () => void = () => undefined;
	/** Called whenever `residence` changes. */
	onResidence: () => void = () => undefined;
	private whereabouts: ResidenceNews = { residence: 'loaded' };
	private readonly status = new HostStatus();
	private welcome: Welcome | undefined;
	private hasSaidGoodbye = false;
	private onProgress: (fraction: number) => void = () => undefined;

	constructor(socket: net.Socket) {
		let onClosed: (reason: string | undefined) => void = () => undefined;
		this.closed = new Promise((resolve) => {
			onClosed = resolve;
		});
		this.guarded = connectionOver(socket, MAX_FRAME_BYTES, (reason) => {
			this.status.end();
			onClosed(reason);
		});
		this.connection = this.guarded.connection;
		this.connection.onNotification(methods.tick, (message: unknown) => {
			if (isTick(message)) {
				this.status.tick(message);
			}
			this.onTick();
		});
		this.connection.onNotification(methods.ending, () => {
			this.hasSaidGoodbye = true;
			// It waits for nothing else.
			this.dispose();
		});
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
		this.connection.onNotification(methods.residence, (message: unknown) => {
			if (isResidenceNews(message)) {
				this.whereabouts = message;
				this.onResidence();
			}
		});
		this.connection.listen();
	}

	/** Where the model is that was loaded. */
	get residence(): ResidenceNews {
		return this.whereabouts;
	}

	get isClosed(): boolean {
		return this.guarded.hasEnded;
	}

	/** What is known of the host's work. */
	get work(): Pick<HostStatus, 'wasBusy' | 'wasReloading' | 'wasElsewhere' | 'clients' | 'isLoading'> {
		return this.status;
	}

	/** Whether the host has said that it ends by itself. */
	get isEnding(): boolean {
		return this.hasSaidGoodbye;
	}

	/** Process id of the host. */
	get pid(): number {
		return this.welcome?.pid ?? 0;
	}

	/** Version of the extension that the host belongs to. */
	get hostVersion(): string {
		return this.welcome?.hostVersion ?? '';
	}

	async greet(token: string, options: LinkOptions, signal: AbortSignal): Promise<void> {
		const { clientVersion, tickMilliseconds } = options;
		const greeting: Greeting = { protocol: PROTOCOL_VERSION, token, clientVersion, tickMilliseconds };
		this.welcome = await this.send(methods.greet, greeting, isWelcome, signal);
		const { protocol } = this.welcome;
		if (protocol !== PROTOCOL_VERSION) {
			throw new HostGone(`The model host speaks protocol ${protocol}, not ${PROTOCOL_VERSION}`);
		}
	}

	/** Asks the host to end unless somebody else uses it. Throws HostGone; an AbortError. */
	retire(token: string, signal: AbortSignal): Promise<Retirement> {
		return this.send(methods.retire, { token }, isRetirement, signal);
	}

	/**
	 * Ends the host for all its clients.
	 *
	 * @param decided when, in milliseconds since 1970.
	 * @throws HostGone; an AbortError.
	 */
	shutDown(decided: number, signal: AbortSignal): Promise<ShutdownAnswer> {
		return this.send(methods.shutdown, { decided }, isShutdownAnswer, signal);
	}

	setFocused(isFocused: boolean): void {
		this.notify(methods.focus, { isFocused });
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

	/**
	 * Says that this client will not come back over this connection; the host hangs up.
	 *
	 * @param graceMilliseconds that the host should wait for another client, if this was the last.
	 */
	leave(graceMilliseconds: number): void {
		this.notify(methods.leave, { graceMilliseconds });
	}

	/** Ends the connection; every request under way is rejected with HostGone. */
	dispose(): void {
		this.guarded.close();
	}

	private notify(method: string, parameters: object): void {
		if (!this.isClosed) {
			// A host that is gone already need not be told.
			this.connection.sendNotification(method, parameters).catch(() => undefined);
		}
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
				// vscode-jsonrpc prints an error where nobody is left to be told.
				if (!this.isClosed) {
					source.cancel();
				}
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
		const finish = this.status.begin(loadSubject(method, parameters));
		try {
			const answer: unknown = await this.connection.sendRequest(method, parameters, source.token);
			return answer;
		} catch (error) {
			if (this.isClosed) {
				throw new HostGone(`The model host went away during "${method}"`, { cause: error });
			}
			if (error instanceof ResponseError && error.code === REQUEST_CANCELLED) {
				// Also by the host itself, as a prompt that is read ahead makes way for one at the cursor.
				throw abortError();
			}
			throw error;
		} finally {
			finish();
		}
	}
}
