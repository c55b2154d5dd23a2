/** How sure a difference is: paired bootstrap over clusters, since holes of one file resemble each other. */
import { randomFrom } from '../../src/finetune/training/random';
import { percentile } from './harness';

/** The same thing measured before and after. */
export interface Pair {
	/** What is drawn as a whole: the index of a file. */
	readonly cluster: number;
	/** Sums over `weight` units. */
	readonly before: number;
	readonly after: number;
	/** Holes, or tokens. */
	readonly weight: number;
}

/** Means per unit. */
export interface PairedDifference {
	readonly before: number;
	readonly after: number;
	/** after − before. */
	readonly difference: number;
	/** Ends of the 95 % interval of the difference. */
	readonly low: number;
	readonly high: number;
	readonly clusters: number;
}

const RESAMPLES = 10_000;
const SEED = 1;

/**
 * Draws as many clusters as there are, with replacement, 10,000 times (Efron 1979, percentile interval).
 * @throws RangeError for nothing to compare
 */
export function pairedDifference(pairs: readonly Pair[]): PairedDifference {
	const clusters = new Map<number, { before: number; after: number; weight: number }>();
	const all = { before: 0, after: 0, weight: 0 };
	for (const pair of pairs) {
		const own = clusters.get(pair.cluster) ?? { before: 0, after: 0, weight: 0 };
		clusters.set(pair.cluster, own);
		for (const sum of [own, all]) {
			sum.before += pair.before;
			sum.after += pair.after;
			sum.weight += pair.weight;
		}
	}
	if (all.weight <= 0) {
		throw new RangeError('There is nothing to compare: no pair has a weight.');
	}
	const sums = [...clusters.values()];
	const random = randomFrom(SEED);
	const differences = Array.from({ length: RESAMPLES }, () => {
		let gained = 0;
		let weight = 0;
		for (let draw = 0; draw < sums.length; draw++) {
			const sum = sums[Math.floor(random.next() * sums.length)];
			gained += (sum?.after ?? 0) - (sum?.before ?? 0);
			weight += sum?.weight ?? 0;
		}
		return gained / weight;
	});
	return {
		before: all.before / all.weight,
		after: all.after / all.weight,
		difference: (all.after - all.before) / all.weight,
		low: percentile(differences, 0.025) ?? Number.NaN,
		high: percentile(differences, 0.975) ?? Number.NaN,
		clusters: clusters.size,
	};
}
