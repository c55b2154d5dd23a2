/** Guards for everything that crosses the trainer's channel or is read back from a run's folder. */

import { isRecord } from '../../inference/record';
import {
	anyOf,
	boolean,
	type Check,
	count,
	list,
	literal,
	number,
	object,
	optional,
	shortString,
} from '../../inference/wire/shapes';
import { isDataSummary } from '../report/dataSummary';
import { TARGETS, type TrainingSettings } from '../settings';
import {
	type Estimate,
	type Evaluation,
	type ExportOrder,
	type Finished,
	type FromTrainer,
	type ImportOrder,
	LOG_LEVELS,
	PHASES,
	type Progress,
	type RunOrder,
	type ToTrainer,
} from './messages';

/** Most files of a dataset, notes of an import. */
const MAX_ENTRIES = 1_000_000;

/** Ranges are the business of `settingsProblem`. */
export const isTrainingSettings = object<TrainingSettings>({
	rank: count,
	alpha: number,
	rankStabilised: boolean,
	dropout: number,
	targets: list(literal(...TARGETS), TARGETS.length),
	topLayers: count,
	learningRate: number,
	learningRateRatioB: number,
	weightDecay: number,
	beta1: number,
	beta2: number,
	epsilon: number,
	clipNorm: number,
	warmupShare: number,
	endWeight: optional(number),
	sequenceLength: count,
	rowsPerStep: anyOf(count, literal('auto')),
	epochs: number,
	minutes: number,
	seed: count,
	gradientCheckpointing: literal('auto', 'on', 'off'),
	evaluateEvery: anyOf(count, literal('auto')),
	checkpointMinutes: number,
	backend: literal('auto', 'cpu', 'cuda', 'vulkan', 'metal'),
	threads: count,
});

function one(value: unknown): value is 1 {
	return value === 1;
}

export const runOrder = object<RunOrder>({
	version: one,
	runFolder: shortString,
	basePath: shortString,
	datasetPath: shortString,
	adapterFolder: shortString,
	cacheFolder: shortString,
	name: shortString,
	settings: isTrainingSettings,
	workspace: optional(shortString),
	data: optional(isDataSummary),
	from: optional(shortString),
	share: optional(number),
});

export const toTrainer: Check<ToTrainer> = anyOf(
	object<Extract<ToTrainer, { type: 'start' }>>({ type: literal('start'), order: runOrder, resume: boolean }),
	object<Extract<ToTrainer, { type: 'pause' }>>({
		type: literal('pause'),
		reason: literal('user', 'battery'),
	}),
	object<Extract<ToTrainer, { type: 'resume' }>>({ type: literal('resume') }),
	object<Extract<ToTrainer, { type: 'cancel' }>>({ type: literal('cancel') }),
	object<Extract<ToTrainer, { type: 'yield' }>>({ type: literal('yield'), busy: boolean }),
	object<ImportOrder>({
		type: literal('import'),
		from: shortString,
		basePath: shortString,
		adapterFolder: shortString,
		cacheFolder: shortString,
		name: shortString,
	}),
	object<ExportOrder>({
		type: literal('export'),
		adapterPath: shortString,
		basePath: shortString,
		toFolder: shortString,
	}),
);

const estimate = object<Estimate>({
	device: shortString,
	threads: count,
	weights: number,
	optimiser: number,
	activations: number,
	total: number,
	free: number,
	gradientCheckpointing: boolean,
	parameters: number,
	tokens: number,
	steps: count,
	rowsPerStep: optional(count),
	stepMilliseconds: optional(number),
	lookMilliseconds: optional(number),
});

const progress = object<Progress>({
	step: count,
	steps: count,
	loss: optional(number),
	learningRate: number,
	gradientNorm: number,
	tokens: number,
	tokensPerSecond: number,
	secondsLeft: number,
});

function byFile(value: unknown): value is Evaluation['byFile'] {
	if (!isRecord(value)) {
		return false;
	}
	const sums = Object.values(value);
	return (
		sums.length <= MAX_ENTRIES &&
		sums.every((sum) => Array.isArray(sum) && sum.length === 2 && sum.every(number))
	);
}

export const evaluation = object<Evaluation>({ step: count, loss: number, tokens: number, byFile });

export const finished = object<Finished>({
	adapterPath: shortString,
	before: evaluation,
	after: evaluation,
	steps: count,
	tokens: number,
	seconds: number,
	skipped: count,
	peakBytes: number,
	role: optional(literal('completion', 'chat')),
	dataTokens: optional(number),
});

type Message<Type extends FromTrainer['type']> = Extract<FromTrainer, { type: Type }>;

export const fromTrainer: Check<FromTrainer> = anyOf(
	object<Message<'phase'>>({ type: literal('phase'), phase: literal(...PHASES), detail: shortString }),
	object<Message<'estimate'>>({ type: literal('estimate'), estimate }),
	object<Message<'progress'>>({ type: literal('progress'), progress }),
	object<Message<'evaluation'>>({ type: literal('evaluation'), evaluation }),
	object<Message<'checkpoint'>>({ type: literal('checkpoint'), step: count, path: shortString }),
	object<Message<'paused'>>({ type: literal('paused'), reason: literal('user', 'battery', 'busy') }),
	object<Message<'running'>>({ type: literal('running') }),
	object<Message<'cancelled'>>({ type: literal('cancelled') }),
	object<Message<'log'>>({ type: literal('log'), level: literal(...LOG_LEVELS), text: shortString }),
	object<Message<'finished'>>({ type: literal('finished'), result: finished }),
	object<Message<'imported'>>({
		type: literal('imported'),
		adapterPath: shortString,
		notes: list(shortString, MAX_ENTRIES),
	}),
	object<Message<'exported'>>({ type: literal('exported'), folder: shortString }),
	object<Message<'failed'>>({
		type: literal('failed'),
		code: shortString,
		message: shortString,
		resumable: boolean,
	}),
);
