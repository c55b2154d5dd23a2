/** Asks servers: https only, redirects bounded and https only, tokens for their own host only, and never without an end. */

import type http from 'node:http';
// The module itself, as the editor changes it: see the class.
import https from 'node:https';
import { abortError, isAbort } from '../cancel';
import { codeOf, messageOf } from '../failure';
import { parseJson } from '../record';
import type { Translate } from '../statusText';
import { Body } from './body';
import { DownloadFailure } from './failure';
import { statusFailure } from './statusFailure';

/** Milliseconds without a byte, after which a connection counts as dead. */
const PATIENCE = 30_000;
/** The hub itself redirects once or twice. */
const MOST_REDIRECTS = 5;
/** Bytes of an answer that is read as a whole. */
const MOST_JSON = 16 * 1024 * 1024;

const REDIRECTS: readonly number[] = [301, 302, 303, 307, 308];

/** The only host that asks for a token of the user's, and the secret for it. */
export interface Token {
	readonly host: string;
	/** Undefined where the user has entered none. */
	readonly value: string | undefined;
}

export interface WebOptions {
	/** Whether a certificate must be trusted (`http.proxyStrictSSL`). */
	readonly strictTls: () => boolean;
	/** What servers are told of who asks. */
	readonly agent: string;
	readonly translate: Translate;
	/** Milliseconds; default: half a minute. */
	readonly patience?: number;
	/** The only one to trust (PEM), instead of those that the system trusts: for tests, no setting leads here. */
	readonly certificate?: string;
}

/** Whoever gets one reads its body to the end or destroys it. */
export interface Answer {
	readonly status: number;
	readonly headers: http.IncomingHttpHeaders;
	/** Where the last redirect led. */
	readonly address: URL;
	/** Fails as transient where the connection ends early or stalls. */
	readonly body: AsyncIterable<Uint8Array>;
	destroy(): void;
}

/**
 * The editor replaces `request` of Node's own module in the process of extensions, with one that goes through the
 * proxies of `http.proxy`, `http.noProxy`, the environment and the system, and that knows the system's certificates.
 * So it is always called as a property of its module. What the editor leaves to the caller is `http.proxyStrictSSL`.
 */
export class Web {
	constructor(private readonly options: WebOptions) {}

	/**
	 * @returns the answer of the last server, whatever its status.
	 * @throws DownloadFailure, or an AbortError.
	 */
	async get(
		address: URL,
		headers: Readonly<Record<string, string>>,
		token: Token | undefined,
		signal: AbortSignal,
	): Promise<Answer> {
		let current = address;
		for (let redirects = 0; redirects <= MOST_REDIRECTS; redirects++) {
			this.admit(current, address);
			const response = await this.ask(current, headers, token, signal);
			const status = response.statusCode ?? 0;
			const { location } = response.headers;
			if (!REDIRECTS.includes(status) || location === undefined) {
				return {
					status,
					headers: response.headers,
					address: current,
					body: this.chunks(new Body(response), current.host, signal),
					destroy: () => response.destroy(),
				};
			}
			response.destroy();
			const base = current;
			if (!URL.canParse(location, base)) {
				throw this.refusal(address, location);
			}
			current = new URL(location, base);
		}
		throw new DownloadFailure(
			this.options.translate(
				'{0} redirects in a circle. Try again later, or download the file with a browser and import it.',
				address.host,
			),
			'final',
		);
	}

