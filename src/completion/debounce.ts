/** The pause before the model is asked: one wait, cancellable, and none right after an accepted text. */

import type { Clock } from './clock';

/** Milliseconds in which the editor's request for what follows an accepted text arrives. */
const AFTER_ACCEPTING = 500;

export class Debounce {
	private skipUntil = 0;

	constructor(private readonly clock: Clock) {}

	/** Waits are none for half a second: whoever accepts a text is ready for what follows it. */
	skip(): void {
		this.skipUntil = this.clock.now() + AFTER_ACCEPTING;
	}

	/**
	 * Waits until `milliseconds` have passed since `since` (a time of the clock). Rejects with an AbortError when
	 * the signal fires.
	 */
	async wait(milliseconds: number, since: number, signal: AbortSignal): Promise<void> {
		const rest = milliseconds - (this.clock.now() - since);
		if (rest > 0 && this.clock.now() >= this.skipUntil) {
			await this.clock.sleep(rest, signal);
		}
	}
}
