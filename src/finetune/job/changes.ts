/** Tells listeners that something changed, at once and then not more often than they can draw. */

import type { Subscription } from '../../inference/model';

/** Milliseconds between two calls: ten pictures a second are enough for a curve. */
const PERIOD = 100;

export class Changes {
	private readonly listeners = new Set<() => void>();
	private timer: NodeJS.Timeout | undefined;
	private isDue = false;

	on(listener: () => void): Subscription {
		const entry = () => listener();
		this.listeners.add(entry);
		return { dispose: () => this.listeners.delete(entry) };
	}

	/** Something changed: listeners hear of it now, or when the period is over. */
	touch(): void {
		if (this.timer !== undefined) {
			this.isDue = true;
			return;
		}
		this.timer = setTimeout(() => {
			this.timer = undefined;
			if (this.isDue) {
				this.touch();
			}
		}, PERIOD);
		this.tell();
	}

	/** The last change: listeners hear of it now, and of nothing after it. */
	end(): void {
		clearTimeout(this.timer);
		this.tell();
		this.listeners.clear();
	}

	private tell(): void {
		this.isDue = false;
		for (const listener of [...this.listeners]) {
			listener();
		}
	}
}
