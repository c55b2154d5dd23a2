/** Draws samples in a worker thread: piece by piece as they are wanted, cancelled by ending the thread. */

import { Worker } from 'node:worker_threads';
import { abortError, throwIfAborted } from '../../inference/cancel';
import { DatasetError } from './datasetError';
import type { Draw, Drawn, DrawOrder } from './drawn';

/** What the thread is started with. */
export interface SampleOrder {
	readonly order: DrawOrder;
	/** Absolute path of the folder with the grammars. */
	readonly grammars: string;
}

export type FromSampleWorker =
	| { readonly type: 'drawn'; readonly drawn: Drawn }
	| { readonly type: 'end' }
	| { readonly type: 'failed'; readonly name: string; readonly message: string };

/** Megabytes of JavaScript objects: repositories that need more end the preparation, not the editor. */
const MEMORY = 1_024;

/**
 * @param script absolute path of the built `worker.ts`
 * @param grammars absolute path of the folder with tree-sitter's grammars
 */
export function drawInWorker(script: string, grammars: string): Draw {
	return async function* (order, signal) {
		throwIfAborted(signal);
		const workerData: SampleOrder = { order, grammars };
		const worker = new Worker(script, {
			workerData,
			resourceLimits: { maxOldGenerationSizeMb: MEMORY },
		});
		const answers: FromSampleWorker[] = [];
		let problem: Error | undefined;
		let wake: () => void = () => undefined;
		const fail = (error: Error) => {
			problem ??= error;
			wake();
		};
		const onAbort = () => fail(abortError());
		signal.addEventListener('abort', onAbort, { once: true });
		worker.on('message', (message: FromSampleWorker) => {
			answers.push(message);
			wake();
		});
		worker.on('error', fail);
		worker.on('exit', (code) =>
			fail(new DatasetError(`The drawing of samples ended without a result (code ${code}). Start again.`)),
		);
		const answer = async () => {
			while (answers.length === 0 && problem === undefined) {
				await new Promise<void>((resolve) => {
					wake = resolve;
				});
			}
			if (problem !== undefined) {
				throw problem;
			}
			return answers.shift();
		};
		try {
			worker.postMessage('next');
			for (;;) {
				const given = await answer();
				if (given?.type === 'failed') {
					throw errorOf(given);
				}
				if (given?.type !== 'drawn') {
					return;
				}
				// The next piece is drawn while the model reads this one.
				worker.postMessage('next');
				yield given.drawn;
			}
		} finally {
			signal.removeEventListener('abort', onAbort);
			await worker.terminate();
		}
	};
}

function errorOf({ name, message }: Extract<FromSampleWorker, { type: 'failed' }>): Error {
	return name === 'DatasetError'
		? new DatasetError(message)
		: new Error(`The samples could not be drawn: ${message}`);
}
