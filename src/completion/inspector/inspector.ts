/** The last fifty requests, in memory only: what `Familiar: Inspect Completions` shows. */

import type { Subscription } from '../../inference/model';
import type { AnsweredRequest } from '../answered';
import type { Outcome } from '../outcome';

const KEPT = 50;

export interface InspectedRequest {
	readonly request: AnsweredRequest;
	/** Names of those that were in use. */
	readonly adapters: readonly string[];
	/** What was taken over: the outcome of the request, or another text for its place; undefined where nothing was. */
	readonly accepted: Outcome | undefined;
}

export class Inspector {
	private kept: readonly InspectedRequest[] = [];
	private readonly listeners = new Set<() => void>();

	/** The newest first. */
	get requests(): readonly InspectedRequest[] {
		return this.kept;
	}

	answered(request: AnsweredRequest, adapters: readonly string[]): void {
		this.set([{ request, adapters, accepted: undefined }, ...this.kept].slice(0, KEPT));
	}

	/** What a request brought was accepted; the other texts for its place share its trace. */
	accepted({ trace, outcome }: AnsweredRequest): void {
		this.set(this.kept.map((one) => (one.request.trace === trace ? { ...one, accepted: outcome } : one)));
	}

	forget(): void {
		this.set([]);
	}

	onDidChange(listener: () => void): Subscription {
		this.listeners.add(listener);
		return { dispose: () => this.listeners.delete(listener) };
	}

	private set(requests: readonly InspectedRequest[]): void {
		this.kept = requests;
		for (const listener of this.listeners) {
			listener();
		}
	}
}
