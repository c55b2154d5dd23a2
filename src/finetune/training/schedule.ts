/** The learning rate over a run. */

/** Share of the peak at the end. */
const FLOOR = 0.1;
/** Steps of warm-up that no run is too short for. */
const LEAST_WARMUP = 10;

/**
 * Factor of the peak learning rate: rises linearly through the warm-up, then falls along a cosine to 10 %.
 * @param step from 0.
 * @param warmupShare of all steps; at least 10 steps, at most a quarter of the run.
 */
export function rateFactor(step: number, steps: number, warmupShare: number): number {
	const warmup = Math.min(Math.max(LEAST_WARMUP, Math.round(steps * warmupShare)), Math.ceil(steps / 4));
	if (step < warmup) {
		return (step + 1) / warmup;
	}
	const done = Math.min(1, (step - warmup + 1) / Math.max(1, steps - warmup));
	return FLOOR + (1 - FLOOR) * 0.5 * (1 + Math.cos(Math.PI * done));
}
