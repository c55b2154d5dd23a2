/** The context in use: swapped for one with other adapters while requests run, freed when they have ended. */

import { abortError, isAbort, unlessAborted } from '../cancel';
import { messageOf } from '../failure';
import type { Adapter } from '../model';
import type { Claim, Gate } from './gate';
import { Lock } from './lock';
import type { ScoringLane } from './scoring';

/** A context for one choice of adapters, with a lane for each kind of request. */
export interface Slot {
	readonly adapters: readonly Adapter[];
	readonly completion: ScoringLane;
	readonly chat: ScoringLane;
	/** Frees it; nothing may run on its lanes. */
	dispose(): Promise<void>;
}

type CreateSlot = (adapters: readonly Adapter[], signal: AbortSignal) => Promise<Slot>;

const INTERACTIVE: Claim = { priority: 'interactive' };

export class Slots {
	readonly #swapping = new Lock();
	/** The end of the context before, which may still answer. */
	#retired: Promise<void> = Promise.resolve();
	/** Settles when there is a context again; undefined while nobody has to wait for one. */
	#replacing: Promise<void> | undefined;
	/** Undefined only when memory was short even for the one that was there before. */
	#current: Slot | undefined;

	constructor(
		first: Slot,
		private readonly create: CreateSlot,
		private readonly gate: Gate,
		private readonly log: (line: string) => void,
	) {
		this.#current = first;
	}

	/**
	 * For requests that start now: await `ready` first, and take the lane's lock in the same turn.
	 * @throws Error when there was no memory for any context.
	 */
	get current(): Slot {
		if (this.#current === undefined) {
			throw new Error('There is no memory left for a context. Restart the model host.');
		}
		return this.#current;
	}

	/** Waits while one context makes room for the next. Throws an AbortError when the signal fires. */
	async ready(signal: AbortSignal): Promise<void> {
		while (this.#replacing !== undefined) {
			await unlessAborted(this.#replacing, signal);
		}
	}

	/**
	 * Requests that started before go on with the old adapters; those that start afterwards use these. Where memory
	 * is short for a second context, those wait until the first has ended and made room.
	 * @throws AbortError when the signal fires, or what kept the context from being made: the old one stays then.
	 */
	async use(adapters: readonly Adapter[], signal: AbortSignal): Promise<void> {
		const release = await this.#swapping.acquire('background', signal);
		try {
			if (this.#current === undefined || !areSame(this.#current.adapters, adapters)) {
				// Two contexts at most: the one before last has to end first.
				await unlessAborted(this.#retired, signal);
				await this.#swapOrReplace(adapters, signal);
			}
		} finally {
			release();
		}
	}

	/** Waits for the requests that run: end them first, and start none. */
	async dispose(): Promise<void> {
		const never = new AbortController().signal;
		await this.#swapping.acquire('background', never);
		await this.#retired;
		if (this.#current !== undefined) {
			await this.#retire(this.#current);
		}
	}

	async #swapOrReplace(adapters: readonly Adapter[], signal: AbortSignal): Promise<void> {
		try {
			await this.gate.step(INTERACTIVE, () => this.#swap(adapters, signal), signal);
		} catch (error) {
			if (isAbort(error) || signal.aborted || this.#current === undefined) {
				throw error;
			}
			this.log(`No second context fits beside the first, which has to end: ${messageOf(error)}`);
			const replaced = this.#replace(this.#current, adapters, signal);
			this.#replacing = replaced
				.catch(() => undefined)
				.finally(() => {
					this.#replacing = undefined;
				});
			await replaced;
		}
	}

	/** Frees the context first. From then on the signal is not heard: a model without any context serves nobody. */
	async #replace(old: Slot, adapters: readonly Adapter[], signal: AbortSignal): Promise<void> {
		const never = new AbortController().signal;
		// Requests that were let through just before take their locks first.
		await new Promise((resolve) => setImmediate(resolve));
		await lockBoth(old, signal);
		await this.gate.step(
			INTERACTIVE,
			async () => {
				this.#current = undefined;
				await old.dispose();
				try {
					this.#current = await this.create(adapters, never);
				} catch (error) {
					this.#current = await this.create(old.adapters, never);
					throw new Error(
						`There is probably not enough memory (${messageOf(error)}). Choose a smaller familiar.model.contextSize and try again.`,
					);
				}
			},
			never,
		);
	}

	/** The swap belongs to the gate's step: a context whose step was aborted has nobody else to free it. */
	async #swap(adapters: readonly Adapter[], signal: AbortSignal): Promise<void> {
		const slot = await this.create(adapters, signal);
		if (signal.aborted) {
			await slot.dispose();
			throw abortError();
		}
		if (this.#current !== undefined) {
			this.#retired = this.#retire(this.#current);
		}
		this.#current = slot;
	}

	/** Frees a context when the requests that own or wait for its lanes have ended. */
	async #retire(slot: Slot): Promise<void> {
		const never = new AbortController().signal;
		try {
			await lockBoth(slot, never);
			await this.gate.step(INTERACTIVE, () => slot.dispose(), never);
		} catch (error) {
			this.log(`A context could not be freed: ${messageOf(error)}`);
		}
	}
}

/** Waits for the requests that own or wait for a lane; nothing stays locked when the signal fires. */
async function lockBoth({ completion, chat }: Slot, signal: AbortSignal): Promise<void> {
	const release = await completion.lock.acquire('background', signal);
	try {
		await chat.lock.acquire('background', signal);
	} catch (error) {
		release();
		throw error;
	}
}

function areSame(some: readonly Adapter[], others: readonly Adapter[]): boolean {
	return (
		some.length === others.length &&
		some.every(({ path, scale }, index) => path === others[index]?.path && scale === others[index]?.scale)
	);
}
