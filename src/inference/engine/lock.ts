/** Mutual exclusion that an AbortSignal can stop waiting for: one owner of a sequence at a time, the most urgent first. */

import { abortError } from '../cancel';
import { AFTER_ALL, type Claim, INTERACTIVE } from './claim';
import { TurnQueue } from './turnQueue';

interface Waiting {
	readonly claim: Claim;
	start(): void;
}

export class Lock {
	readonly #waiting = new TurnQueue<Waiting>();
	#isHeld = false;
	#urgentTurns = 0;

	/**
	 * The highest rank of those that wait. The owner then counts as no less: otherwise it would wait for a request
	 * to end that waits for it.
	 */
	get urgency(): number {
		return this.#waiting.rank;
	}

	/** Whether an interactive request waits. */
	get isUrgent(): boolean {
		return this.urgency >= INTERACTIVE;
	}

	/** How many interactive requests have owned it. */
	get urgentTurns(): number {
		return this.#urgentTurns;
	}

	/**
	 * Resolves with the release, which may be called more than once. Those of the same rank own it in turn, caller by
	 * caller, in the order in which they came.
	 * @throws AbortError when the signal fires while waiting.
	 */
	acquire(claim: Claim, signal: AbortSignal): Promise<() => void> {
		return new Promise((resolve, reject) => {
			if (signal.aborted) {
				reject(abortError());
				return;
			}
			const waiting: Waiting = {
				claim,
				start: () => {
					signal.removeEventListener('abort', onAbort);
					resolve(this.#releaseOf(claim));
				},
			};
			const onAbort = () => {
				this.#waiting.remove(waiting);
				reject(abortError());
			};
			signal.addEventListener('abort', onAbort, { once: true });
			this.#waiting.add(waiting);
			this.#next();
		});
	}

	#releaseOf(claim: Claim): () => void {
		const start = performance.now();
		let isReleased = false;
		return () => {
			if (!isReleased) {
				isReleased = true;
				this.#waiting.charge(claim, performance.now() - start);
				this.#isHeld = false;
				this.#next();
			}
		};
	}

	#next(): void {
		const next = this.#isHeld ? undefined : this.#waiting.take(AFTER_ALL);
		if (next !== undefined) {
			this.#isHeld = true;
			this.#urgentTurns += next.claim.rank >= INTERACTIVE ? 1 : 0;
			next.start();
		}
	}
}
