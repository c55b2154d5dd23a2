/** Who may use the model next: one step at a time, interactive requests before everything else. */

import { abortError } from '../cancel';
import type { Priority } from '../model';

/** Milliseconds after a keystroke's request in which the next one is expected. */
const LIVELY = 3_000;

/** Who wants to use the model. Its priority is read whenever a turn is given: it may rise while it waits. */
export interface Claim {
	readonly priority: Priority;
}

interface Waiting {
	readonly claim: Claim;
	start(): void;
}

/**
 * Steps (a chunk of prompt, one token, a new context) run one after another across all contexts: contexts
 * that decode in parallel crash some GPU backends, and only a lone step leaves the thread count ours to set.
 * While an interactive request is active, no background step starts, so chat costs completion one step at most.
 */
export class Gate {
	#busy = false;
	#interactive = 0;
	#lastInteractive = Number.NEGATIVE_INFINITY;
	readonly #waiting: Waiting[] = [];

	/** @param now milliseconds; tests bring their own. */
	constructor(private readonly now: () => number = () => performance.now()) {}

	/** Whether an interactive request is active or was a moment ago, so that another is likely. */
	get isLively(): boolean {
		return this.#interactive > 0 || this.now() - this.#lastInteractive < LIVELY;
	}

	/**
	 * Announces a request; call the result when it is over. Between the two, an interactive request keeps
	 * background steps waiting, also while none of its own steps runs.
	 */
	enter(priority: Priority): () => void {
		if (priority !== 'interactive') {
			return () => undefined;
		}
		this.#interactive++;
		// Whoever stands in the way of this request may have become interactive by it.
		this.#next();
		let left = false;
		return () => {
			if (!left) {
				left = true;
				this.#interactive--;
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
					const result = (async () => work())();
					void result.then(resolve, reject).finally(() => {
						signal.removeEventListener('abort', onAbort);
						this.#busy = false;
						this.#next();
					});
				},
			};
			const onAbort = () => {
				const index = this.#waiting.indexOf(waiting);
				if (index >= 0) {
					this.#waiting.splice(index, 1);
				}
				reject(abortError());
			};
			signal.addEventListener('abort', onAbort, { once: true });
			this.#waiting.push(waiting);
			this.#next();
		});
	}

	#next(): void {
		if (this.#busy) {
			return;
		}
		const interactive = this.#waiting.findIndex(({ claim }) => claim.priority === 'interactive');
		const index = interactive >= 0 || this.#interactive > 0 ? interactive : 0;
		const [step] = index < 0 ? [] : this.#waiting.splice(index, 1);
		if (step !== undefined) {
			this.#busy = true;
			step.start();
		}
	}
}
