/**
 * The host's end of one connection: greeting first, then requests to the engine, each with its own cancellation.
 * Over 300 lines because every request of the protocol is served here.
 */

import type { Socket } from 'node:net';
import {
	type CancellationToken,
	ErrorCodes,
	type MessageConnection,
	ResponseError,
} from 'vscode-jsonrpc/node';
import { abortError, isAbort } from '../cancel';
import type { EngineSession } from '../engine/engine';
import type { GenerationEvent, Unsupported } from '../model';
import { sameSecret } from '../sameSecret';
import { encodeChatsRequest, scoreChatsRequest } from '../wire/chatShapes';
import { encodeRequest, scoreFillsRequest } from '../wire/encodeShapes';
import { connectionOver, type GuardedConnection } from '../wire/frames';
import {
	isAdaptersCall,
	isChatCall,
	isFillCall,
	isFocusNews,
	isGreeting,
	isLeaving,
	isLoadCall,
	isPathCall,
	isRetireCall,
	isShutdownCall,
	isTextCall,
	type Leaving,
	MAX_FRAME_BYTES,
	MAX_GREETING_BYTES,
	MAX_LOADING,
	methods,
	PROTOCOL_VERSION,
	REQUEST_CANCELLED,
	type Refused,
	type Retirement,
	type ShutdownAnswer,
	type StreamEnd,
	type StreamEvent,
	type Tick,
	type Welcome,
} from '../wire/protocol';
import { type Check, fillRequest, scoreRequest } from '../wire/shapes';
import type { HostedModels } from './hostedModels';
import type { ModelSession } from './modelSession';
import { TextBatch } from './textBatch';

/** Milliseconds that a connection has for its greeting. */
const GREETING_TIME = 5_000;

/** Bounds of the interval, in milliseconds, that a client may ask its signs of life to have. */
const LEAST_TICK = 20;
const MOST_TICK = 10_000;

interface SessionOptions {
	readonly token: string;
	readonly hostVersion: string;
	readonly models: HostedModels;
	/** Whether somebody may still come in. */
	readonly isOpen: () => boolean;
	readonly tick: () => Tick;
	/** The peer has shown the token. */
	readonly onWelcome: () => void;
	/** The peer will not come back over this connection. */
	readonly onLeave: (leaving: Leaving) => void;
	readonly onRetire: () => Retirement;
	/** @param decided when, in milliseconds since 1970. */
	readonly onShutdown: (decided: number) => ShutdownAnswer;
	/** Called once. `reason` is what the peer did wrong. */
	readonly onClosed: (reason: string | undefined) => void;
}

export class HostSession {
	private readonly guarded: GuardedConnection;
	private readonly running = new Set<AbortController>();
	private readonly caller = { isFocused: false };
	private readonly model: ModelSession;
	private readonly greetingTimer: NodeJS.Timeout;
	private tickTimer: NodeJS.Timeout | undefined;
	private isWelcome = false;
	private onGone: () => void = () => undefined;
	private readonly gone = new Promise<void>((resolve) => {
		this.onGone = resolve;
	});
	private misdeed: string | undefined;

	constructor(
		socket: Socket,
		private readonly options: SessionOptions,
	) {
		this.model = options.models.enter(this.caller, {
			onLoading: (fraction) => void this.notify(methods.progress, { fraction }),
			onResidence: (residence, displacedBy) =>
				void this.notify(methods.residence, { residence, displacedBy }),
		});
		this.guarded = connectionOver(socket, MAX_GREETING_BYTES, (reason) => this.closed(reason));
		this.greetingTimer = setTimeout(() => this.drop('no greeting in time'), GREETING_TIME);
		const { connection } = this.guarded;
		connection.onRequest(methods.greet, (greeting: unknown) => this.greet(greeting));
		connection.onRequest(methods.retire, (call: unknown) => this.retire(call));
		// Whoever has not shown the token gets no answer at all.
		connection.onRequest((method: string) => this.drop(`the request "${method.slice(0, 40)}"`));
		connection.onNotification((method: string) => this.drop(`the notification "${method.slice(0, 40)}"`));
		connection.listen();
	}

	/** To a peer that has shown the token; lost where it is gone. Resolves when it is written, or lost. */
	async notify(method: string, parameters: object): Promise<void> {
		if (this.isWelcome && !this.guarded.hasEnded) {
			// What cannot be written any more ends with the connection.
			await this.guarded.connection.sendNotification(method, parameters).catch(() => undefined);
		}
	}

	/** A sign of life. */
	tick(): Promise<void> {
		const { clients, loading } = this.options.tick();
		return this.notify(methods.tick, { clients, loading: loading.slice(0, MAX_LOADING) });
	}

	/** Tells a peer that has shown the token that the host ends; others are of no interest. Resolves when it has hung up. */
	sayGoodbye(): Promise<void> {
		if (!this.isWelcome) {
			this.dispose();
		}
		void this.notify(methods.ending, {});
		return this.gone;
	}

	dispose(): void {
		this.guarded.close();
	}

	private greet(greeting: unknown): Welcome | ResponseError {
		if (
			this.isWelcome ||
			!this.options.isOpen() ||
			!isGreeting(greeting) ||
			greeting.protocol !== PROTOCOL_VERSION ||
			!sameSecret(greeting.token, this.options.token)
		) {
			this.drop('a wrong greeting');
			return new ResponseError(ErrorCodes.InvalidRequest, 'Refused');
		}
		clearTimeout(this.greetingTimer);
		this.isWelcome = true;
		this.guarded.guard.limit = MAX_FRAME_BYTES;
		const interval = Math.min(MOST_TICK, Math.max(LEAST_TICK, greeting.tickMilliseconds));
		this.tickTimer = setInterval(() => void this.tick(), interval);
		this.serveLife(this.guarded.connection);
		this.serveRequests();
		this.options.onWelcome();
		return { protocol: PROTOCOL_VERSION, pid: process.pid, hostVersion: this.options.hostVersion };
	}

