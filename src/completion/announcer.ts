/** Tells of outcomes, and remembers the last one that says something. */

import type { Log, Subscription } from '../inference/model';
import type { Outcome } from './outcome';

export class Announcer {
	private readonly listeners = new Set<(outcome: Outcome) => void>();
	private latest: Outcome | undefined;

	constructor(private readonly log: Pick<Log, 'trace'>) {}

	get last(): Outcome | undefined {
		return this.latest;
	}

	onDidComplete(listener: (outcome: Outcome) => void): Subscription {
		this.listeners.add(listener);
		return { dispose: () => this.listeners.delete(listener) };
	}

	announce<T extends Outcome>(outcome: T): T {
		this.latest = outcome;
		const what =
			outcome.type === 'text' ? `${outcome.source}, ${outcome.text.length} characters` : outcome.reason;
		this.log.trace(`completion: ${what}, ${outcome.milliseconds.toFixed(0)} ms`);
		for (const listener of this.listeners) {
			listener(outcome);
		}
		return outcome;
	}

	dispose(): void {
		this.listeners.clear();
	}
}
