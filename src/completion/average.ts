/** A running mean in which what was measured last weighs most. */

export class Average {
	private mean: number | undefined;

	/** `weight`: share of the newest value, between 0 and 1; 2 / (n + 1) remembers about n values. */
	constructor(private readonly weight: number) {}

	/** Undefined until something was measured. */
	get value(): number | undefined {
		return this.mean;
	}

	add(value: number): void {
		this.mean = this.mean === undefined ? value : this.mean + this.weight * (value - this.mean);
	}

	reset(): void {
		this.mean = undefined;
	}
}