	/** See `methods.retire`: from somebody who may speak another protocol, and has nothing to show but the token. */
	private retire(call: unknown): Retirement | ResponseError {
		if (!isRetireCall(call) || !sameSecret(call.token, this.options.token)) {
			this.drop('a wrong request to retire');
			return new ResponseError(ErrorCodes.InvalidRequest, 'Refused');
		}
		return this.options.onRetire();
	}

	/** What is about the host itself and not about a model. */
	private serveLife(connection: MessageConnection): void {
		connection.onNotification(methods.leave, (leaving: unknown) => {
			this.options.onLeave(isLeaving(leaving) ? leaving : { graceMilliseconds: 0 });
		});
		connection.onNotification(methods.focus, (news: unknown) => {
			if (isFocusNews(news)) {
				this.caller.isFocused = news.isFocused;
			}
		});
		this.serve(methods.shutdown, isShutdownCall, async (call) => this.options.onShutdown(call.decided));
	}

	private serveRequests(): void {
		const { model } = this;
		this.serve(methods.load, isLoadCall, (call, signal) => model.load(call.options, signal));
		this.serve(methods.fill, isFillCall, (call, signal) =>
			this.generate(call.stream, (session) => session.fill(call.request, signal), signal),
		);
		this.serve(methods.chat, isChatCall, (call, signal) =>
			this.generate(call.stream, (session) => session.chat(call.request, signal), signal),
		);
		this.serve(methods.prefill, fillRequest, (call, signal) =>
			model.ask((session) => session.prefill(call, signal), signal),
		);
		this.serve(methods.tokenize, isTextCall, (call, signal) =>
			model.ask((session) => session.tokenize(call.text, signal), signal),
		);
		this.serve(methods.embed, isTextCall, (call, signal) =>
			model.ask((session) => session.embed(call.text, signal), signal),
		);
		this.serve(methods.score, scoreRequest, (call, signal) =>
			model.ask((session) => session.score(call, signal), signal),
		);
		this.serve(methods.scoreFills, scoreFillsRequest, (call, signal) =>
			model.ask((session) => session.scoreFills(call, signal), signal),
		);
		this.serve(methods.useAdapters, isAdaptersCall, (call, signal) =>
			model.useAdapters(call.base, call.adapters, signal),
		);
		this.serve(methods.inspectAdapter, isPathCall, (call, signal) =>
			model.ask((session) => session.inspectAdapter(call.path, signal), signal),
		);
		this.serve(methods.encode, encodeRequest, (call, signal) =>
			model.ask((session) => session.encode(call, signal), signal),
		);
		this.serve(methods.useChatAdapters, isAdaptersCall, (call, signal) =>
			model.useAdapters(call.base, call.adapters, signal, 'chat'),
		);
		this.serve(methods.encodeChats, encodeChatsRequest, (call, signal) =>
			model.ask((session) => session.encodeChats(call, signal), signal),
		);
		this.serve(methods.scoreChats, scoreChatsRequest, (call, signal) =>
			model.ask((session) => session.scoreChats(call, signal), signal),
		);
	}

	/** Registers a request whose signal follows the peer's cancellation and the end of the connection. */
	private serve<Call>(
		method: string,
		check: Check<Call>,
		work: (call: Call, signal: AbortSignal) => Promise<object>,
	): void {
		this.guarded.connection.onRequest(method, async (call: unknown, token: unknown): Promise<object> => {
			if (!check(call) || !isToken(token)) {
				return new ResponseError(ErrorCodes.InvalidParams, `Malformed parameters of "${method}"`);
			}
			const controller = new AbortController();
			const cancellation = token.onCancellationRequested(() => controller.abort(abortError()));
			this.running.add(controller);
			try {
				return await work(call, controller.signal);
			} catch (error) {
				if (isAbort(error)) {
					return new ResponseError(REQUEST_CANCELLED, 'Cancelled');
				}
				throw error;
			} finally {
				cancellation.dispose();
				this.running.delete(controller);
			}
		});
	}

	private generate(
		stream: number,
		start: (session: EngineSession) => AsyncIterable<GenerationEvent>,
		signal: AbortSignal,
	): Promise<StreamEnd | Unsupported | Refused> {
		return this.model.ask(async (session) => {
			const news = (event: StreamEvent) => void this.notify(methods.event, { stream, event });
			const texts = new TextBatch(news);
			for await (const event of start(session)) {
				if (signal.aborted) {
					break;
				}
				if (event.type === 'text') {
					texts.add(event);
				} else if (event.type === 'prefilled' || event.type === 'call') {
					texts.flush();
					news(event);
				} else {
					texts.flush();
					return event;
				}
			}
			throw signal.aborted ? abortError() : new Error('The generation ended without saying why');
		}, signal);
	}

	private drop(misdeed: string): void {
		this.misdeed = misdeed;
		this.dispose();
	}

	private closed(reason: string | undefined): void {
		clearTimeout(this.greetingTimer);
		clearInterval(this.tickTimer);
		this.isWelcome = false;
		for (const controller of this.running) {
			controller.abort(abortError());
		}
		this.model.leave();
		this.onGone();
		this.options.onClosed(this.misdeed ?? reason);
	}
}

/** vscode-jsonrpc moves the token when parameters came as a list. */
function isToken(value: unknown): value is CancellationToken {
	return typeof value === 'object' && value !== null && 'onCancellationRequested' in value;
}
