/** "Leave me alone for a while": until a time, or until somebody resumes. */

import { isAbort } from '../inference/cancel';
import type { Subscription } from '../inference/model';
import type { Clock } from './clock';

export class Pause {
	private readonly listeners = new Set<(isPaused: boolean) => void>();
	private waiting: AbortController | undefined;
	private end: number | undefined;

	constructor(private readonly clock: Clock) {}

	get isPaused(): boolean {
		return this.waiting !== undefined;
	}

	/** Milliseconds until completions come back; undefined when not paused, Infinity without an end. */
	get remaining(): number | undefined {
		return this.end === undefined ? undefined : Math.max(0, this.end - this.clock.now());
	}

	/** Pauses for `milliseconds`; Infinity means until `resume`. A second call replaces the first. */
	pause(milliseconds: number): void {
		this.waiting?.abort();
		const waiting = new AbortController();
		this.waiting = waiting;
		this.end = this.clock.now() + milliseconds;
		if (Number.isFinite(milliseconds)) {
			this.clock.sleep(milliseconds, waiting.signal).then(
				() => this.resume(),
				(error: unknown) => {
					if (!isAbort(error)) {
						throw error;
					}
				},
			);
		}
		this.tell();
	}

	resume(): void {
		if (this.waiting !== undefined) {
			this.waiting.abort();
			this.waiting = undefined;
			this.end = undefined;
			this.tell();
		}
	}

	onDidChange(listener: (isPaused: boolean) => void): Subscription {
		this.listeners.add(listener);
		return { dispose: () => this.listeners.delete(listener) };
	}

	dispose(): void {
		this.listeners.clear();
		this.waiting?.abort();
	}

	private tell(): void {
		for (const listener of this.listeners) {
			listener(this.isPaused);
		}
	}
}
