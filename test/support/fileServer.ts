/** A server of files for tests, over https with a certificate of its own, that breaks in the ways a test asks for. */
import * as crypto from 'node:crypto';
import { once } from 'node:events';
import type * as http from 'node:http';
import * as https from 'node:https';
import type { AddressInfo } from 'node:net';
import { english } from '../../src/finetune/job/english';
import { Web, type WebOptions } from '../../src/inference/models/web';
import { makeCertificate } from './certificate';

/** What a handler may leave to the server: a plain answer with ranges and a strong tag. */
export type Handler = (
	request: http.IncomingMessage,
	response: http.ServerResponse,
	serve: () => void,
) => void;

export interface Seen {
	readonly path: string;
	readonly range: string | undefined;
	readonly ifRange: string | undefined;
	readonly authorization: string | undefined;
}

export class FileServer {
	private static certificate: ReturnType<typeof makeCertificate> | undefined;
	/** By path. */
	readonly files = new Map<string, Buffer>();
	/** Requests in their order. */
	readonly seen: Seen[] = [];
	/** For the next requests, one each; afterwards all is well. */
	readonly script: Handler[] = [];
	/** For every request that the script has nothing for. */
	always: Handler | undefined;

	private constructor(
		private readonly server: https.Server,
		readonly certificate: string,
	) {}

	static async start(): Promise<FileServer> {
		FileServer.certificate ??= makeCertificate(['localhost', '127.0.0.1']);
		const { key, cert } = FileServer.certificate;
		const server = https.createServer({ key, cert });
		const made = new FileServer(server, cert);
		server.on('request', (request, response) => made.answer(request, response));
		server.listen(0, '127.0.0.1');
		await once(server, 'listening');
		return made;
	}

	get port(): number {
		return addressOf(this.server).port;
	}

	address(path: string): URL {
		return new URL(path, `https://127.0.0.1:${this.port}`);
	}

	async stop(): Promise<void> {
		this.server.closeAllConnections();
		this.server.close();
		await once(this.server, 'close');
	}

	private answer(request: http.IncomingMessage, response: http.ServerResponse): void {
		this.seen.push({
			path: request.url ?? '',
			range: request.headers.range,
			ifRange: request.headers['if-range']?.toString(),
			authorization: request.headers.authorization,
		});
		const handler = this.script.shift() ?? this.always;
		const serve = () => this.serve(request, response);
		if (handler === undefined) {
			serve();
		} else {
			handler(request, response, serve);
		}
	}

	private serve(request: http.IncomingMessage, response: http.ServerResponse): void {
		const content = this.files.get((request.url ?? '').split('?')[0] ?? '');
		if (content === undefined) {
			response.writeHead(404).end();
			return;
		}
		const etag = tagOf(content);
		const ifRange = request.headers['if-range'];
		const start = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? Number.NaN);
		if (Number.isNaN(start) || (ifRange !== undefined && ifRange !== etag)) {
			response.writeHead(200, { etag, 'content-length': content.length }).end(content);
		} else if (start >= content.length) {
			response.writeHead(416, { 'content-range': `bytes */${content.length}` }).end();
		} else {
			const rest = content.subarray(start);
			response
				.writeHead(206, {
					etag,
					'content-length': rest.length,
					'content-range': `bytes ${start}-${content.length - 1}/${content.length}`,
				})
				.end(rest);
		}
	}
}

/** Asks the server, and trusts it alone. */
export function webOf(server: Pick<FileServer, 'certificate'>, changes: Partial<WebOptions> = {}): Web {
	return new Web({
		strictTls: () => true,
		agent: 'a test',
		translate: english,
		certificate: server.certificate,
		...changes,
	});
}

export function tagOf(content: Buffer): string {
	return `"${sha256(content).slice(0, 16)}"`;
}

export function sha256(content: Uint8Array): string {
	return crypto.createHash('sha256').update(content).digest('hex');
}

/** Bytes that no compression and no chance can make alike, beginning as a model file does. */
export function randomFile(size: number): Buffer {
	return Buffer.concat([Buffer.from('GGUF'), crypto.randomBytes(size - 4)]);
}

/** The connection ends after some bytes of the file's body. */
export function cutAfter(count: number, content: Buffer): Handler {
	return (request, response) => {
		const start = Number(/\d+/.exec(request.headers.range ?? '')?.[0] ?? 0);
		response.writeHead(start > 0 ? 206 : 200, {
			etag: tagOf(content),
			'content-length': content.length - start,
			...(start > 0 ? { 'content-range': `bytes ${start}-${content.length - 1}/${content.length}` } : {}),
		});
		response.write(content.subarray(start, start + count), () => response.socket?.end());
	};
}

/** Some bytes of the file's body, and then nothing, on an open connection. */
export function stallAfter(count: number, content: Buffer): Handler {
	return (_request, response) => {
		response.writeHead(200, { etag: tagOf(content), 'content-length': content.length });
		response.write(content.subarray(0, count));
	};
}

export function answerWith(status: number, headers: http.OutgoingHttpHeaders = {}): Handler {
	return (_request, response) => {
		response.writeHead(status, headers).end();
	};
}

function addressOf(server: https.Server): AddressInfo {
	const address = server.address();
	if (address === null || typeof address === 'string') {
		throw new Error('the server is not listening');
	}
	return address;
}
