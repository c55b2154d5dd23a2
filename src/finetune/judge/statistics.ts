/**
 * What a judge may conclude from pairs: intervals, tests and the power of a test. Pure, and the same for the same pairs.
 *
 * Paired differences, with the file as the cluster: Miller, "Adding Error Bars to Evals" (arXiv 2411.00640), sections 2 to 4.
 * The bootstrap takes whole files (Efron & Tibshirani, "An Introduction to the Bootstrap", chapters 8 and 13).
 */

import { type Random, randomFrom } from '../training/random';
import type { Compared, Interval } from './judgement';

/** Both sides on one span. */
export interface Pair {
	/** Spans of one cluster are drawn together: those of a file are alike. */
	readonly cluster: string;
	/** Sums: of losses over tokens, or 0 and 1. */
	readonly base: number;
	readonly adapter: number;
	/** What the sums are divided by: tokens, or 1. */
	readonly weight: number;
}

export interface Comparison extends Compared {
	/** Standard error of the difference, by the bootstrap. */
	readonly standardError: number;
}

const RESAMPLES = 10_000;
const SEED = 20_411;
/** Of a normal distribution, for 95 % on both sides. */
const Z = 1.959963984540054;

/** Means of both sides over all pairs, and the interval of their difference; all 0 without pairs. */
export function compare(pairs: readonly Pair[], resamples = RESAMPLES): Comparison {
	const clusters = sumsByCluster(pairs);
	const total = sumOf(clusters);
	const value = total.adapter - total.base;
	const drawn = resampled(clusters, resamples, randomFrom(SEED));
	const wider = widthOf(clusters.weight.length);
	const { low, high } = percentiles(drawn);
	return {
		base: total.base,
		adapter: total.adapter,
		difference: { value, low: value - wider * (value - low), high: value + wider * (high - value) },
		standardError: wider * deviation(drawn),
	};
}

/**
 * By how much an interval over few clusters is wider than the bootstrap has it: Student's t of one degree of freedom less
 * than there are clusters, over the normal distribution's (Cameron & Miller 2015, "A Practitioner's Guide to
 * Cluster-Robust Inference", section VI). The quantile by Abramowitz & Stegun 26.7.5: 0.1 % too low at 5, and 20 % at 1.
 */
function widthOf(clusters: number): number {
	const freedom = Math.max(1, clusters - 1);
	const terms = [
		(Z ** 3 + Z) / 4,
		(5 * Z ** 5 + 16 * Z ** 3 + 3 * Z) / 96,
		(3 * Z ** 7 + 19 * Z ** 5 + 17 * Z ** 3 - 15 * Z) / 384,
	];
	return terms.reduce((sum, term, index) => sum + term / freedom ** (index + 1), Z) / Z;
}

/** Neighbours that are drawn together: what else a machine does takes longer than one text. */
const NEIGHBOURS = 10;

/** Of the times of each side, the share that is quicker than what is compared. */
const QUICK = 0.2;

/**
 * The quick ones of both sides, at their first fifth, and their difference with its interval: for times. What else a machine
 * does makes some of them slow, and none quicker than the model is. Runs of neighbours are drawn, for what slows one down
 * slows the next (the circular block bootstrap of Politis & Romano 1992).
 */
export function compareQuick(pairs: readonly Pair[], resamples = RESAMPLES): Compared {
	const random = randomFrom(SEED);
	const times = {
		base: Float64Array.from(pairs, ({ base, weight }) => base / weight),
		adapter: Float64Array.from(pairs, ({ adapter, weight }) => adapter / weight),
	};
	const [base, adapter] = [quick(times.base), quick(times.adapter)];
	const places = new Int32Array(pairs.length);
	const drawn = Float64Array.from({ length: resamples }, () => {
		let start = 0;
		for (let index = 0; index < places.length; index++) {
			if (index % NEIGHBOURS === 0) {
				start = Math.floor(random.next() * places.length);
			}
			places[index] = (start + (index % NEIGHBOURS)) % places.length;
		}
		const of = (side: Float64Array) => quick(Float64Array.from(places, (place) => side[place] ?? 0));
		return of(times.adapter) - of(times.base);
	});
	return { base, adapter, difference: { value: adapter - base, ...percentiles(drawn) } };
}

/** The time of the first fifth; 0 of none. */
function quick(times: Float64Array): number {
	return times.toSorted()[Math.floor(QUICK * (times.length - 1))] ?? 0;
}

