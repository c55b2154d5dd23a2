/** The body of an answer, piece by piece, with every byte that arrived before the connection broke. */

import type { IncomingMessage } from 'node:http';

/** Bytes that wait to be written before the server is asked to hold on. */
const MOST_WAITING = 1024 * 1024;

/**
 * Node's own iteration over a stream throws away what has arrived and was not read yet when the connection breaks: up to
 * the whole of it on a bad one, which would then never get any further. Call `read` once, or destroy the response.
 */
export class Body {
	private waiting: Uint8Array[] = [];
	private bytes = 0;
	private end: { readonly error: Error | undefined } | undefined;
	private wake = () => {};

	/** From now on it is listened to: a connection may break before anybody reads. */
	constructor(private readonly response: IncomingMessage) {
		response.on('data', (chunk: Uint8Array) => {
			this.waiting.push(chunk);
			this.bytes += chunk.length;
			if (this.bytes > MOST_WAITING) {
				response.pause();
			}
			this.wake();
		});
		response.once('end', () => this.finish(undefined));
		response.once('error', (error) => this.finish(error));
		response.once('close', () => this.finish(new Error('the connection was closed')));
	}

	/**
	 * @param patience milliseconds without a byte, while one is waited for, after which the connection counts as dead.
	 * @param onStall what is then thrown.
	 * @throws what the connection failed with, after the last byte.
	 */
	async *read(patience: number, onStall: () => Error): AsyncGenerator<Uint8Array> {
		try {
			for (;;) {
				const chunks = this.waiting;
				this.waiting = [];
				this.bytes = 0;
				yield* chunks;
				if (this.waiting.length > 0) {
					continue;
				}
				if (this.end !== undefined) {
					if (this.end.error !== undefined) {
						throw this.end.error;
					}
					return;
				}
				this.response.resume();
				const isAwake = new Promise<void>((resolve) => {
					this.wake = resolve;
				});
				// Only while the server is waited for: a slow disk is no fault of its.
				const timer = setTimeout(() => this.finish(onStall()), patience);
				await isAwake.finally(() => clearTimeout(timer));
			}
		} finally {
			this.response.destroy();
		}
	}

	private finish(error: Error | undefined): void {
		this.end ??= { error };
		this.wake();
	}
}
