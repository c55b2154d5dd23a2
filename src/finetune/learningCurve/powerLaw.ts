/** Fits a power law to losses by the amount of data, and says how little three points know. */

import type { CurvePoint, Fit, PowerLaw } from './curve';

/** Fewer leave nothing to tell a wrong line from a right one. */
const FEWEST_POINTS = 3;

/** 97.5 % quantiles of Student's t by degrees of freedom, from 1; more points than these are near the normal's. */
const STUDENT = [12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228];
const NORMAL = 1.96;

/** Losses and tokens are above 0. */
export function fitPowerLaw(points: readonly CurvePoint[]): Fit {
	const sorted = [...points].sort((one, other) => one.tokens - other.tokens);
	if (sorted.length < FEWEST_POINTS) {
		return { type: 'refused', reason: 'few' };
	}
	const falls = sorted.every(({ tokens, loss }, index) => {
		const before = sorted[index - 1];
		return before === undefined || (loss < before.loss && tokens > before.tokens);
	});
	if (!falls) {
		return { type: 'refused', reason: 'not-monotone' };
	}
	const xs = sorted.map(({ tokens }) => Math.log(tokens));
	const ys = sorted.map(({ loss }) => Math.log(loss));
	const count = xs.length;
	const meanX = mean(xs);
	const meanY = mean(ys);
	const spread = sum(xs.map((x) => (x - meanX) ** 2));
	const slope = sum(xs.map((x, index) => (x - meanX) * ((ys[index] ?? 0) - meanY))) / spread;
	const at = (x: number) => meanY + slope * (x - meanX);
	const squares = sum(xs.map((x, index) => ((ys[index] ?? 0) - at(x)) ** 2));
	const tokens = 2 * (sorted.at(-1)?.tokens ?? 0);
	const x = Math.log(tokens);
	const deviation = Math.sqrt((squares / (count - 2)) * (1 + 1 / count + (x - meanX) ** 2 / spread));
	const margin = (STUDENT[count - 3] ?? NORMAL) * deviation;
	return {
		type: 'fitted',
		alpha: -slope,
		// log L = alpha·log Dc − alpha·log D.
		logCritical: meanX - meanY / slope,
		doubled: {
			tokens,
			loss: Math.exp(at(x)),
			low: Math.exp(at(x) - margin),
			high: Math.exp(at(x) + margin),
		},
	};
}

/** Nats per token that the law expects of so many tokens. */
export function expectedLoss({ alpha, logCritical }: PowerLaw, tokens: number): number {
	return Math.exp(alpha * (logCritical - Math.log(tokens)));
}

function sum(values: readonly number[]): number {
	return values.reduce((total, value) => total + value, 0);
}

function mean(values: readonly number[]): number {
	return sum(values) / values.length;
}
