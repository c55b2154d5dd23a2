/** The panel's tables: figures of the run, estimate and settings. */

import * as path from 'node:path';
import { formatBytes, formatParameters, type Translate } from '../../inference/statusText';
import type { Estimate, Progress } from '../job/messages';
import type { RunView } from '../job/runRecord';
import type { TrainingSettings } from '../settings';
import { formatCount, formatDuration, formatLoss } from './format';
import type { Row } from './protocol';

export function figureRows(view: RunView, isLive: boolean, translate: Translate): readonly Row[] {
	const { progress, result } = view;
	if (result !== undefined) {
		return [
			{ label: translate('Steps'), value: formatCount(result.steps) },
			{ label: translate('Tokens'), value: formatCount(result.tokens) },
			{ label: translate('Time'), value: formatDuration(result.seconds, translate) },
			{ label: translate('Peak memory'), value: formatBytes(result.peakBytes) },
			...(result.skipped === 0
				? []
				: [{ label: translate('Steps skipped'), value: formatCount(result.skipped) }]),
		];
	}
	return progress === undefined ? [] : progressRows(progress, isLive, translate);
}

function progressRows(progress: Progress, isLive: boolean, translate: Translate): readonly Row[] {
	const { step, steps, tokens, tokensPerSecond, secondsLeft, loss } = progress;
	return [
		{ label: translate('Step'), value: translate('{0} of {1}', formatCount(step), formatCount(steps)) },
		...(isLive ? [{ label: translate('Time left'), value: formatDuration(secondsLeft, translate) }] : []),
		{ label: translate('Tokens a second'), value: formatCount(tokensPerSecond) },
		{ label: translate('Tokens'), value: formatCount(tokens) },
		...(loss === undefined ? [] : [{ label: translate('Training loss'), value: formatLoss(loss) }]),
	];
}

export function estimateRows(estimate: Estimate, translate: Translate): readonly Row[] {
	const { device, threads, total, free, parameters, tokens, steps, rowsPerStep } = estimate;
	const { stepMilliseconds, lookMilliseconds = 0 } = estimate;
	return [
		{ label: translate('Device'), value: device },
		{ label: translate('Threads'), value: String(threads) },
		{
			label: translate('Memory'),
			value: translate('{0} of {1} free', formatBytes(total), formatBytes(free)),
		},
		{ label: translate('Trained numbers'), value: formatParameters(parameters) },
		{ label: translate('Tokens'), value: formatCount(tokens) },
		{ label: translate('Steps'), value: formatCount(steps) },
		...(rowsPerStep === undefined
			? []
			: [{ label: translate('Rows a step'), value: formatCount(rowsPerStep) }]),
		...(stepMilliseconds === undefined
			? []
			: [
					{
						label: translate('Time'),
						value: translate(
							'about {0}',
							formatDuration((steps * stepMilliseconds + lookMilliseconds) / 1000, translate),
						),
					},
				]),
		...(estimate.gradientCheckpointing
			? [{ label: translate('Gradient checkpointing'), value: translate('on, to save memory') }]
			: []),
	];
}

/** @param basePath Absolute path of the base model's GGUF. */
export function settingRows(
	basePath: string,
	settings: TrainingSettings,
	translate: Translate,
): readonly Row[] {
	const { rank, alpha, targets, learningRate, sequenceLength, rowsPerStep, epochs, minutes } = settings;
	return [
		{ label: translate('Base model'), value: path.basename(basePath) },
		{ label: translate('Rank, alpha'), value: `${rank}, ${alpha}` },
		{ label: translate('Matrices'), value: targets.join(', ') },
		{ label: translate('Learning rate'), value: learningRate.toExponential() },
		{ label: translate('Tokens a row'), value: String(sequenceLength) },
		{
			label: translate('Rows a step'),
			value: rowsPerStep === 'auto' ? translate('by the amount of data') : String(rowsPerStep),
		},
		{ label: translate('Passes over the data'), value: String(epochs) },
		{
			label: translate('Time limit'),
			value: minutes === 0 ? translate('none') : formatDuration(minutes * 60, translate),
		},
		{ label: translate('Seed'), value: String(settings.seed) },
	];
}
