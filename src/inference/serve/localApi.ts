/** The server: on this machine alone, bounded in everything that a program can send. */

import * as http from 'node:http';
import type { Socket } from 'node:net';
import { isAbort } from '../cancel';
import type { Log } from '../model';
import { ApiError, apiErrorOf } from './apiError';
import { readBody } from './body';
import { placeRefusal, tokenRefusal } from './guard';
import { Parameters } from './parameters';
import { sendAnswer, sendError } from './reply';
import { notFound, type Route, routeOf, wrongMethod } from './routes';
import { modelFor } from './servedModels';
import type { Answer, Service } from './service';

export const HOST = '127.0.0.1';

export interface ApiLimits {
	/** Of a body: more than the model host takes at once. */
	readonly bytes: number;
	/** Requests that are answered at a time; others are to come again later. */
	readonly requests: number;
	readonly connections: number;
	/** Milliseconds for the headers of a request, and for all of it. */
	readonly headersMilliseconds: number;
	readonly requestMilliseconds: number;
	/** Milliseconds between two looks at these. */
	readonly checkMilliseconds: number;
	/** Milliseconds that a connection may stay without anything on it while nobody answers. */
	readonly idleMilliseconds: number;
	/** Milliseconds that a program may leave unread what it was sent. */
	readonly unreadMilliseconds: number;
}

const LIMITS: ApiLimits = {
	bytes: 8 * 1024 * 1024,
	requests: 16,
	connections: 64,
	headersMilliseconds: 10_000,
	requestMilliseconds: 60_000,
	checkMilliseconds: 2_000,
	idleMilliseconds: 30_000,
	unreadMilliseconds: 60_000,
};

interface LocalApiOptions extends Omit<Service, 'model' | 'now'> {
	/** What every request has to show, now. */
	readonly token: () => string;
	readonly log: Log;
	readonly limits?: Partial<ApiLimits>;
}

export class LocalApi {
	private readonly server: http.Server;
	private readonly limits: ApiLimits;
	private readonly service: Service;
	/** Requests that are being answered. */
	private answering = 0;
	private hasWarned = false;

	constructor(private readonly options: LocalApiOptions) {
		const { models, temperature, limits = {} } = options;
		this.limits = { ...LIMITS, ...limits };
		this.service = {
			model: models.completion,
			models,
			temperature,
			now: () => Math.floor(Date.now() / 1000),
		};
		this.server = http.createServer(
			{
				headersTimeout: this.limits.headersMilliseconds,
				requestTimeout: this.limits.requestMilliseconds,
				connectionsCheckingInterval: this.limits.checkMilliseconds,
				keepAliveTimeout: this.limits.idleMilliseconds,
				requireHostHeader: false,
			},
			(request, response) => void this.answer(request, response),
		);
		this.server.maxConnections = this.limits.connections;
		this.server.on('clientError', refuseBrokenRequest);
		// Whoever asks for another protocol, or to be told to go on, gets what everybody gets.
		this.server.on('checkContinue', (request, response) => void this.answer(request, response));
	}

	/**
	 * @param port 0 takes any that is free.
	 * @returns the port. @throws the system's error, as `EADDRINUSE`.
	 */
	listen(port: number): Promise<number> {
		return new Promise((resolve, reject) => {
			this.server.once('error', reject);
			this.server.listen({ host: HOST, port, exclusive: true }, () => {
				this.server.removeListener('error', reject);
				this.server.on('error', (error) => this.options.log.error('the local API failed', error));
				const address = this.server.address();
				resolve(typeof address === 'object' && address !== null ? address.port : port);
			});
		});
	}

	/** Ends what is being answered. Resolves when no connection is left. */
	close(): Promise<void> {
		return new Promise((resolve) => {
			this.server.close(() => resolve());
			this.server.closeAllConnections();
		});
	}

