/** A thread that is given an order, answers once and ends; it can be ended at any time. */

import { Worker } from 'node:worker_threads';
import { throwIfAborted } from '../inference/cancel';

/** Megabytes of the thread's heap. */
const MEMORY = 256;

/**
 * @param script absolute path of the thread's script
 * @param order its `workerData`
 * @throws AbortError when the signal fires; Error where the thread fails
 */
export function oneAnswer<T>(script: string, order: object, signal: AbortSignal): Promise<T> {
	return new Promise((resolve, reject) => {
		throwIfAborted(signal);
		const worker = new Worker(script, {
			workerData: order,
			resourceLimits: { maxOldGenerationSizeMb: MEMORY },
		});
		worker.unref();
		const stop = () => void worker.terminate();
		signal.addEventListener('abort', stop, { once: true });
		worker.once('message', resolve);
		worker.once('error', reject);
		worker.once('exit', (code) => {
			signal.removeEventListener('abort', stop);
			reject(new Error(`its thread ended with ${code}`));
		});
	});
}
