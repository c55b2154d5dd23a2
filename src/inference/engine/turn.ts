/** One request's turn: announced at the gate, then owner of a lane, step by step, until it is over. */

import { throwIfAborted } from '../cancel';
import type { Priority } from '../model';
import type { Claim, Gate } from './gate';
import type { Lock } from './lock';

export class Turn implements Claim {
	readonly #leave: () => void;
	readonly #owned: Promise<() => void>;
	#running: Promise<unknown> = Promise.resolve();
	#resource: AsyncGenerator<unknown, void> | undefined;

	/**
	 * Waits in line for the lane from now on; `end` has to be called.
	 * @throws AbortError when the signal has fired.
	 */
	constructor(
		private readonly lock: Lock,
		private readonly gate: Gate,
		private readonly ownPriority: Priority,
		private readonly signal: AbortSignal,
	) {
		throwIfAborted(signal);
		this.#owned = lock.acquire(ownPriority, signal);
		this.#leave = gate.enter(ownPriority);
		// A consumer that neither reads on nor leaves must not keep the others waiting.
		signal.addEventListener('abort', this.end, { once: true });
	}

	/** While somebody at the cursor waits for this lane, its owner is as urgent. */
	get priority(): Priority {
		return this.lock.isUrgent ? 'interactive' : this.ownPriority;
	}

	/** Resolves when the lane belongs to this request. @throws AbortError when the signal fires before. */
	async begin(): Promise<void> {
		await this.#owned;
	}

	/** Does one piece of work when it is its turn. @throws AbortError as soon as the signal fires. */
	step<T>(work: () => Promise<T>): Promise<T> {
		return this.gate.step(
			this,
			() => {
				const result = work();
				this.#running = result;
				return result;
			},
			this.signal,
		);
	}

	/** Returns the generator before the lane goes to the next request. */
	owns<T>(resource: AsyncGenerator<T, void>): AsyncGenerator<T, void> {
		this.#resource = resource;
		return resource;
	}

	/** May be called more than once. Native work that is running still owns the lane until it has ended. */
	readonly end = (): void => {
		this.signal.removeEventListener('abort', this.end);
		this.#leave();
		void Promise.allSettled([this.#running, this.#resource?.return()])
			.then(() => this.#owned)
			.then(
				(release) => release(),
				// It never was the owner.
				() => undefined,
			);
	};
}
