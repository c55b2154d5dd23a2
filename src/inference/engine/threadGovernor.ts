/** Gives up threads while other programs take the cores, and takes them back later. */

/** How much slower than measured at load makes one thread worth a try. */
const SLOW = 3;
/** Milliseconds for which an answer of the trial holds. */
const HOLD = 5_000;

type State =
	| { readonly type: 'normal'; readonly triedUntil: number }
	| { readonly type: 'trying'; readonly perToken: number }
	| { readonly type: 'reduced'; readonly until: number };

/**
 * ggml's threads wait for each other by spinning: on 2 cores, one other busy program makes 2 threads a hundred
 * times slower than 1. When a batch was slow, the next is done with one thread; if that is faster, it stays so
 * for five seconds. (A long context is slow too: then one thread is no faster, and nothing changes.)
 */
export class ThreadGovernor {
	#state: State = { type: 'normal', triedUntil: 0 };

	/**
	 * @param most threads, as chosen by measuring.
	 * @param perToken milliseconds of a token, as measured with them.
	 * @param now milliseconds; tests bring their own.
	 */
	constructor(
		private readonly most: number,
		private readonly perToken: number,
		private readonly now: () => number = () => performance.now(),
	) {}

	/** Threads for the next batch. */
	get threads(): number {
		if (this.#state.type === 'reduced' && this.now() >= this.#state.until) {
			this.#state = { type: 'normal', triedUntil: 0 };
		}
		return this.#state.type === 'normal' ? this.most : 1;
	}

	/** Says how long a batch took with the threads that were given for it. */
	observe(tokens: number, milliseconds: number): void {
		const perToken = milliseconds / Math.max(1, tokens);
		const state = this.#state;
		if (state.type === 'trying') {
			const until = this.now() + HOLD;
			this.#state =
				perToken < state.perToken ? { type: 'reduced', until } : { type: 'normal', triedUntil: until };
		} else if (
			state.type === 'normal' &&
			this.most > 1 &&
			perToken > SLOW * this.perToken &&
			this.now() >= state.triedUntil
		) {
			this.#state = { type: 'trying', perToken };
		}
	}
}