	/**
	 * @returns what the server says, parsed, and its headers; undefined where it is no JSON.
	 * @throws DownloadFailure where the status is not 200, too.
	 */
	async json(
		address: URL,
		token: Token | undefined,
		signal: AbortSignal,
	): Promise<{ readonly value: unknown; readonly headers: http.IncomingHttpHeaders }> {
		const { translate } = this.options;
		const answer = await this.get(address, { accept: 'application/json' }, token, signal);
		try {
			if (answer.status !== 200) {
				throw statusFailure(answer, token, translate);
			}
			const chunks: Uint8Array[] = [];
			let bytes = 0;
			for await (const chunk of answer.body) {
				bytes += chunk.length;
				if (bytes > MOST_JSON) {
					throw new DownloadFailure(
						translate(
							'{0} answers with more than a list can hold. Paste a link to the file instead.',
							address.host,
						),
						'final',
					);
				}
				chunks.push(chunk);
			}
			return { value: parseJson(Buffer.concat(chunks).toString('utf8')), headers: answer.headers };
		} finally {
			answer.destroy();
		}
	}

	private admit(address: URL, first: URL): void {
		if (address.protocol !== 'https:') {
			throw this.refusal(first, address.href);
		}
	}

	private refusal(first: URL, to: string): DownloadFailure {
		const { translate } = this.options;
		return new DownloadFailure(
			to === first.href
				? translate('{0} is not an https address. Only those are downloaded from.', to)
				: translate(
						'{0} redirects to {1}, which is not an https address. The download was refused: download the file from elsewhere and import it.',
						first.host,
						// What follows the question mark may be a signature.
						to.split('?')[0]?.slice(0, 200) ?? '',
					),
			'final',
		);
	}

	private ask(
		address: URL,
		headers: Readonly<Record<string, string>>,
		token: Token | undefined,
		signal: AbortSignal,
	): Promise<http.IncomingMessage> {
		const { agent, certificate, strictTls } = this.options;
		const secret = address.hostname === token?.host ? token.value : undefined;
		return new Promise((resolve, reject) => {
			if (signal.aborted) {
				reject(abortError());
				return;
			}
			const options: https.RequestOptions = {
				signal,
				rejectUnauthorized: strictTls(),
				headers: {
					'user-agent': agent,
					// What is counted and hashed is what is written.
					'accept-encoding': 'identity',
					...headers,
					...(secret === undefined ? {} : { authorization: `Bearer ${secret}` }),
				},
				...(certificate === undefined ? {} : { ca: certificate }),
			};
			const request = https.request(address, options);
			const timer = setTimeout(() => request.destroy(this.stalled(address.host)), this.patience);
			request.once('response', (response) => {
				clearTimeout(timer);
				resolve(response);
			});
			request.on('error', (error) => {
				clearTimeout(timer);
				reject(this.explain(error, address.host, signal));
			});
			request.end();
		});
	}

	private async *chunks(body: Body, host: string, signal: AbortSignal): AsyncGenerator<Uint8Array> {
		try {
			yield* body.read(this.patience, () => this.stalled(host));
		} catch (error) {
			throw this.explain(error, host, signal);
		}
	}

	private get patience(): number {
		return this.options.patience ?? PATIENCE;
	}

	private stalled(host: string): DownloadFailure {
		return new DownloadFailure(
			this.options.translate(
				'{0} sent nothing for {1} seconds. What has arrived is kept: try again when the connection is better.',
				host,
				Math.ceil(this.patience / 1000),
			),
			'transient',
		);
	}

	private explain(error: unknown, host: string, signal: AbortSignal): Error {
		if (signal.aborted || isAbort(error)) {
			return abortError();
		}
		if (error instanceof DownloadFailure) {
			return error;
		}
		const { translate } = this.options;
		const code = codeOf(error) ?? messageOf(error);
		return /CERT|^UNABLE_TO_|^ERR_TLS|^ERR_SSL|^EPROTO/.test(code)
			? new DownloadFailure(
					translate(
						'The certificate of {0} is not trusted ({1}). Behind a proxy of your company, let the system trust its certificate; the setting http.proxyStrictSSL turns the check off.',
						host,
						code,
					),
					'final',
				)
			: new DownloadFailure(
					translate(
						'The connection to {0} failed ({1}). What has arrived is kept: check the network and the proxy settings, and try again.',
						host,
						code,
					),
					'transient',
				);
	}
}
