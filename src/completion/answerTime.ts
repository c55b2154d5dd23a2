/** How long this machine takes from the question to the whole text, as measured while somebody types. */

import { Average } from './average';

/** Share of the newest answer: about ten count, as many as Tabby's warning of slow answers looks at. */
const WEIGHT = 2 / 11;

export class AnswerTime {
	private readonly average = new Average(WEIGHT);

	/** Milliseconds. Infinity until a generation has landed: a model of which nothing is known counts as slow. */
	get milliseconds(): number {
		return this.average.value ?? Number.POSITIVE_INFINITY;
	}

	landed(milliseconds: number): void {
		this.average.add(milliseconds);
	}

	/** A generation ended before its end: it would have taken longer than this, and that is all it says. */
	aborted(milliseconds: number): void {
		const { value } = this.average;
		if (value !== undefined && milliseconds > value) {
			this.average.add(milliseconds);
		}
	}

	/** Another model. */
	reset(): void {
		this.average.reset();
	}
}
