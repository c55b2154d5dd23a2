/** Holds the trainer back while somebody waits for the model, and lets it go on after a moment of quiet. */

import { isAbort, type sleep } from '../../inference/cancel';

/** Milliseconds without a request after which the trainer goes on: the next keystroke often asks again. */
const QUIET = 1_500;

/** Milliseconds between two reminders; the trainer forgets after 30 s, should this window die. */
const RENEWAL = 10_000;

export class Yielding {
	/** Ends the reminders; undefined while the trainer may compute. */
	private renewing: AbortController | undefined;
	/** Ends the wait for quiet. */
	private calming: AbortController | undefined;

	/**
	 * @param send Tells the trainer whether somebody waits.
	 * @param wait `sleep`, or a test's own.
	 */
	constructor(
		private readonly send: (busy: boolean) => void,
		private readonly wait: typeof sleep,
	) {}

	/** Called when the model begins (`true`) and has ended (`false`) serving anybody. */
	serving(busy: boolean): void {
		if (busy) {
			this.calming?.abort();
			this.calming = undefined;
			if (this.renewing === undefined) {
				this.renewing = new AbortController();
				this.remind(this.renewing.signal);
			}
		} else if (this.renewing !== undefined && this.calming === undefined) {
			this.calming = new AbortController();
			this.later(QUIET, this.calming.signal, () => {
				this.dispose();
				this.send(false);
			});
		}
	}

	dispose(): void {
		this.renewing?.abort();
		this.calming?.abort();
		this.renewing = undefined;
		this.calming = undefined;
	}

	private remind(signal: AbortSignal): void {
		this.send(true);
		this.later(RENEWAL, signal, () => this.remind(signal));
	}

	private later(milliseconds: number, signal: AbortSignal, action: () => void): void {
		this.wait(milliseconds, signal).then(action, (error: unknown) => {
			if (!isAbort(error)) {
				throw error;
			}
		});
	}
}
