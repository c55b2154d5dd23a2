/** How sure a share is that was counted. */

/** Ends of a 95 % interval, 0 to 1. */
export type Interval = readonly [low: number, high: number];

/** Of the normal distribution: 97.5 % lie below. */
const Z = 1.959964;

/**
 * Wilson's score interval (Probable Inference, the Law of Succession, and Statistical Inference, 1927).
 * @param trials at least 1.
 */
export function wilson(successes: number, trials: number): Interval {
	const share = successes / trials;
	const square = Z ** 2 / trials;
	const center = (share + square / 2) / (1 + square);
	const half = (Z * Math.sqrt((share * (1 - share)) / trials + square / (4 * trials))) / (1 + square);
	return [Math.max(0, center - half), Math.min(1, center + half)];
}
