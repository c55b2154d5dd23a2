/** When a run may compute: paused, yielding to somebody who waits for the model, or cancelled. */

import { isAbort, throwIfAborted } from '../../inference/cancel';
import type { PauseReason } from '../job/messages';

/** Milliseconds after which a yield ends by itself: the editor may have forgotten it. */
const LONGEST_YIELD = 30_000;

/** How often one piece of work is put off for somebody who waits. */
const MOST_YIELDS = 3;

interface ControlEvents {
	/** Nothing is computed from now on. Called once for each stretch. */
	onHold(reason: PauseReason): void;
	onRun(): void;
	/** Before a pause that may last: the moment for a checkpoint. */
	onPause(): void;
}

export class Control {
	#pause: 'user' | 'battery' | undefined;
	#busy = false;
	#yieldTimer: NodeJS.Timeout | undefined;
	/** Ends what is computed, for any reason. */
	#interrupt = new AbortController();
	/** Ends what is computed, but not for somebody who waits for the model. */
	#halt = new AbortController();
	#wake: (() => void) | undefined;
	#held: PauseReason | undefined;

	/** @param signal ends the run. */
	constructor(
		private readonly events: ControlEvents,
		private readonly signal: AbortSignal,
	) {
		signal.addEventListener('abort', () => {
			this.stop();
			this.#wake?.();
		});
	}

	pause(reason: 'user' | 'battery'): void {
		this.#pause = reason;
		this.stop();
		// Where it yields already, the reason changes.
		this.#wake?.();
	}

	resume(): void {
		this.#pause = undefined;
		this.#wake?.();
	}

	yield(busy: boolean): void {
		clearTimeout(this.#yieldTimer);
		this.#busy = busy;
		if (busy) {
			this.#yieldTimer = setTimeout(() => this.yield(false), LONGEST_YIELD);
			this.#yieldTimer.unref();
			this.#interrupt.abort();
		} else {
			this.#wake?.();
		}
	}

	/**
	 * Runs a piece of work as often as it takes: an interruption ends it, and it begins anew when the run may go on. Work
	 * that was put off three times for somebody who waits for the model is then done all the same: a run is slowed down by
	 * somebody who writes all day, but it ends.
	 * @throws AbortError when the run's signal fires; what the work throws.
	 */
	async run<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
		for (let yields = 0; ; ) {
			const isPatient = yields < MOST_YIELDS;
			await this.ready(isPatient);
			const { signal } = isPatient ? this.#interrupt : this.#halt;
			try {
				return await work(signal);
			} catch (error) {
				throwIfAborted(this.signal);
				if (!isAbort(error) || !signal.aborted) {
					throw error;
				}
				yields += this.#pause === undefined ? 1 : 0;
			}
		}
	}

	private stop(): void {
		this.#interrupt.abort();
		this.#halt.abort();
	}

	/**
	 * Resolves when nothing holds the run.
	 * @param isPatient whether somebody who waits for the model does.
	 * @throws AbortError when the run's signal fires.
	 */
	async ready(isPatient = true): Promise<void> {
		throwIfAborted(this.signal);
		for (let reason = this.reason; reason !== undefined; reason = this.reason) {
			if (reason === 'busy' && !isPatient) {
				break;
			}
			// First, so that what happens in the events is not missed.
			const woken = new Promise<void>((resolve) => {
				this.#wake = resolve;
			});
			if (this.#held !== reason) {
				this.#held = reason;
				if (reason !== 'busy') {
					this.events.onPause();
				}
				this.events.onHold(reason);
			}
			await woken;
			this.#wake = undefined;
			throwIfAborted(this.signal);
		}
		this.#interrupt = new AbortController();
		this.#halt = new AbortController();
		if (this.#held !== undefined) {
			this.#held = undefined;
			this.events.onRun();
		}
	}

	private get reason(): PauseReason | undefined {
		return this.#pause ?? (this.#busy ? 'busy' : undefined);
	}
}
