/** A thread that answers a question of the chat with the first thing that it says. */

import { workerAnswer } from '../inference/workerAnswer';

/** Megabytes of its JavaScript objects. */
const MEMORY = 256;

/**
 * @param script absolute path of the thread's script
 * @param order its `workerData`
 * @throws AbortError when the signal fires; Error where the thread fails
 */
export function oneAnswer<T>(script: string, order: object, signal: AbortSignal): Promise<T> {
	return workerAnswer(
		{ script, order, memory: MEMORY, name: 'The search' },
		(answer: T): T => answer,
		signal,
	);
}
