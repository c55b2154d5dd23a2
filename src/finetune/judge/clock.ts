/** How far a judge is, and how long it may go on: each stage has a share of the time, and gets what those before left. */

/** Items of the first block. */
const FIRST = 4;

export class Clock {
	private readonly start: number;
	private done = 0;

	/**
	 * @param budget milliseconds.
	 * @param all places that will be looked at, if time allows.
	 * @param onProgress called after each.
	 * @param now milliseconds of a clock that only goes forward.
	 */
	constructor(
		private readonly budget: number,
		private readonly all: number,
		private readonly onProgress: (done: number, all: number) => void,
		private readonly now: () => number,
	) {
		this.start = now();
	}

	get milliseconds(): number {
		return this.now() - this.start;
	}

	/**
	 * The items in blocks, small ones first: nobody knows yet how long one takes. Until so much of the time is over; one
	 * block at least.
	 *
	 * @param most items of a block.
	 * @param share of the whole time at which the stage ends, 0 to 1.
	 */
	*blocks<T>(items: readonly T[], most: number, share: number): Generator<readonly T[], void> {
		let size = FIRST;
		for (let start = 0; start < items.length; ) {
			if (start > 0 && this.milliseconds > share * this.budget) {
				break;
			}
			const block = items.slice(start, start + size);
			yield block;
			start += block.length;
			size = Math.min(most, 2 * size);
			this.done += block.length;
			this.onProgress(Math.min(this.done, this.all), this.all);
		}
	}

	/** A stage is over, also what it did not get to. @param done places up to its end. */
	reach(done: number): void {
		this.done = done;
	}
}
