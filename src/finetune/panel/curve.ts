/** The losses of a run as one table by step: measured, smoothed, and those of held-out code. */

import type { LossPoint } from '../job/lossCurve';
import type { EvaluationPoint } from '../job/runRecord';
import type { Curve } from './protocol';

/** Share of all points over which the smooth curve looks back. */
const WINDOW_SHARE = 0.05;
/** Least points of that window: less would not smooth anything. */
const LEAST_WINDOW = 4;

/**
 * Exponential moving average, corrected for its start (Adam's correction: Kingma and Ba 2015), so that the first
 * points are not drawn towards zero.
 */
export function smoothed(losses: readonly number[]): readonly number[] {
	const window = Math.max(LEAST_WINDOW, losses.length * WINDOW_SHARE);
	const keep = 1 - 2 / (window + 1);
	let sum = 0;
	let weight = 0;
	return losses.map((loss) => {
		sum = keep * sum + (1 - keep) * loss;
		weight = keep * weight + (1 - keep);
		return sum / weight;
	});
}

export function curveOf(losses: readonly LossPoint[], evaluations: readonly EvaluationPoint[]): Curve {
	const smooth = smoothed(losses.map((point) => point.loss));
	const train = new Map(
		losses.map((point, index) => [point.step, { loss: point.loss, smooth: smooth[index] }]),
	);
	const heldOut = new Map(evaluations.map((point) => [point.step, point.loss]));
	const steps = [...new Set([...train.keys(), ...heldOut.keys()])].sort((one, other) => one - other);
	return {
		steps,
		train: steps.map((step) => train.get(step)?.loss ?? null),
		smooth: steps.map((step) => train.get(step)?.smooth ?? null),
		heldOut: steps.map((step) => heldOut.get(step) ?? null),
	};
}
