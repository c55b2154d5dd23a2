/** A running llama-server and its `/infill`, as a client sees them. */

import { type ChildProcess, spawn } from 'node:child_process';
import * as http from 'node:http';
import * as net from 'node:net';
import { sleep, throwIfAborted } from '../../src/inference/cancel';
import { isRecord } from '../../src/inference/record';
import { number, object } from '../../src/inference/wire/shapes';

export interface ServerOptions {
	/** Absolute path of `llama-server`. */
	readonly program: string;
	readonly model: string;
	/** Tokens of context; 0 as the model says. */
	readonly contextSize: number;
	/** Tokens that are read at once. `/infill` takes three quarters of it before the cursor and a quarter behind. */
	readonly batch: number;
	readonly threads: number;
	/** For prompts. */
	readonly batchThreads: number;
	/** What else stands behind the program's name. Default: nothing. */
	readonly more?: readonly string[];
}

/** What stands in the body of a request to `/infill`, besides the three pieces of text. */
export type InfillBody = Readonly<Record<string, unknown>>;

export interface Infilled {
	readonly text: string;
	/** Milliseconds from the request to the first piece, be it empty. */
	readonly firstToken: number;
	/** Milliseconds from the request to the end. */
	readonly total: number;
	readonly promptTokens: number;
	/** Prompt tokens that were in the KV cache. */
	readonly reusedTokens: number;
	readonly generatedTokens: number;
	/** The model ended by itself; else a limit of tokens or time did. */
	readonly isEnded: boolean;
}

const isFinal = object<{ readonly tokens_evaluated: number; readonly tokens_predicted: number }>({
	tokens_evaluated: number,
	tokens_predicted: number,
});
const isTimings = object<{ readonly cache_n: number }>({ cache_n: number });

/** Milliseconds to load a model of a gigabyte from a slow disk. */
const LONGEST_START = 120_000;
const POLL = 50;

export class LlamaServer {
	/** How often the process died over a request; it was started again, and asked once more. */
	deaths = 0;
	private child: ChildProcess | undefined;
	/** Without a slash at its end. */
	address = '';
	/** The end of what it wrote to standard error. */
	private log = '';

	private constructor(private readonly options: ServerOptions) {}

	/**
	 * Starts it as llama.vscode does on a machine without a GPU, and waits until the model is loaded.
	 * @throws Error with the end of its log.
	 */
	static async start(options: ServerOptions, signal: AbortSignal): Promise<LlamaServer> {
		const server = new LlamaServer(options);
		await server.launch(signal);
		return server;
	}

	/** @throws Error with the answer when it is an error, or with the end of the log when it fails twice. */
	async infill(body: InfillBody, signal: AbortSignal): Promise<Infilled> {
		const text = JSON.stringify({ ...body, stream: true });
		try {
			return await this.answer(text, signal);
		} catch {
			signal.throwIfAborted();
			// Once in some thousand requests its HTTP library drops a connection that it has just accepted. One that dies
			// is known to be dead a moment later.
			await sleep(POLL, signal);
			if (this.isOver) {
				this.deaths++;
				await this.launch(signal);
			}
			return this.answer(text, signal);
		}
	}

	private async launch(signal: AbortSignal): Promise<void> {
		const { options } = this;
		const port = await freePort();
		const words = [
			...['--model', options.model, '--host', '127.0.0.1', '--port', String(port), '--no-ui'],
			...['--ctx-size', String(options.contextSize), '--cache-reuse', '256'],
			...['--batch-size', String(options.batch), '--ubatch-size', String(options.batch)],
			...['--threads', String(options.threads), '--threads-batch', String(options.batchThreads)],
			// It keeps twice that free of what other files say; without it, a small context overflows.
			...['--predict', '128'],
			...(options.more ?? []),
		];
		const child = spawn(options.program, words, { stdio: ['ignore', 'ignore', 'pipe'] });
		child.stderr.setEncoding('utf8').on('data', (text: string) => {
			this.log = (this.log + text).slice(-4_000);
		});
		this.child = child;
		this.address = `http://127.0.0.1:${port}`;
		try {
			const start = performance.now();
			while (!(await this.isReady())) {
				if (this.isOver || performance.now() - start > LONGEST_START) {
					throw new Error(`llama-server does not start: ${this.log}`);
				}
				await sleep(POLL, signal);
			}
		} catch (error) {
			await this.dispose();
			throw error;
		}
	}

	private async answer(body: string, signal: AbortSignal): Promise<Infilled> {
		const start = performance.now();
		const response = await this.post('/infill', body, signal);
		if (response.statusCode !== 200) {
			throw new Error(`/infill answered ${response.statusCode}: ${await wholeText(response)}`);
		}
		let text = '';
		let firstToken: number | undefined;
		for await (const event of eventsOf(response)) {
			firstToken ??= performance.now() - start;
			text += typeof event['content'] === 'string' ? event['content'] : '';
			const [timings, stop] = [event['timings'], event['stop_type']];
			if (event['stop'] === true && isFinal(event) && isTimings(timings)) {
				return {
					text,
					firstToken,
					total: performance.now() - start,
					promptTokens: event.tokens_evaluated,
					reusedTokens: timings.cache_n,
					generatedTokens: event.tokens_predicted,
					isEnded: stop === 'eos',
				};
			}
		}
		throwIfAborted(signal);
		throw new Error(`/infill ended without its last event after: ${text}`);
	}

	/** Ends the process, and waits until it has. */
	async dispose(): Promise<void> {
		const { child } = this;
		if (child !== undefined && !this.isOver) {
			const ended = new Promise((resolve) => child.once('exit', resolve));
			child.kill('SIGKILL');
			await ended;
		}
	}

	/** A connection of its own for each request: the server closes those that wait. */
	private post(path: string, body: string, signal: AbortSignal): Promise<http.IncomingMessage> {
		return new Promise((resolve, reject) => {
			const headers = { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(body) };
			const options = { method: 'POST', headers, agent: false, signal } as const;
			const request = http.request(`${this.address}${path}`, options, resolve);
			request.once('error', (cause) =>
				reject(new Error(`llama-server does not answer (${this.child?.signalCode}): ${this.log}`, { cause })),
			);
			request.end(body);
		});
	}

	private get isOver(): boolean {
		return this.child === undefined || this.child.exitCode !== null || this.child.signalCode !== null;
	}

	private async isReady(): Promise<boolean> {
		return fetch(`${this.address}/health`).then(
			(response) => response.ok,
			() => false,
		);
	}
}

/** Server-sent events with JSON in them. */
async function* eventsOf(
	body: http.IncomingMessage,
): AsyncGenerator<Readonly<Record<string, unknown>>, void, undefined> {
	let pending = '';
	for await (const text of body.setEncoding('utf8')) {
		pending += String(text);
		const lines = pending.split('\n');
		pending = lines.pop() ?? '';
		for (const line of lines) {
			const event: unknown = line.startsWith('data: {') ? JSON.parse(line.slice('data: '.length)) : undefined;
			if (isRecord(event)) {
				yield event;
			}
		}
	}
}

async function wholeText(body: http.IncomingMessage): Promise<string> {
	let whole = '';
	for await (const text of body.setEncoding('utf8')) {
		whole += String(text);
	}
	return whole;
}

/** A port that was free a moment ago. */
async function freePort(): Promise<number> {
	const server = net.createServer();
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	const address = server.address();
	await new Promise((resolve) => server.close(resolve));
	if (address === null || typeof address === 'string') {
		throw new Error('This machine has no port for llama-server.');
	}
	return address.port;
}
