/** How long a file has not been touched, by the clock of who looks: a machine that slept was silent for nobody. */

export class Silence {
	private touched: number | undefined;
	private since = 0;

	/** @param limit milliseconds. */
	constructor(private readonly limit: number) {}

	/**
	 * @param touched when the file was touched, by whichever clock.
	 * @param now milliseconds of a clock that nobody sets.
	 * @returns whether it was seen untouched for longer than the limit.
	 */
	isOver(touched: number, now: number): boolean {
		if (touched !== this.touched) {
			this.touched = touched;
			this.since = now;
		}
		return now - this.since > this.limit;
	}
}
