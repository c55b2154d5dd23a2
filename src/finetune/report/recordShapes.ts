/** Guard for a record that is read back from disk. */

import { type Check, count, list, number, object, optional, shortString } from '../../inference/wire/shapes';
import { isTrainingSettings } from '../job/messageShapes';
import { isJudgement } from '../judge/judgementFile';
import { isLearningCurve } from '../learningCurve/curve';
import { isDataSummary } from './dataSummary';
import type { AdapterRecord, TrainingCost } from './record';

/** Points of a curve that are kept. */
const MOST_POINTS = 4_000;

const isOne: Check<1> = (value): value is 1 => value === 1;

const cost = object<TrainingCost>({
	steps: count,
	tokens: number,
	seconds: number,
	skipped: optional(count),
	peakBytes: optional(number),
});

export const isAdapterRecord = object<AdapterRecord>({
	version: isOne,
	adapter: shortString,
	name: shortString,
	notes: shortString,
	created: number,
	base: object({ name: shortString, fingerprint: optional(shortString) }),
	data: optional(isDataSummary),
	settings: optional(isTrainingSettings),
	versions: object({
		trainer: optional(shortString),
		engine: optional(shortString),
		promptFormat: optional(count),
	}),
	heldOut: optional(object({ before: number, after: number })),
	losses: list(object({ step: count, loss: number }), MOST_POINTS),
	evaluations: list(object({ step: count, loss: number, tokens: number }), MOST_POINTS),
	cost: optional(cost),
	continued: optional(object({ adapter: shortString, name: shortString })),
	judgement: optional(isJudgement),
	learningCurve: optional(isLearningCurve),
});
