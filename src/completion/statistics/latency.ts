/** Times in bins whose width grows with them: small to keep, and a percentile is right to within a tenth. */

/** Bins for each doubling of the time. */
const PER_DOUBLING = 4;
/** Upper end of the first bin, in milliseconds. */
const FIRST = 0.5;
/** The last bin begins at 27 s and has no end. */
export const BINS = 64;

/** Number of the bin for a time in milliseconds, from 0. */
export function binOf(milliseconds: number): number {
	const bin = Math.ceil(Math.log2(milliseconds / FIRST) * PER_DOUBLING);
	return Math.min(BINS - 1, Math.max(0, bin));
}

/** A time in milliseconds that stands for the bin: its middle, as ratios go. */
export function middleOf(bin: number): number {
	return FIRST * 2 ** ((bin - 0.5) / PER_DOUBLING);
}

/**
 * The time in milliseconds below which a share of all times lies; undefined without any.
 *
 * @param bins How many times fell into each bin.
 * @param share 0 to 1; 0.5 is the median.
 */
export function percentile(bins: readonly number[], share: number): number | undefined {
	const total = bins.reduce((sum, amount) => sum + amount, 0);
	// The nearest rank: at least one time lies at or below it.
	const rank = Math.max(1, Math.ceil(total * share));
	let below = 0;
	for (const [bin, amount] of bins.entries()) {
		below += amount;
		if (below >= rank) {
			return middleOf(bin);
		}
	}
	return undefined;
}
