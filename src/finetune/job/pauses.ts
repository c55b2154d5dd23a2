/** Who wants the run paused, and what follows for the trainer: it is told once, not by each. */

import type { PauseReason, ToTrainer } from './messages';

export class Pauses {
	/** Asked for from here. */
	private readonly wanted = new Set<'user' | 'battery'>();
	/** Said by the trainer. */
	private reported: PauseReason | undefined;

	constructor(private readonly send: (message: ToTrainer) => void) {}

	/** What a face shows; undefined while it computes. */
	get reason(): PauseReason | undefined {
		return this.wanted.has('user') ? 'user' : this.wanted.has('battery') ? 'battery' : this.reported;
	}

	/** Whether somebody wants it paused: it passes only when they say so. */
	get isAsked(): boolean {
		return this.wanted.size > 0;
	}

	pause(reason: 'user' | 'battery'): void {
		if (!this.isAsked) {
			this.send({ type: 'pause', reason });
		}
		this.wanted.add(reason);
	}

	/** `user` overrules the battery: whoever says "go on" means it. */
	resume(reason: 'user' | 'battery'): void {
		const before = this.isAsked;
		this.wanted.delete(reason);
		if (reason === 'user') {
			this.wanted.clear();
		}
		if (before && !this.isAsked) {
			this.send({ type: 'resume' });
		}
	}

	/** @param reason Undefined: it computes. */
	report(reason: PauseReason | undefined): void {
		this.reported = reason;
	}
}
