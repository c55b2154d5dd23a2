/** HTTP to one server: bounded in time and size, its key for it alone, no redirects, and nothing of it in any log. */

// The modules themselves, as the editor changes them for its proxy settings: see `Web` in ../models/web.
import http from 'node:http';
import https from 'node:https';
import { abortError, isAbort } from '../cancel';
import { codeOf, messageOf } from '../failure';
import { Body } from '../models/body';
import { isRecord, parseJson } from '../record';
import type { Translate } from '../statusText';
import type { ServerAddress } from './address';
import { LineTooLong, linesOf } from './lines';
import { ServerTrouble, statusTrouble } from './problems';

/** All in milliseconds. */
export interface Limits {
	/** Until the connection stands, with its encryption. */
	readonly connect: number;
	/** From there to the first byte of the answer: a long prompt is read first, and a model perhaps loaded. */
	readonly first: number;
	/** Between two pieces of an answer. */
	readonly between: number;
}

/** `ask`: what costs a server nothing. `fill`: somebody waits at the cursor. `chat`: a long prompt. */
export const LIMITS = {
	ask: { connect: 10_000, first: 20_000, between: 20_000 },
	fill: { connect: 10_000, first: 30_000, between: 20_000 },
	chat: { connect: 10_000, first: 300_000, between: 120_000 },
} as const satisfies Readonly<Record<string, Limits>>;

/** Bytes of an answer that is read as a whole. */
const MOST_JSON = 16 * 1024 * 1024;
/** Bytes of a failure: one sentence is looked for in it. */
const MOST_FAILURE = 64 * 1024;

export interface ConnectionOptions {
	readonly address: ServerAddress;
	/** Undefined where the server wants none. */
	readonly key: string | undefined;
	/** Whether a certificate must be trusted (`http.proxyStrictSSL`). */
	readonly strictTls: () => boolean;
	/** What the server is told of who asks. */
	readonly agent: string;
	readonly translate: Translate;
	/** Default: `LIMITS`. */
	readonly limits?: Readonly<Record<keyof typeof LIMITS, Limits>>;
	/** The only one to trust (PEM): for tests, no setting leads here. */
	readonly certificate?: string;
}

interface Asked {
	/** Below the base of the server. */
	readonly path: string;
	/** Default: the request is a GET. */
	readonly body?: unknown;
	readonly limits: keyof typeof LIMITS;
}

export class Connection {
	constructor(private readonly options: ConnectionOptions) {}

	get host(): string {
		return this.options.address.host;
	}

	/**
	 * What the server says, parsed.
	 * @throws ServerTrouble, also where it is no JSON object or list; an AbortError when the signal fires.
	 */
	async json(asked: Asked, signal: AbortSignal): Promise<unknown> {
		const text = await this.whole(this.stream(asked, signal), MOST_JSON);
		const value = text === undefined ? undefined : parseJson(text);
		if (typeof value !== 'object' || value === null) {
			throw this.broken(asked.path);
		}
		return value;
	}

	/**
	 * The bytes of an answer with status 200, as they come. Leaving the loop, or the signal, closes the connection, which
	 * ends the server's work, too.
	 * @throws ServerTrouble; an AbortError when the signal fires.
	 */
	private async *stream(asked: Asked, signal: AbortSignal): AsyncGenerator<Uint8Array, void, undefined> {
		const limits = (this.options.limits ?? LIMITS)[asked.limits];
		try {
			const response = await this.open(asked, limits, signal);
			const body = new Body(response).read(limits.between, () => this.silent(limits.between));
			const status = response.statusCode ?? 0;
			if (status === 200) {
				yield* body;
				return;
			}
			const said = sayingOf((await this.whole(body, MOST_FAILURE).catch(() => '')) ?? '');
			const { address, key, translate } = this.options;
			const open = key === undefined ? said : said.replaceAll(key, '…');
			throw statusTrouble(status, open, asked.path, address.host, key !== undefined, translate);
		} catch (error) {
			throw this.explain(error, signal);
		}
	}

	/** The same, line by line. */
	async *lines(asked: Asked, signal: AbortSignal): AsyncGenerator<string, void, undefined> {
		try {
			yield* linesOf(this.stream(asked, signal));
		} catch (error) {
			throw error instanceof LineTooLong ? this.failed(error.message) : error;
		}
	}

	/** What is not as it should be in an answer. */
	broken(path: string): ServerTrouble {
		return new ServerTrouble(
			'broken',
			this.options.translate(
				'{0} answered {1} with something that is no answer. Is it the address of a model server (llama-server, vLLM, Ollama, SGLang or another with the OpenAI interface)?',
				this.host,
				path,
			),
		);
	}

	/** What a server writes in the middle of an answer. */
	failed(said: string): ServerTrouble {
		const { key, translate } = this.options;
		const open = key === undefined ? said : said.replaceAll(key, '…');
		return new ServerTrouble(
			'broken',
			translate('{0} failed while it answered: {1}', this.host, open.slice(0, 300)),
			undefined,
			open,
		);
	}

