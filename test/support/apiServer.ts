/** The local API over a real socket for tests: started, asked as a program asks it, and by hand. */
import * as assert from 'node:assert/strict';
import { once } from 'node:events';
import * as http from 'node:http';
import * as net from 'node:net';
import type { Model } from '../../src/inference/model';
import { isRecord } from '../../src/inference/record';
import { type ApiLimits, HOST, LocalApi } from '../../src/inference/serve/localApi';
import type { ServedModels } from '../../src/inference/serve/servedModels';
import { newToken } from '../../src/inference/serve/token';
import { FakeModel } from './fakeModel';
import { type RecordingLog, recordingLog } from './silentLog';

/** What a program was told. */
export interface Told {
	readonly status: number;
	readonly headers: http.IncomingHttpHeaders;
	readonly text: string;
	/** Of JSON; empty for anything else. */
	readonly body: Readonly<Record<string, unknown>>;
}

type Headers = Readonly<Record<string, string | undefined>>;

export class ApiServer {
	token = newToken();
	readonly log: RecordingLog = recordingLog();
	private readonly api: LocalApi;
	private port = 0;

	constructor(
		model: Model,
		limits: Partial<ApiLimits> = {},
		others: Partial<Pick<ServedModels, 'chat' | 'embedding'>> = {},
	) {
		this.api = new LocalApi({
			models: { completion: model, chat: () => undefined, embedding: () => undefined, ...others },
			token: () => this.token,
			temperature: () => 0.2,
			log: this.log,
			limits,
		});
	}

	get address(): string {
		return `http://${HOST}:${this.port}`;
	}

	async start(): Promise<this> {
		this.port = await this.api.listen(0);
		return this;
	}

	close(): Promise<void> {
		return this.api.close();
	}

	/** The request, before its body, for whoever goes on by hand. */
	request(path: string, headers: Headers = {}, method = 'POST'): http.ClientRequest {
		const all = { authorization: `Bearer ${this.token}`, 'content-type': 'application/json', ...headers };
		return http.request(`${this.address}${path}`, {
			method,
			agent: false,
			headers: Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined)),
		});
	}

	get(path: string, headers: Headers = {}): Promise<Told> {
		return told(this.request(path, headers, 'GET').end());
	}

	/** @param body a string is sent as it is. */
	post(path: string, body: unknown, headers: Headers = {}): Promise<Told> {
		return told(this.request(path, headers).end(typeof body === 'string' ? body : JSON.stringify(body)));
	}

	/** The events of a streamed answer, parsed; `[DONE]` as it is. */
	async stream(path: string, body: object): Promise<readonly unknown[]> {
		const { status, text, headers } = await this.post(path, { ...body, stream: true });
		assert.equal(status, 200, text);
		assert.match(headers['content-type'] ?? '', /^text\/event-stream/);
		return eventsIn(text);
	}

	/** Bytes on a socket, by hand; resolves with all that comes back until the server ends it. */
	async raw(bytes: string): Promise<string> {
		const socket = net.connect(this.port, HOST);
		const chunks: Buffer[] = [];
		socket.on('data', (chunk) => chunks.push(chunk));
		socket.on('error', () => undefined);
		await once(socket, 'connect');
		socket.write(bytes);
		await once(socket, 'close');
		return Buffer.concat(chunks).toString('utf8');
	}
}

export function eventsIn(text: string): readonly unknown[] {
	return text
		.split('\n\n')
		.filter((event) => event !== '')
		.map((event) => {
			assert.match(event, /^data: /);
			const data = event.slice('data: '.length);
			return data === '[DONE]' ? data : JSON.parse(data);
		});
}

export async function told(request: http.ClientRequest): Promise<Told> {
	const response = await new Promise<http.IncomingMessage>((resolve, reject) => {
		request.once('response', resolve);
		request.on('error', reject);
	});
	const chunks: Buffer[] = [];
	for await (const chunk of response) {
		chunks.push(Buffer.from(chunk));
	}
	const text = Buffer.concat(chunks).toString('utf8');
	const isJson = /^application\/json/.test(response.headers['content-type'] ?? '');
	const body: unknown = isJson ? JSON.parse(text) : {};
	assert.ok(isRecord(body) || Array.isArray(body));
	return {
		status: response.statusCode ?? 0,
		headers: response.headers,
		text,
		body: isRecord(body) ? body : { list: body },
	};
}

/** The error of a refused request; fails where it was answered, or is not in OpenAI's form. */
export function errorOf({ status, body, text }: Told): {
	readonly status: number;
	readonly message: string;
	readonly type: string;
	readonly param: unknown;
	readonly code: unknown;
} {
	const { error } = body;
	assert.ok(isRecord(error), text);
	const { message, type, param, code } = error;
	assert.ok(typeof message === 'string' && message !== '' && typeof type === 'string', text);
	assert.ok(param !== undefined && code !== undefined, text);
	return { status, message, type, param, code };
}

/** A value in JSON by its path, as `choices.0.text`. */
export function at(value: unknown, path: string): unknown {
	return path.split('.').reduce<unknown>((inner, name) => {
		if (Array.isArray(inner)) {
			return inner[Number(name)];
		}
		return isRecord(inner) ? inner[name] : undefined;
	}, value);
}

/** Call inside describe(): an API over a scripted model, from before the first test until after the last. */
export function useApi(): { readonly model: FakeModel; readonly api: ApiServer } {
	const model = new FakeModel();
	const api = new ApiServer(model);
	before(() => api.start());
	after(() => api.close());
	return { model, api };
}
