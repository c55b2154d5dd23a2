/** Tells of outcomes, and remembers the last one that says something. */

import type { Log, Subscription } from '../inference/model';
import type { Outcome } from './outcome';
import { isOver, type StageTime, stageName } from './trace';

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

	/** @param stages where the time went: what took more than it may is told. Default: nobody knows. */
	announce<T extends Outcome>(outcome: T, stages: readonly StageTime[] = []): T {
		this.latest = outcome;
		const what =
			outcome.type === 'text' ? `${outcome.source}, ${outcome.text.length} characters` : outcome.reason;
		const over = stages
			.filter(isOver)
			.map(
				({ stage, milliseconds, budget }) =>
					`; ${stageName(stage)} took ${milliseconds.toFixed(0)} of ${budget} ms`,
			);
		this.log.trace(`completion: ${what}, ${outcome.milliseconds.toFixed(0)} ms${over.join('')}`);
		for (const listener of this.listeners) {
			listener(outcome);
		}
		return outcome;
	}

	dispose(): void {
		this.listeners.clear();
	}
}
