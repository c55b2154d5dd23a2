/** Who may use the models of a process next: one step at a time, interactive requests before everything else. */

import { abortError } from '../cancel';
import { type Claim, INTERACTIVE } from './claim';
import { TurnQueue } from './turnQueue';

/** Milliseconds after a keystroke's request in which the next one is expected. */
const LIVELY = 3_000;

interface Waiting {
	readonly claim: Claim;
	start(): void;
}

/**
 * Steps (a chunk of prompt, one token, a new context) run one after another across all contexts of all models:
 * contexts that decode in parallel crash some GPU backends, and only a lone step leaves the thread count ours to set.
 * While an interactive request is active, no step of a lower rank starts, so chat costs completion one step at most.
 * Callers of the same rank share the time step by step.
 */
export class Gate {
	#busy = false;
	/** Interactive requests that are under way. */
	readonly #active = new Set<Claim>();
	#lastInteractive = Number.NEGATIVE_INFINITY;
	readonly #waiting = new TurnQueue<Waiting>();

	/** @param now milliseconds; tests bring their own. */
	constructor(private readonly now: () => number = () => performance.now()) {}

	/** Whether an interactive request is active or was a moment ago, so that another is likely. */
	get isLively(): boolean {
		return this.#active.size > 0 || this.now() - this.#lastInteractive < LIVELY;
	}

	/**
	 * Announces a request; call the result when it is over. Between the two, an interactive request keeps
	 * steps of a lower rank waiting, also while none of its own steps runs.
	 */
	enter(claim: Claim): () => void {
		if (claim.rank < INTERACTIVE) {
			return () => undefined;
		}
		this.#active.add(claim);
		// Whoever stands in the way of this request may have become interactive by it.
		this.#next();
		return () => {
			if (this.#active.delete(claim)) {
				this.#lastInteractive = this.now();
				this.#next();
			}
		};
	}

	/**
	 * Runs `work` when it is its turn.
	 * @throws AbortError as soon as the signal fires, before the turn or during the work; native work cannot
	 * be interrupted, so the next step still waits until it has ended.
	 */
	step<T>(claim: Claim, work: () => Promise<T>, signal: AbortSignal): Promise<T> {
		return new Promise<T>((resolve, reject) => {
			if (signal.aborted) {
				reject(abortError());
				return;
			}
			const waiting: Waiting = {
				claim,
				start: () => {
					const start = this.now();
					const result = (async () => work())();
					void result.then(resolve, reject).finally(() => {
						signal.removeEventListener('abort', onAbort);
						this.#waiting.charge(claim, this.now() - start);
						this.#busy = false;
						this.#next();
					});
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

	#next(): void {
		if (this.#busy) {
			return;
		}
		const step = this.#waiting.take(Math.max(0, ...[...this.#active].map(({ rank }) => rank)));
		if (step !== undefined) {
			this.#busy = true;
			step.start();
		}
	}
}
