/** Slices for background work in the editor's process: 4 ms at most, then everything else has its turn. */

import { throwIfAborted } from '../inference/cancel';
import { SLICE } from './budgets';
import type { Clock } from './clock';

/** Ends one turn of the event loop, so that keystrokes and messages come in between. */
export type Turn = () => Promise<void>;

export const nextTurn: Turn = () => new Promise((resolve) => setImmediate(resolve));

/** Those who share one never work in the same turn. */
export class Pace {
	private started: number;
	private queue: Promise<void> = Promise.resolve();

	constructor(
		private readonly clock: Pick<Clock, 'now'>,
		private readonly turn: Turn = nextTurn,
	) {
		this.started = clock.now();
	}

	/**
	 * Resolves at once while the slice lasts, else in a turn of its own.
	 *
	 * @param signal rejects with an AbortError where it fired by then. Default: nothing is asked.
	 */
	async rest(signal?: AbortSignal): Promise<void> {
		if (this.clock.now() - this.started < SLICE) {
			return;
		}
		await this.breathe();
		if (signal !== undefined) {
			throwIfAborted(signal);
		}
	}

	/** A turn of its own whatever the slice: before work that begins, long after the last slice. */
	async breathe(): Promise<void> {
		this.queue = this.queue.then(this.turn);
		await this.queue;
		this.started = this.clock.now();
	}
}
