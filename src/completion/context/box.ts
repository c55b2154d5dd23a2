/** Time for background work in the editor's process: slices of 4 ms at most, and an end. */

import { abortError } from '../../inference/cancel';
import type { Clock } from '../clock';

/** Milliseconds of work after which everything else has its turn; a piece of work may take one more. */
const SLICE = 3;

/** Ends one turn of the event loop, so that keystrokes and messages come in between. */
export type Turn = () => Promise<void>;

const nextTurn: Turn = () => new Promise((resolve) => setImmediate(resolve));

/** One for all that works in the background: two workers never have the same turn. */
export class Pace {
	private started: number;
	private queue: Promise<void> = Promise.resolve();

	constructor(
		private readonly clock: Pick<Clock, 'now'>,
		private readonly turn: Turn = nextTurn,
	) {
		this.started = clock.now();
	}

	/** Resolves at once while the slice lasts, else in a turn of its own. */
	async rest(): Promise<void> {
		if (this.clock.now() - this.started < SLICE) {
			return;
		}
		await this.breathe();
	}

	/** A turn of its own whatever the slice: before work that begins, long after the last slice. */
	async breathe(): Promise<void> {
		this.queue = this.queue.then(this.turn);
		await this.queue;
		this.started = this.clock.now();
	}
}

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
