/** What a session shows, and who hears of it. */

import type { Subscription } from '../../inference/model';
import type { RunEnded, SessionState } from './sessionState';

export class Feed {
	private current: SessionState = { type: 'none' };
	private readonly listeners = new Set<(state: SessionState) => void>();
	private readonly endListeners = new Set<(ended: RunEnded) => void>();

	get state(): SessionState {
		return this.current;
	}

	onDidChange(listener: (state: SessionState) => void): Subscription {
		this.listeners.add(listener);
		return { dispose: () => this.listeners.delete(listener) };
	}

	onDidEnd(listener: (ended: RunEnded) => void): Subscription {
		this.endListeners.add(listener);
		return { dispose: () => this.endListeners.delete(listener) };
	}

	set(state: SessionState): void {
		this.current = state;
		for (const listener of [...this.listeners]) {
			listener(state);
		}
	}

	tellEnd(ended: RunEnded): void {
		for (const listener of [...this.endListeners]) {
			listener(ended);
		}
	}

	/** Nobody hears of anything any more. */
	close(): void {
		this.listeners.clear();
		this.endListeners.clear();
	}
}
