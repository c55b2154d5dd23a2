/** When a run may compute: paused, yielding to somebody who waits for the model, or cancelled. */

import { isAbort, throwIfAborted } from '../../inference/cancel';
import type { PauseReason } from '../job/messages';

/** Milliseconds after which a yield ends by itself: the editor may have forgotten it. */
const LONGEST_YIELD = 30_000;

export interface ControlEvents {
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
	#interrupt = new AbortController();
	#wake: (() => void) | undefined;
	#held: PauseReason | undefined;

	/** @param signal ends the run. */
	constructor(
		private readonly events: ControlEvents,
		private readonly signal: AbortSignal,
	) {
		signal.addEventListener('abort', () => {
			this.#interrupt.abort();
			this.#wake?.();
		});
	}

	pause(reason: 'user' | 'battery'): void {
		this.#pause = reason;
		this.#interrupt.abort();
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
	 * Runs a piece of work as often as it takes: an interruption ends it, and it begins anew when the run may go on.
	 * @throws AbortError when the run's signal fires; what the work throws.
	 */
	async run<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
		for (;;) {
			await this.ready();
			const { signal } = this.#interrupt;
			try {
				return await work(signal);
			} catch (error) {
				throwIfAborted(this.signal);
				if (!isAbort(error) || !signal.aborted) {
					throw error;
				}
			}
		}
	}

	/** Resolves when nothing holds the run. */
	private async ready(): Promise<void> {
		throwIfAborted(this.signal);
		for (let reason = this.reason; reason !== undefined; reason = this.reason) {
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
		if (this.#held !== undefined) {
			this.#held = undefined;
			this.events.onRun();
		}
	}

	private get reason(): PauseReason | undefined {
		return this.#pause ?? (this.#busy ? 'busy' : undefined);
	}
}
