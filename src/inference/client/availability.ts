/** The state of the model, who listens to it, and waiting until a host can be asked. */

import { abortError } from '../cancel';
import { type ModelState, ModelUnavailable, type Problem, type Subscription } from '../model';
import type { HostLife } from './hostLife';

const NO_MODEL: Problem = {
	code: 'no-model',
	message: 'No model is loaded.',
	remedies: ['select-model', 'use-starter'],
};

export class Availability {
	private current: ModelState = { type: 'none' };
	private life: HostLife | undefined;
	private readonly listeners = new Set<(state: ModelState) => void>();

	get state(): ModelState {
		return this.current;
	}

	/** @param life The host of a state that is `ready`. */
	set(state: ModelState, life?: HostLife): void {
		this.current = state;
		this.life = life;
		for (const listener of [...this.listeners]) {
			listener(state);
		}
	}

	onDidChange(listener: (state: ModelState) => void): Subscription {
		// A wrapper of its own, so that one function can listen twice.
		const entry = (state: ModelState) => listener(state);
		this.listeners.add(entry);
		return { dispose: () => this.listeners.delete(entry) };
	}

	/**
	 * The host, as soon as it has loaded the model.
	 *
	 * @throws ModelUnavailable when there is none and none is coming; an AbortError when the signal fires.
	 */
	async ready(signal: AbortSignal): Promise<HostLife> {
		await this.settled(signal);
		if (this.life !== undefined) {
			return this.life;
		}
		throw new ModelUnavailable(this.current.type === 'failed' ? this.current.problem : NO_MODEL);
	}

	/** Resolves when the model is ready, has failed, or is none. */
	async settled(signal: AbortSignal): Promise<void> {
		do {
			await this.until(() => !this.isPending, signal);
			// Whoever heard of it in the same turn may have chosen another model.
		} while (this.isPending);
	}

	/** A host whose connection has ended is as good as starting: its end is noticed before its exit is. */
	private get isPending(): boolean {
		return (
			this.current.type === 'starting' || this.current.type === 'loading' || this.life?.link.isClosed === true
		);
	}

	private until(condition: () => boolean, signal: AbortSignal): Promise<void> {
		return new Promise((resolve, reject) => {
			const finish = (settle: () => void) => {
				subscription.dispose();
				signal.removeEventListener('abort', onAbort);
				settle();
			};
			const onAbort = () => finish(() => reject(abortError()));
			const onState = () => {
				if (condition()) {
					finish(resolve);
				}
			};
			const subscription = this.onDidChange(onState);
			signal.addEventListener('abort', onAbort, { once: true });
			if (signal.aborted) {
				onAbort();
			} else {
				onState();
			}
		});
	}
}
