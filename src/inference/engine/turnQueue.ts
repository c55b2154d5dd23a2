/** Whose turn is next: the highest rank, then whoever has had the model for the shortest time, then who came first. */

import { BACKGROUND, type Caller, type Claim } from './claim';

interface Waiting {
	readonly claim: Claim;
}

/**
 * Callers of the same rank share the time, not the turns: one that asks for long pieces of work gets fewer of them.
 * Who has asked for nothing for a while has saved nothing up.
 */
export class TurnQueue<Entry extends Waiting> {
	readonly #waiting: Entry[] = [];
	/** Milliseconds, as if everybody always had asked; undefined for those that are new. */
	readonly #used = new WeakMap<Caller, number>();
	/** What whoever had the last turn had used before it: nobody is behind that. */
	#clock = 0;

	add(entry: Entry): void {
		this.#waiting.push(entry);
	}

	/** It waits no longer. */
	remove(entry: Entry): void {
		const index = this.#waiting.indexOf(entry);
		if (index >= 0) {
			this.#waiting.splice(index, 1);
		}
	}

	/** Highest rank of those that wait; −1 where nobody does. */
	get rank(): number {
		return Math.max(-1, ...this.#waiting.map(({ claim }) => claim.rank));
	}

	/** Takes the next one out; undefined where nobody of this rank or a higher one waits. */
	take(least: number): Entry | undefined {
		const { rank } = this;
		if (rank < least) {
			return undefined;
		}
		let next: Entry | undefined;
		for (const entry of this.#waiting) {
			if (entry.claim.rank === rank && (next === undefined || this.#usedBy(entry) < this.#usedBy(next))) {
				next = entry;
			}
		}
		if (next !== undefined) {
			this.remove(next);
			this.#clock = rank <= BACKGROUND ? this.#usedBy(next) : this.#clock;
		}
		return next;
	}

	/** Whoever typed while a chat waited owes it nothing: only time in the background counts. */
	charge({ caller, rank }: Claim, milliseconds: number): void {
		if (rank <= BACKGROUND) {
			this.#used.set(caller, Math.max(this.#used.get(caller) ?? 0, this.#clock) + milliseconds);
		}
	}

	#usedBy({ claim }: Entry): number {
		return Math.max(this.#used.get(claim.caller) ?? 0, this.#clock);
	}
}
