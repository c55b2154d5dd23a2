/** Long work as a generator that yields between its steps: done at once, or with the event loop served in between. */

import { setImmediate } from 'node:timers/promises';
import { throwIfAborted } from '../../inference/cancel';

/** Does all steps at once. */
export function finish<Result>(steps: Generator<void, Result>): Result {
	for (;;) {
		const step = steps.next();
		if (step.done === true) {
			return step.value;
		}
	}
}

/**
 * Lets everybody else have a turn after each step.
 * @param onStep is called after each step but the last, and waited for.
 * @throws AbortError when the signal fires, or what a step or `onStep` throws: also in the generator, which cleans up.
 */
export async function finishInSteps<Result>(
	steps: Generator<void, Result>,
	onStep: () => void | Promise<void>,
	signal: AbortSignal,
): Promise<Result> {
	throwIfAborted(signal);
	for (;;) {
		const step = steps.next();
		if (step.done === true) {
			return step.value;
		}
		try {
			await onStep();
			await setImmediate();
			throwIfAborted(signal);
		} catch (error) {
			steps.throw(error);
		}
	}
}
