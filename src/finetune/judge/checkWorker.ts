/** Has texts checked in a worker thread, one place at a time. */

import { Worker } from 'node:worker_threads';
import { abortError, throwIfAborted } from '../../inference/cancel';
import type { CheckedPlace, PlaceToCheck } from './textCheck';

export interface CheckOrder {
	/** Absolute path of the folder of grammars. */
	readonly folder: string;
}

export type CheckAnswer =
	| { readonly type: 'checked'; readonly place: CheckedPlace }
	| { readonly type: 'failed'; readonly message: string };

/** What a judge needs of it. */
export interface Checker {
	/** @throws Error; an AbortError. */
	check(place: PlaceToCheck, signal: AbortSignal): Promise<CheckedPlace>;
}

export class CheckWorker implements Checker {
	private worker: Worker | undefined;

	/**
	 * @param script absolute path of the built `worker.ts`.
	 * @param folder absolute path of the folder of grammars.
	 */
	constructor(
		private readonly script: string,
		private readonly folder: string,
	) {}

	async check(place: PlaceToCheck, signal: AbortSignal): Promise<CheckedPlace> {
		throwIfAborted(signal);
		const order: CheckOrder = { folder: this.folder };
		this.worker ??= new Worker(this.script, { workerData: order });
		const { worker } = this;
		return new Promise((resolve, reject) => {
			const end = () => {
				worker.off('message', onMessage);
				worker.off('error', fail);
				worker.off('exit', onExit);
				signal.removeEventListener('abort', onAbort);
			};
			const fail = (error: Error) => {
				end();
				this.worker = undefined;
				void worker.terminate();
				reject(error);
			};
			const onMessage = (answer: CheckAnswer) => {
				if (answer.type === 'failed') {
					fail(new Error(answer.message));
				} else {
					end();
					resolve(answer.place);
				}
			};
			const onAbort = () => fail(abortError());
			const onExit = (code: number) => fail(new Error(`The reader of texts ended (code ${code}).`));
			worker.on('message', onMessage);
			worker.once('error', fail);
			worker.once('exit', onExit);
			signal.addEventListener('abort', onAbort, { once: true });
			worker.postMessage(place);
		});
	}

	async dispose(): Promise<void> {
		await this.worker?.terminate();
	}
}
