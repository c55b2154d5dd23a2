/** Vectors for texts, wherever they are made; and those that the worker asks the extension for. */

import { abortError, throwIfAborted } from '../../inference/cancel';
import type { FromIndex } from './messages';

export interface Embedder {
	/** What tells the model from others. */
	readonly model: string;
	/**
	 * The direction of a text's meaning; undefined where there is none to be had now.
	 * @throws AbortError
	 */
	embed(text: string, signal: AbortSignal): Promise<readonly number[] | undefined>;
}

/** The worker's end: the model is served by a process that the extension talks to. */
export class RemoteEmbedder implements Embedder {
	private readonly waiting = new Map<number, (vector: readonly number[] | undefined) => void>();
	private lastId = 0;

	constructor(
		readonly model: string,
		private readonly say: (message: FromIndex) => void,
	) {}

	async embed(text: string, signal: AbortSignal): Promise<readonly number[] | undefined> {
		throwIfAborted(signal);
		const id = ++this.lastId;
		return new Promise((resolve, reject) => {
			const onAbort = () => {
				this.waiting.delete(id);
				reject(abortError());
			};
			signal.addEventListener('abort', onAbort, { once: true });
			this.waiting.set(id, (vector) => {
				signal.removeEventListener('abort', onAbort);
				resolve(vector);
			});
			this.say({ type: 'embed', id, text });
		});
	}

	answered(id: number, vector: readonly number[] | undefined): void {
		this.waiting.get(id)?.(vector);
		this.waiting.delete(id);
	}
}