	private async answer(request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
		const { log } = this.options;
		const left = new AbortController();
		const { signal } = left;
		response.once('close', () => left.abort());
		// A connection that breaks is told by `close`.
		request.on('error', () => undefined);
		response.on('error', () => undefined);
		const start = performance.now();
		const path = (request.url ?? '').split('?')[0] ?? '';
		this.answering++;
		let isKnown = false;
		try {
			const route = this.admit(request, path);
			isKnown = true;
			const answer = await this.ask(route, request, response, signal);
			await sendAnswer(response, answer, this.limits.unreadMilliseconds, signal);
		} catch (error) {
			if (signal.aborted || isAbort(error)) {
				response.destroy();
				return;
			}
			const refusal = apiErrorOf(error);
			if (refusal.status === 500) {
				log.error('the local API could not answer', error);
			}
			sendError(response, refusal);
		} finally {
			this.answering--;
			const milliseconds = Math.round(performance.now() - start);
			const how = response.headersSent ? String(response.statusCode) : 'left';
			log.trace(
				`local API: ${isKnown ? `${request.method} ${path}` : 'a request'}: ${how}, ${milliseconds} ms`,
			);
		}
	}

	/** In this order, so that nobody learns more than they must. @throws ApiError */
	private admit({ headers, method }: http.IncomingMessage, path: string): Route {
		const route = routeOf(path);
		const isPublic = route?.method === 'GET' && route.isPublic;
		const refusal =
			placeRefusal(headers) ?? (isPublic ? undefined : tokenRefusal(headers, this.options.token()));
		if (refusal !== undefined) {
			this.warn(refusal);
			throw refusal;
		}
		if (route === undefined) {
			throw notFound();
		}
		if (route.method !== method) {
			throw wrongMethod(route);
		}
		if (this.answering > this.limits.requests) {
			throw new ApiError(
				429,
				`${this.limits.requests} requests are being answered, which is the most at a time. Try again later.`,
				{ headers: { 'retry-after': '1' } },
			);
		}
		return route;
	}

	private async ask(
		route: Route,
		request: http.IncomingMessage,
		response: http.ServerResponse,
		signal: AbortSignal,
	): Promise<Answer> {
		if (route.method === 'GET') {
			return route.answer(this.service);
		}
		if (request.headers.expect !== undefined) {
			response.writeContinue();
		}
		const body = await readBody(request, this.limits.bytes);
		const parameters = new Parameters(body, route.refused);
		const model = modelFor(route.kind, parameters.any('model'), this.service.models);
		const answer = await route.answer(parameters, { ...this.service, model }, signal);
		if (parameters.unknown.length > 0) {
			const names = parameters.unknown.slice(0, 10).map((name) => name.slice(0, 40));
			this.options.log.trace(`local API: unknown parameters without effect: ${names.join(', ')}`);
		}
		return answer;
	}

	/** Once: whoever tries again and again must not fill the log. */
	private warn(refusal: ApiError): void {
		if (!this.hasWarned) {
			this.hasWarned = true;
			this.options.log.warn(
				`the local API refused a request: ${refusal.message} (Further ones are not logged.)`,
			);
		}
	}
}

/** What is no HTTP, or comes too slowly. */
function refuseBrokenRequest(error: NodeJS.ErrnoException, socket: Socket): void {
	const [status, name] =
		error.code === 'ERR_HTTP_REQUEST_TIMEOUT'
			? [408, 'Request Timeout']
			: error.code === 'HPE_HEADER_OVERFLOW'
				? [431, 'Request Header Fields Too Large']
				: [400, 'Bad Request'];
	if (!socket.writable || error.code === 'ECONNRESET') {
		socket.destroy();
		return;
	}
	const { body } = new ApiError(Number(status), `${name}. This is no request that can be answered.`);
	const text = JSON.stringify(body);
	socket.end(
		`HTTP/1.1 ${status} ${name}\r\nconnection: close\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(text)}\r\n\r\n${text}`,
	);
}
