/** The context in use: swapped for one with other adapters while requests run, freed when they have ended. */

import { abortError } from '../cancel';
import type { Adapter } from '../model';
import type { Claim, Gate } from './gate';
import { messageOf } from './loadPlan';
import { Lock } from './lock';
import { untilAborted } from './running';
import type { ScoringLane } from './scoring';

/** A context for one choice of adapters, with a lane for each kind of request. */
export interface Slot {
	readonly adapters: readonly Adapter[];
	readonly completion: ScoringLane;
	readonly chat: ScoringLane;
	/** Frees it; nothing may run on its lanes. */
	dispose(): Promise<void>;
}

export type CreateSlot = (adapters: readonly Adapter[], signal: AbortSignal) => Promise<Slot>;

const INTERACTIVE: Claim = { priority: 'interactive' };

export class Slots {
	readonly #swapping = new Lock();
	/** The end of the context before, which may still answer. */
	#retired: Promise<void> = Promise.resolve();
	#current: Slot;

	constructor(
		first: Slot,
		private readonly create: CreateSlot,
		private readonly gate: Gate,
		private readonly log: (line: string) => void,
	) {
		this.#current = first;
	}

	/** For requests that start now. */
	get current(): Slot {
		return this.#current;
	}

	/**
	 * Requests that started before go on with the old adapters; those that start afterwards use these.
	 * @throws AbortError when the signal fires, or what kept the context from being made: the old one stays then.
	 */
	async use(adapters: readonly Adapter[], signal: AbortSignal): Promise<void> {
		const release = await this.#swapping.acquire('background', signal);
		try {
			if (!areSame(this.#current.adapters, adapters)) {
				// Two contexts at most: the one before last has to end first.
				await untilAborted(this.#retired, signal);
				await this.gate.step(INTERACTIVE, () => this.#swap(adapters, signal), signal);
			}
		} finally {
			release();
		}
	}

	/** Waits for the requests that run: end them first, and start none. */
	async dispose(): Promise<void> {
		const never = new AbortController().signal;
		await this.#swapping.acquire('background', never);
		await Promise.all([this.#retired, this.#retire(this.#current)]);
	}

	/** The swap belongs to the gate's step: a context whose step was aborted has nobody else to free it. */
	async #swap(adapters: readonly Adapter[], signal: AbortSignal): Promise<void> {
		const slot = await this.create(adapters, signal);
		if (signal.aborted) {
			await slot.dispose();
			throw abortError();
		}
		this.#retired = this.#retire(this.#current);
		this.#current = slot;
	}

	/** Frees a context when the requests that own or wait for its lanes have ended. */
	async #retire(slot: Slot): Promise<void> {
		const never = new AbortController().signal;
		try {
			await Promise.all([
				slot.completion.lock.acquire('background', never),
				slot.chat.lock.acquire('background', never),
			]);
			await this.gate.step(INTERACTIVE, () => slot.dispose(), never);
		} catch (error) {
			this.log(`A context could not be freed: ${messageOf(error)}`);
		}
	}
}

function areSame(some: readonly Adapter[], others: readonly Adapter[]): boolean {
	return (
		some.length === others.length &&
		some.every(({ path, scale }, index) => path === others[index]?.path && scale === others[index]?.scale)
	);
}
