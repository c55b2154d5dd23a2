/** Time that one source of context may use: in slices, and with an end. */

import { abortError } from '../../inference/cancel';
import type { Clock } from '../clock';
import type { Pace } from '../pace';

/** What one source may use: so many milliseconds, in slices. */
export class Box {
	private readonly deadline: number;

	constructor(
		private readonly clock: Clock,
		private readonly pace: Pace,
		milliseconds: number,
		readonly signal: AbortSignal,
	) {
		this.deadline = clock.now() + milliseconds;
	}

	/** Between two pieces of work of a millisecond at most: false where it is over. */
	async goOn(): Promise<boolean> {
		if (this.isOver) {
			return false;
		}
		await this.pace.rest();
		return !this.isOver;
	}

	/**
	 * What others work out; undefined where the box is over before. Rejects as the work does.
	 *
	 * @param atMost milliseconds. Default: as long as the box lasts.
	 */
	async wait<T>(work: Promise<T>, atMost = Number.POSITIVE_INFINITY): Promise<T | undefined> {
		const waiting = new AbortController();
		const left = Math.max(0, this.deadline - this.clock.now());
		const over = this.clock
			.sleep(Math.min(left, atMost), AbortSignal.any([this.signal, waiting.signal]))
			.then(
				() => undefined,
				() => undefined,
			);
		try {
			const found = await Promise.race([work, over]);
			await this.pace.breathe();
			return found;
		} finally {
			waiting.abort(abortError());
		}
	}

	get isOver(): boolean {
		return this.signal.aborted || this.clock.now() >= this.deadline;
	}
}
