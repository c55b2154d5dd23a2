/** Has a worker thread write the folder: progress, cancellation that leaves nothing behind, and its errors as our own. */

import { Worker } from 'node:worker_threads';
import { abortError, throwIfAborted } from '../../inference/cancel';
import type { ScaleOutOrder, ScaleOutProgress, ScaleOutResult } from './order';

export type FromScaleOutWorker =
	| { readonly type: 'progress'; readonly progress: ScaleOutProgress }
	| { readonly type: 'done'; readonly result: ScaleOutResult }
	| { readonly type: 'failed'; readonly message: string };

/** Megabytes of JavaScript objects: a dataset of 16 million tokens, its texts and a vocabulary fit. */
const MEMORY = 2_048;

/**
 * @param script absolute path of the built `worker.ts`.
 * @throws Error with a message for the user; an AbortError when cancelled.
 */
export async function runScaleOut(
	script: string,
	order: ScaleOutOrder,
	onProgress: (progress: ScaleOutProgress) => void,
	signal: AbortSignal,
): Promise<ScaleOutResult> {
	throwIfAborted(signal);
	const worker = new Worker(script, {
		workerData: order,
		resourceLimits: { maxOldGenerationSizeMb: MEMORY },
	});
	// It deletes what it has begun, and then says that it failed.
	const onAbort = () => worker.postMessage('cancel');
	signal.addEventListener('abort', onAbort, { once: true });
	try {
		return await new Promise((resolve, reject) => {
			worker.on('message', (message: FromScaleOutWorker) => {
				if (message.type === 'progress') {
					onProgress(message.progress);
				} else if (message.type === 'done') {
					resolve(message.result);
				} else {
					reject(signal.aborted ? abortError() : new Error(message.message));
				}
			});
			worker.once('error', reject);
			worker.once('exit', (code) =>
				reject(
					new Error(
						`What writes the export ended without a result (code ${code}). Nothing was exported; try again.`,
					),
				),
			);
		});
	} finally {
		signal.removeEventListener('abort', onAbort);
		await worker.terminate();
	}
}
