/** The answer of a worker thread that is started for one order, and ends with it. */

import { Worker } from 'node:worker_threads';
import { abortError, throwIfAborted } from './cancel';

export interface WorkerOrder {
	/** Absolute path of the thread's script. */
	readonly script: string;
	/** Its `workerData`. */
	readonly order: object;
	/** Megabytes of its JavaScript objects: what needs more ends the thread, not the editor. */
	readonly memory: number;
	/** What it is to the user, for a thread that ends without an answer. */
	readonly name: string;
}

/**
 * @param take is given every message: undefined while the answer is still to come. What it throws is the failure.
 * @throws AbortError as soon as the signal fires; Error where the thread fails or ends without an answer
 */
export async function workerAnswer<Message, Answer>(
	{ script, order, memory, name }: WorkerOrder,
	take: (message: Message) => Answer | undefined,
	signal: AbortSignal,
): Promise<Answer> {
	throwIfAborted(signal);
	const worker = new Worker(script, {
		workerData: order,
		resourceLimits: { maxOldGenerationSizeMb: memory },
	});
	// No process waits for it at its end.
	worker.unref();
	let onAbort: () => void = () => undefined;
	try {
		return await new Promise<Answer>((resolve, reject) => {
			onAbort = () => reject(abortError());
			signal.addEventListener('abort', onAbort, { once: true });
			worker.on('message', (message: Message) => {
				try {
					const answer = take(message);
					if (answer !== undefined) {
						resolve(answer);
					}
				} catch (error) {
					reject(error);
				}
			});
			worker.once('error', reject);
			worker.once('exit', (code) =>
				reject(new Error(`${name} ended without a result (code ${code}). Try again.`)),
			);
		});
	} finally {
		signal.removeEventListener('abort', onAbort);
		await worker.terminate();
	}
}
