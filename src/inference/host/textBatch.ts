/** Joins the texts of one turn of the event loop into one message. */

import type { TextEvent } from '../model';

export class TextBatch {
	private waiting: TextEvent | undefined;
	private timer: NodeJS.Immediate | undefined;

	constructor(private readonly send: (event: TextEvent) => void) {}

	add(event: TextEvent): void {
		this.waiting = this.waiting === undefined ? event : joined(this.waiting, event);
		this.timer ??= setImmediate(() => this.flush());
	}

	flush(): void {
		clearImmediate(this.timer);
		this.timer = undefined;
		if (this.waiting !== undefined) {
			this.send(this.waiting);
			this.waiting = undefined;
		}
	}
}

function joined(one: TextEvent, next: TextEvent): TextEvent {
	return {
		type: 'text',
		text: one.text + next.text,
		...(one.logProbability !== undefined && next.logProbability !== undefined
			? { logProbability: one.logProbability + next.logProbability }
			: {}),
		...(one.tokens !== undefined && next.tokens !== undefined ? { tokens: one.tokens + next.tokens } : {}),
	};
}
