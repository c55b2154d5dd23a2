/** The host's end of one connection: greeting first, then requests to the engine, each with its own cancellation. */

import * as crypto from 'node:crypto';
import type { Socket } from 'node:net';
import {
	type CancellationToken,
	ErrorCodes,
	type MessageConnection,
	ResponseError,
} from 'vscode-jsonrpc/node';
import { abortError, isAbort } from '../cancel';
import type { Engine } from '../engine/engine';
import { type GenerationEvent, ModelUnavailable, type Unsupported } from '../model';
import { encodeRequest } from '../wire/encodeShapes';
import { connectionOver, type GuardedConnection } from '../wire/frames';
import {
	isAdaptersCall,
	isChatCall,
	isFillCall,
	isGreeting,
	isLoadCall,
	isPathCall,
	isRefused,
	isTextCall,
	MAX_FRAME_BYTES,
	MAX_GREETING_BYTES,
	methods,
	PROTOCOL_VERSION,
	type Refused,
	type StreamEnd,
	type StreamEvent,
	type Welcome,
} from '../wire/protocol';
import { type Check, fillRequest, scoreRequest } from '../wire/shapes';
import type { HostedModel } from './hostedModel';
import { TextBatch } from './textBatch';

/** Milliseconds that a connection has for its greeting. */
const GREETING_TIME = 5_000;

/** Bounds of the interval, in milliseconds, that a client may ask its signs of life to have. */
const LEAST_TICK = 20;
const MOST_TICK = 10_000;

/** JSON-RPC's code for a cancelled request, as the Language Server Protocol defines it. */
const REQUEST_CANCELLED = -32800;

interface SessionOptions {
	readonly token: string;
	readonly hostVersion: string;
	readonly model: HostedModel;
	/** The peer has shown the token. */
	readonly onWelcome: () => void;
	/** Called once. `reason` is what the peer did wrong; `isFinal` tells that it said it would not come back. */
	readonly onClosed: (reason: string | undefined, isFinal: boolean) => void;
}

export class HostSession {
	private readonly guarded: GuardedConnection;
	private readonly running = new Set<AbortController>();
	private readonly greetingTimer: NodeJS.Timeout;
	private tickTimer: NodeJS.Timeout | undefined;
	private isWelcome = false;
	private isFinal = false;
	private misdeed: string | undefined;

	constructor(
		socket: Socket,
		private readonly options: SessionOptions,
	) {
		this.guarded = connectionOver(socket, MAX_GREETING_BYTES, (reason) => this.closed(reason));
		this.greetingTimer = setTimeout(() => this.drop('no greeting in time'), GREETING_TIME);
		const { connection } = this.guarded;
		connection.onRequest(methods.greet, (greeting: unknown) => this.greet(greeting));
		// Whoever has not shown the token gets no answer at all.
		connection.onRequest((method: string) => this.drop(`the request "${method.slice(0, 40)}"`));
		connection.onNotification((method: string) => this.drop(`the notification "${method.slice(0, 40)}"`));
		connection.listen();
	}

	/** To a peer that has shown the token; lost where it is gone. */
	notify(method: string, parameters: object): void {
		if (this.isWelcome) {
			// What cannot be written any more ends with the connection.
			this.guarded.connection.sendNotification(method, parameters).catch(() => undefined);
		}
	}

	dispose(): void {
		this.guarded.close();
	}

	private greet(greeting: unknown): Welcome | ResponseError {
		if (
			this.isWelcome ||
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
		this.tickTimer = setInterval(() => this.notify(methods.tick, {}), interval);
		this.serveRequests(this.guarded.connection);
		this.options.onWelcome();
		return { protocol: PROTOCOL_VERSION, pid: process.pid, hostVersion: this.options.hostVersion };
	}

	private serveRequests(connection: MessageConnection): void {
		const { model } = this.options;
		connection.onNotification(methods.leave, () => {
			this.isFinal = true;
			this.dispose();
		});
		this.serve(methods.load, isLoadCall, (call) => model.load(call.options));
		this.serve(methods.fill, isFillCall, (call, signal) =>
			this.generate(call.stream, (engine) => engine.fill(call.request, signal), signal),
		);
		this.serve(methods.chat, isChatCall, (call, signal) =>
			this.generate(call.stream, (engine) => engine.chat(call.request, signal), signal),
		);
		this.serve(methods.prefill, fillRequest, (call, signal) =>
			this.ask((engine) => engine.prefill(call, signal)),
		);
		this.serve(methods.tokenize, isTextCall, (call, signal) =>
			this.ask((engine) => engine.tokenize(call.text, signal)),
		);
		this.serve(methods.embed, isTextCall, (call, signal) =>
			this.ask((engine) => engine.embed(call.text, signal)),
		);
		this.serve(methods.score, scoreRequest, (call, signal) =>
			this.ask((engine) => engine.score(call, signal)),
		);
		this.serve(methods.useAdapters, isAdaptersCall, (call, signal) =>
			this.ask(
				async (engine) => model.mismatch(call.base) ?? (await engine.useAdapters(call.adapters, signal)),
			),
		);
		this.serve(methods.inspectAdapter, isPathCall, (call, signal) =>
			this.ask((engine) => engine.inspectAdapter(call.path, signal)),
		);
		this.serve(methods.encode, encodeRequest, (call, signal) =>
			this.ask((engine) => engine.encode(call, signal)),
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

	private async ask<Answer>(work: (engine: Engine) => Promise<Answer>): Promise<Answer | Refused> {
		const engine = this.options.model.ready;
		if (isRefused(engine)) {
			return engine;
		}
		try {
			return await work(engine);
		} catch (error) {
			if (ModelUnavailable.is(error)) {
				return { type: 'refused', problem: error.problem };
			}
			throw error;
		}
	}

	private generate(
		stream: number,
		start: (engine: Engine) => AsyncIterable<GenerationEvent>,
		signal: AbortSignal,
	): Promise<StreamEnd | Unsupported | Refused> {
		return this.ask(async (engine) => {
			const news = (event: StreamEvent) => this.notify(methods.event, { stream, event });
			const texts = new TextBatch(news);
			for await (const event of start(engine)) {
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
		});
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
		this.options.onClosed(this.misdeed ?? reason, this.isFinal);
	}
}

/** Compares in constant time; the hashes have the same length whatever was sent. */
function sameSecret(one: string, other: string): boolean {
	const hash = (text: string) => crypto.createHash('sha256').update(text).digest();
	return crypto.timingSafeEqual(hash(one), hash(other));
}

/** vscode-jsonrpc moves the token when parameters came as a list. */
function isToken(value: unknown): value is CancellationToken {
	return typeof value === 'object' && value !== null && 'onCancellationRequested' in value;
}
