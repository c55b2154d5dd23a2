/** Whether the suggestions of an adapter are accepted as often as those of its base: two shares, and their difference. */

import type { Interval } from '../judge/judgement';

/** What was counted of suggestions, by the adapters that wrote them; the statistics know. */
export interface AcceptanceCounts {
	/** Names of the adapters' files without their ending, joined by `+`; empty for the model alone. */
	readonly adapter: string;
	/** Name of the model. */
	readonly model: string;
	/** Suggestions that were shown, and of those accepted as a whole. */
	readonly shown: number;
	readonly accepted: number;
	/** Accepted texts that were looked for two minutes later, and of those found. */
	readonly checked: number;
	readonly kept: number;
}

export interface Acceptance {
	readonly base: AcceptanceCounts;
	readonly adapter: AcceptanceCounts;
	/** Share of the adapter minus that of the base; undefined where either has shown too few to tell. */
	readonly difference: Interval | undefined;
}

/** Suggestions of each side below which nothing is concluded: with 200, a share of 30 % is known to ±6 points. */
export const LEAST_SHOWN = 200;
/** Of the normal distribution, for an interval of 95 %. */
const Z = 1.959964;

/**
 * @param id Name of the adapter's file without its ending: only what it wrote alone counts.
 * @param model Name of the base, as the statistics have it; undefined: of all models that the adapter ran on.
 */
export function acceptanceOf(
	counts: readonly AcceptanceCounts[],
	id: string,
	model: string | undefined,
): Acceptance {
	const own = counts.filter((one) => one.adapter === id && (model === undefined || one.model === model));
	const models = new Set(own.map((one) => one.model));
	const adapter = sumOf(own, id, model ?? '');
	const base = sumOf(
		counts.filter((one) => one.adapter === '' && models.has(one.model)),
		'',
		model ?? '',
	);
	const isEnough = adapter.shown >= LEAST_SHOWN && base.shown >= LEAST_SHOWN;
	return { base, adapter, difference: isEnough ? differenceOf(adapter, base) : undefined };
}

/** Worse with confidence: all of the interval is below zero. */
export function isWorse({ difference }: Acceptance): boolean {
	return difference !== undefined && difference.high < 0;
}

/**
 * The 95 % interval of a difference of two independent shares: Newcombe's hybrid of two score intervals (Statistics in
 * Medicine 17, 1998, method 10), which holds for small numbers and shares near 0 too.
 */
export function differenceOf(
	one: Pick<AcceptanceCounts, 'shown' | 'accepted'>,
	other: Pick<AcceptanceCounts, 'shown' | 'accepted'>,
): Interval {
	const p1 = shareOf(one);
	const p2 = shareOf(other);
	const [low1, high1] = scoreInterval(p1, one.shown);
	const [low2, high2] = scoreInterval(p2, other.shown);
	return {
		value: p1 - p2,
		low: p1 - p2 - Math.hypot(p1 - low1, high2 - p2),
		high: p1 - p2 + Math.hypot(high1 - p1, p2 - low2),
	};
}

/** Wilson's (1927) interval of a share of n. */
function scoreInterval(share: number, n: number): readonly [low: number, high: number] {
	const squared = Z ** 2;
	const middle = (share + squared / (2 * n)) / (1 + squared / n);
	const half = (Z / (1 + squared / n)) * Math.sqrt((share * (1 - share)) / n + squared / (4 * n ** 2));
	return [middle - half, middle + half];
}

/** 0 to 1: what was taken up from the cache may be accepted before it counts as shown. */
export function shareOf({ shown, accepted }: Pick<AcceptanceCounts, 'shown' | 'accepted'>): number {
	return shown === 0 ? 0 : Math.min(1, accepted / shown);
}

function sumOf(counts: readonly AcceptanceCounts[], adapter: string, model: string): AcceptanceCounts {
	const total = (of: 'shown' | 'accepted' | 'checked' | 'kept') =>
		counts.reduce((sum, one) => sum + one[of], 0);
	return {
		adapter,
		model,
		shown: total('shown'),
		accepted: total('accepted'),
		checked: total('checked'),
		kept: total('kept'),
	};
}
