/** Mutual exclusion that an AbortSignal can stop waiting for: one owner of a sequence at a time, in order. */

import { abortError } from '../cancel';
import type { Priority } from '../model';

export class Lock {
	#tail: Promise<void> = Promise.resolve();
	#urgent = 0;

	/**
	 * Whether an interactive request waits. The owner then counts as interactive too: otherwise it would wait for
	 * that request to end, which waits for it.
	 */
	get isUrgent(): boolean {
		return this.#urgent > 0;
	}

	/**
	 * Resolves with the release, which may be called more than once.
	 * @throws AbortError when the signal fires while waiting.
	 */
	acquire(priority: Priority, signal: AbortSignal): Promise<() => void> {
		const before = this.#tail;
		let release: () => void = () => undefined;
		const held = new Promise<void>((resolve) => {
			release = resolve;
		});
		this.#tail = before.then(() => held);
		const weight = priority === 'interactive' ? 1 : 0;
		this.#urgent += weight;
		return new Promise((resolve, reject) => {
			const onAbort = () => {
				this.#urgent -= weight;
				release();
				reject(abortError());
			};
			if (signal.aborted) {
				onAbort();
				return;
			}
			signal.addEventListener('abort', onAbort, { once: true });
			void before.then(() => {
				signal.removeEventListener('abort', onAbort);
				if (!signal.aborted) {
					this.#urgent -= weight;
					resolve(release);
				}
			});
		});
	}
}