/** Wilson's 95 % interval of a share (E. B. Wilson 1927, without correction for continuity). */
export function wilson(hits: number, all: number): Interval {
	if (all === 0) {
		return { value: 0, low: 0, high: 1 };
	}
	const share = hits / all;
	const scale = 1 + Z ** 2 / all;
	const centre = (share + Z ** 2 / (2 * all)) / scale;
	const half = (Z / scale) * Math.sqrt((share * (1 - share)) / all + Z ** 2 / (4 * all ** 2));
	return { value: share, low: Math.max(0, centre - half), high: Math.min(1, centre + half) };
}

/**
 * Exact two-sided p of McNemar's test: how probable it is that two equal sides disagree so unequally (the binomial test of
 * the pairs that disagree; Dror et al., "The Hitchhiker's Guide to Testing Statistical Significance in NLP", ACL 2018).
 *
 * @param baseOnly pairs of which only the base is right.
 * @param adapterOnly pairs of which only the adapter is.
 */
export function mcNemar(baseOnly: number, adapterOnly: number): number {
	const all = baseOnly + adapterOnly;
	const fewer = Math.min(baseOnly, adapterOnly);
	let term = -all * Math.LN2;
	let tail = 0;
	for (let count = 0; count <= fewer; count++) {
		tail += Math.exp(term);
		term += Math.log((all - count) / (count + 1));
	}
	return Math.min(1, 2 * tail);
}

/**
 * How often a test at 5 % (two-sided) finds a true difference: Φ(δ/s − z) + Φ(−δ/s − z), the normal approximation
 * (Miller, section 5).
 *
 * @param difference δ, the true one.
 * @param standardError s, of the measured one; 0: everything is found.
 */
export function power(difference: number, standardError: number): number {
	if (standardError === 0) {
		return 1;
	}
	const distance = Math.abs(difference) / standardError;
	return normal(distance - Z) + normal(-distance - Z);
}

/** Share of a normal distribution below a value; error below 1.5e-7 (Abramowitz & Stegun 7.1.26). */
export function normal(value: number): number {
	const x = Math.abs(value) / Math.SQRT2;
	const t = 1 / (1 + 0.3275911 * x);
	const polynomial =
		t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))));
	const error = 1 - polynomial * Math.exp(-(x ** 2));
	return value < 0 ? (1 - error) / 2 : (1 + error) / 2;
}

/** Of each cluster, in lists of their own: they are added up millions of times. */
interface Sums {
	readonly base: Float64Array;
	readonly adapter: Float64Array;
	readonly weight: Float64Array;
}

function sumsByCluster(pairs: readonly Pair[]): Sums {
	const places = new Map<string, number>();
	for (const { cluster } of pairs) {
		places.set(cluster, places.get(cluster) ?? places.size);
	}
	const sums = {
		base: new Float64Array(places.size),
		adapter: new Float64Array(places.size),
		weight: new Float64Array(places.size),
	};
	for (const { cluster, base, adapter, weight } of pairs) {
		const at = places.get(cluster) ?? 0;
		sums.base[at] = (sums.base[at] ?? 0) + base;
		sums.adapter[at] = (sums.adapter[at] ?? 0) + adapter;
		sums.weight[at] = (sums.weight[at] ?? 0) + weight;
	}
	return sums;
}

function sumOf({ base, adapter, weight }: Sums): { readonly base: number; readonly adapter: number } {
	const all = weight.reduce((sum, one) => sum + one, 0);
	const mean = (sums: Float64Array) => (all === 0 ? 0 : sums.reduce((sum, one) => sum + one, 0) / all);
	return { base: mean(base), adapter: mean(adapter) };
}

/** Differences of the means of as many clusters, drawn with replacement. */
function resampled({ base, adapter, weight }: Sums, resamples: number, random: Random): Float64Array {
	const count = weight.length;
	const drawn = new Float64Array(resamples);
	for (let index = 0; index < resamples; index++) {
		let difference = 0;
		let all = 0;
		for (let draw = 0; draw < count; draw++) {
			const at = Math.floor(random.next() * count);
			difference += (adapter[at] ?? 0) - (base[at] ?? 0);
			all += weight[at] ?? 0;
		}
		drawn[index] = all === 0 ? 0 : difference / all;
	}
	return drawn;
}

/** The middle 95 %. */
function percentiles(drawn: Float64Array): Pick<Interval, 'low' | 'high'> {
	const sorted = drawn.toSorted();
	const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
	return { low: at(0.025), high: at(0.975) };
}

function deviation(values: Float64Array): number {
	const mean = values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
	const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
	return Math.sqrt(squares / Math.max(1, values.length - 1));
}
