/** A clock for the session that rings when a test says so. */

import type { Clock } from '../../../src/chat/autosave';

export class ManualClock implements Clock {
	private readonly waiting = new Set<() => void>();
	/** Every delay that was asked for, in milliseconds. */
	readonly delays: number[] = [];

	after(milliseconds: number, callback: () => void): { dispose(): void } {
		this.delays.push(milliseconds);
		this.waiting.add(callback);
		return { dispose: () => this.waiting.delete(callback) };
	}

	/** Everything that waits happens now. */
	ring(): void {
		for (const callback of [...this.waiting]) {
			this.waiting.delete(callback);
			callback();
		}
	}
}
