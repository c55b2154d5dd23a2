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

/** Of two means. */
export interface PairedRatio {
	/** after / before; Infinity where there was nothing before. */
	readonly ratio: number;
	/** Ends of the 95 % interval of the ratio. */
	readonly low: number;
	readonly high: number;
}

const RESAMPLES = 10_000;
const SEED = 1;

/** Sums over pairs. */
interface Sums {
	readonly before: number;
	readonly after: number;
	readonly weight: number;
}

/**
 * Draws as many clusters as there are, with replacement, 10,000 times (Efron 1979, percentile interval).
 * @throws RangeError for nothing to compare
 */
export function pairedDifference(pairs: readonly Pair[]): PairedDifference {
	const { all, clusters, low, high } = bootstrap(
		pairs,
		({ before, after, weight }) => (after - before) / weight,
	);
	return {
		before: all.before / all.weight,
		after: all.after / all.weight,
		difference: (all.after - all.before) / all.weight,
		low,
		high,
		clusters,
	};
}

/** The same of the ratio of the means. @throws RangeError for nothing to compare */
export function pairedRatio(pairs: readonly Pair[]): PairedRatio {
	const { all, low, high } = bootstrap(pairs, ratioOf);
	return { ratio: ratioOf(all), low, high };
}

/** 1 where there is nothing on both sides. */
function ratioOf({ before, after }: Sums): number {
	return before === 0 && after === 0 ? 1 : after / before;
}

function bootstrap(pairs: readonly Pair[], measure: (sums: Sums) => number) {
	const members = new Map<number, Pair[]>();
	for (const pair of pairs) {
		members.set(pair.cluster, [...(members.get(pair.cluster) ?? []), pair]);
	}
	const clusters = [...members.values()].map(sumOf);
	const all = sumOf(clusters);
	if (all.weight <= 0) {
		throw new RangeError('There is nothing to compare: no pair has a weight.');
	}
	const random = randomFrom(SEED);
	const measured = Array.from({ length: RESAMPLES }, () =>
		measure(sumOf(clusters.map((own) => clusters[Math.floor(random.next() * clusters.length)] ?? own))),
	);
	return {
		all,
		clusters: clusters.length,
		low: percentile(measured, 0.025) ?? Number.NaN,
		high: percentile(measured, 0.975) ?? Number.NaN,
	};
}

function sumOf(parts: readonly Sums[]): Sums {
	let [before, after, weight] = [0, 0, 0];
	for (const part of parts) {
		before += part.before;
		after += part.after;
		weight += part.weight;
	}
	return { before, after, weight };
}
