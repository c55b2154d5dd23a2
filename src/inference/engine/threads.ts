/** How many threads to compute with: from the cores really available, chosen by measuring. */

/** Milliseconds that choosing may take in all; a model that is slower than that is measured less. */
export const CALIBRATION_MILLISECONDS = 1_500;
/** A candidate this much slower than the best ends the search in its direction. */
export const CLEARLY_WORSE = 1.3;

/** Cores that this process may use: what the scheduler allows, less what a container's quota takes away. */
export function availableCores(parallelism: number, cgroupQuota: string | undefined): number {
	const [quota, period] = (cgroupQuota ?? '').trim().split(/\s+/).map(Number);
	const allowed =
		quota !== undefined && period !== undefined && quota > 0 && period > 0
			? Math.floor(quota / period)
			: Number.POSITIVE_INFINITY;
	return Math.max(1, Math.min(Math.floor(parallelism), Math.max(1, allowed)));
}

/** One thread, half of the cores, all of them: ggml's threads spin, so more is not always faster. */
export function candidates(cores: number): readonly number[] {
	return [...new Set([1, Math.ceil(cores / 2), cores])].sort((a, b) => a - b);
}

/**
 * The thread counts to try. Half of the cores come first: with all of them, one other busy program can make a
 * measurement take a hundred times as long, and then no time is left for another.
 */
export function searchOrder(cores: number, kind: 'prefill' | 'decode'): readonly number[] {
	const middle = Math.ceil(cores / 2);
	const others = candidates(cores).filter((threads) => threads !== middle);
	return [middle, ...(kind === 'prefill' ? [...others].reverse() : others)];
}

interface Choice {
	readonly threads: number;
	/** Milliseconds of the best measurement. */
	readonly milliseconds: number;
}

/**
 * Measures the thread counts in order and picks the fastest; stops when a count is clearly worse than the best
 * or when no time is left. At least one is measured.
 * @param measure milliseconds of the same piece of work with that many threads.
 * @param remaining milliseconds that are left for measuring.
 */
export async function chooseThreads(
	order: readonly number[],
	measure: (threads: number) => Promise<number>,
	remaining: () => number,
): Promise<Choice> {
	let best: Choice | undefined;
	let worse = 0;
	for (const threads of order) {
		if (best !== undefined && (remaining() < best.milliseconds || worse > 1)) {
			break;
		}
		const milliseconds = await measure(threads);
		worse += best !== undefined && milliseconds > best.milliseconds * CLEARLY_WORSE ? 1 : 0;
		if (best === undefined || milliseconds < best.milliseconds) {
			best = { threads, milliseconds };
		}
	}
	return best ?? { threads: order[0] ?? 1, milliseconds: 0 };
}
