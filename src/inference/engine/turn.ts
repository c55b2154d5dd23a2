/** One request's turn: announced at the gate, then owner of a lane, step by step, until it is over. */

import { throwIfAborted } from '../cancel';
import type { Caller, Claim } from './claim';
import type { Gate } from './gate';
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
		private readonly claim: Claim,
		private readonly signal: AbortSignal,
	) {
		throwIfAborted(signal);
		this.#owned = lock.acquire(claim, signal);
		this.#leave = gate.enter(claim);
		// A consumer that neither reads on nor leaves must not keep the others waiting.
		signal.addEventListener('abort', this.end, { once: true });
	}

	get caller(): Caller {
		return this.claim.caller;
	}

	/** While somebody waits for this lane, its owner is as urgent. */
	get rank(): number {
		return Math.max(this.claim.rank, this.lock.urgency);
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
