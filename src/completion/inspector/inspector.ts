/** The last fifty requests, in memory only: what `Familiar: Inspect Completions` shows. */

import type { Subscription } from '../../inference/model';
import type { AnsweredRequest } from '../answered';

const KEPT = 50;

export interface InspectedRequest {
	readonly request: AnsweredRequest;
	readonly isAccepted: boolean;
}

export class Inspector {
	private kept: readonly InspectedRequest[] = [];
	private readonly listeners = new Set<() => void>();

	/** The newest first. */
	get requests(): readonly InspectedRequest[] {
		return this.kept;
	}

	answered(request: AnsweredRequest): void {
		this.set([{ request, isAccepted: false }, ...this.kept].slice(0, KEPT));
	}

	accepted(request: AnsweredRequest): void {
		this.set(this.kept.map((one) => (one.request === request ? { request, isAccepted: true } : one)));
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