	/** It went away in the middle of an answer. */
	get dropped(): ServerTrouble {
		return new ServerTrouble(
			'away',
			this.options.translate(
				'The connection to {0} broke off in the middle of an answer. Try again.',
				this.host,
			),
		);
	}

	/** Undefined where it is longer than `most` bytes. */
	private async whole(body: AsyncIterable<Uint8Array>, most: number): Promise<string | undefined> {
		const chunks: Uint8Array[] = [];
		let bytes = 0;
		for await (const chunk of body) {
			bytes += chunk.length;
			if (bytes > most) {
				return undefined;
			}
			chunks.push(chunk);
		}
		return Buffer.concat(chunks).toString('utf8');
	}

	/** A connection that was kept may have been closed at the other end just now: then once more. */
	private async open(asked: Asked, limits: Limits, signal: AbortSignal): Promise<http.IncomingMessage> {
		let wasKept = false;
		const onKept = () => {
			wasKept = true;
		};
		try {
			return await this.ask(asked, limits, onKept, signal);
		} catch (error) {
			if (signal.aborted || !wasKept || !['ECONNRESET', 'EPIPE'].includes(codeOf(error) ?? '')) {
				throw error;
			}
			return this.ask(asked, limits, onKept, signal);
		}
	}

	/** @param onKept called where it goes over a connection that served another request before. */
	private ask(
		{ path, body }: Asked,
		limits: Limits,
		onKept: () => void,
		signal: AbortSignal,
	): Promise<http.IncomingMessage> {
		const { address, key, strictTls, agent, certificate } = this.options;
		const text = body === undefined ? undefined : JSON.stringify(body);
		return new Promise((resolve, reject) => {
			if (signal.aborted) {
				reject(abortError());
				return;
			}
			const options: https.RequestOptions = {
				method: text === undefined ? 'GET' : 'POST',
				signal,
				headers: {
					'user-agent': agent,
					accept: 'application/json, text/event-stream, application/x-ndjson',
					'accept-encoding': 'identity',
					...(text === undefined
						? {}
						: { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) }),
					...(key === undefined ? {} : { authorization: `Bearer ${key}` }),
				},
			};
			const url = new URL(address.base + path);
			const request = address.isEncrypted
				? https.request(url, {
						...options,
						rejectUnauthorized: strictTls(),
						...(certificate === undefined ? {} : { ca: certificate }),
					})
				: http.request(url, options);
			let timer = setTimeout(() => request.destroy(this.away('ETIMEDOUT')), limits.connect);
			// Once the request is on its way, the server has its own time.
			request.once('finish', () => {
				clearTimeout(timer);
				timer = setTimeout(() => request.destroy(this.silent(limits.first)), limits.first);
			});
			request.once('response', (response) => {
				clearTimeout(timer);
				resolve(response);
			});
			request.on('error', (error) => {
				clearTimeout(timer);
				if (request.reusedSocket) {
					onKept();
				}
				reject(error);
			});
			request.end(text);
		});
	}

	private away(code: string): ServerTrouble {
		return new ServerTrouble(
			'away',
			this.options.translate(
				'{0} cannot be reached ({1}). Is the server running, and is this machine in its network?',
				this.host,
				code,
			),
		);
	}

	private silent(milliseconds: number): ServerTrouble {
		return new ServerTrouble(
			'silent',
			this.options.translate(
				'{0} sent nothing for {1} seconds. It may be overloaded, or hang: try again later.',
				this.host,
				Math.ceil(milliseconds / 1000),
			),
		);
	}

	private explain(error: unknown, signal: AbortSignal): Error {
		if (signal.aborted || isAbort(error)) {
			return abortError();
		}
		if (error instanceof ServerTrouble) {
			return error;
		}
		const { translate } = this.options;
		const code = codeOf(error) ?? messageOf(error);
		if (/CERT|^UNABLE_TO_|^ERR_TLS|^ERR_SSL|^EPROTO/.test(code)) {
			return new ServerTrouble(
				'address',
				translate(
					'The certificate of {0} is not trusted ({1}). Let the system trust it; the setting http.proxyStrictSSL turns the check off.',
					this.host,
					code,
				),
			);
		}
		return codeOf(error) === undefined ? this.dropped : this.away(code);
	}
}

/** The sentence in a failure: servers put it in one of few places. */
export function sayingOf(text: string): string {
	const value = parseJson(text);
	const places = isRecord(value)
		? [
				isRecord(value['error']) ? value['error']['message'] : value['error'],
				value['message'],
				value['detail'],
			]
		: [];
	const said = places.find((place) => typeof place === 'string');
	return typeof said === 'string' ? said.replace(/\s+/g, ' ').trim() : '';
}
