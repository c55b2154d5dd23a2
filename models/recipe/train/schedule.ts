/** The learning rate of a run from scratch: it rises, stays, and falls to nothing; and the length of the rows with it. */

/** Share of the tokens in which the rate rises. */
const WARMUP = 0.02;
/** Share of the tokens, at the end, in which it falls. What was learned before can be gone on from (Hu et al. 2024). */
export const DECAY = 0.25;

/**
 * Factor of the peak: linear up, constant, then 1 − √x, which ends lower than a straight line (Hägele et al. 2024).
 * @param done share of the run's tokens, 0 to 1.
 */
export function rateFactor(done: number): number {
	if (done < WARMUP) {
		return Math.max(0.01, done / WARMUP);
	}
	return done < 1 - DECAY ? 1 : Math.max(0, 1 - Math.sqrt((done - (1 - DECAY)) / DECAY));
}
