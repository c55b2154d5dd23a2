/** The answer that is being written: what the model has said, of which the turn's own text follows in steps. */

import type { Subscription } from '../inference/model';
import type { Clock } from './autosave';
import type { ContextUse } from './turn';

/** Milliseconds between two pieces of a streaming answer: two frames of a 60 Hz screen. */
const STREAM_INTERVAL = 33;

export class RunningAnswer {
	/** What of the context is taken; undefined until the prompt was read. */
	usage: ContextUse | undefined;
	private readonly controller = new AbortController();
	private written = '';
	private next: Subscription | undefined;

	/** `turn`: the id of its turn. `show`: brings the turn's text up to what was written. */
	constructor(
		readonly turn: string,
		private readonly clock: Clock,
		private readonly show: (written: string) => void,
	) {}

	get signal(): AbortSignal {
		return this.controller.signal;
	}

	stop(): void {
		this.controller.abort();
	}

	grow(text: string): void {
		const isFirst = this.written === '';
		this.written += text;
		if (isFirst) {
			// The first piece is what the user waits for.
			this.flush();
			return;
		}
		this.next ??= this.clock.after(STREAM_INTERVAL, () => this.flush());
	}

	/** Shows all of it now. */
	flush(): void {
		this.next?.dispose();
		this.next = undefined;
		this.show(this.written);
	}
}
