/** One context of a pool: which adapters it has, who holds it, and for what work. */

import type { Adapter } from '../model';
import type { ScoringLane } from './scoring';

/** A context for one choice of adapters, with a lane for each kind of request. */
export interface Slot {
	readonly adapters: readonly Adapter[];
	readonly completion: ScoringLane;
	readonly chat: ScoringLane;
	/** Frees it; nothing may run on its lanes. */
	dispose(): Promise<void>;
}

/** A context that stays until it is released, or the signal that it was asked for with fires. */
export interface HeldSlot {
	readonly slot: Slot;
	/** May be called more than once. */
	release(): void;
}

/** On the chat lane, `long` is a judge's work; `answer` is written, and nobody else can use the lane meanwhile. */
export type Work = 'short' | 'long' | 'answer';

export class ContextPlace {
	/** Makes room: nobody gets it any more. */
	isLeaving = false;
	readonly #works: Work[] = [];

	/** @param used counts up with each use of any place. */
	constructor(
		readonly slot: Slot,
		public used: number,
	) {}

	get isIdle(): boolean {
		return this.#works.length === 0;
	}

	/** Whether there is work in it for which nobody can wait at the cursor. */
	get isLong(): boolean {
		return this.#works.some((work) => work !== 'short');
	}

	/** Whether an answer is written in it, or waits for it. */
	get isAnswering(): boolean {
		return this.#works.includes('answer');
	}

	has(adapters: readonly Adapter[]): boolean {
		const own = this.slot.adapters;
		return (
			own.length === adapters.length &&
			own.every(
				({ path, scale }, index) => path === adapters[index]?.path && scale === adapters[index]?.scale,
			)
		);
	}

	/** @param onReleased is called once. */
	hold(work: Work, onReleased: () => void, signal: AbortSignal): HeldSlot {
		this.#works.push(work);
		let isReleased = false;
		const release = () => {
			signal.removeEventListener('abort', release);
			if (!isReleased) {
				isReleased = true;
				this.#works.splice(this.#works.indexOf(work), 1);
				onReleased();
			}
		};
		if (signal.aborted) {
			release();
		}
		// A consumer that neither reads on nor leaves must not keep the others waiting.
		signal.addEventListener('abort', release, { once: true });
		return { slot: this.slot, release };
	}
}
