/** What a learning curve advises: more code, more training, both, or neither; or that nobody can tell. */

import type { Translate } from '../../inference/statusText';
import type { LearningCurve, NoPowerLaw, PowerLaw } from './curve';

/** Share of the loss below which nobody sees a gain in completions. */
const LEAST_GAIN = 0.01;
/** A run that did so much of what was planned was not cut short. */
const WHOLE = 0.95;

export interface Advice {
	readonly type: 'data' | 'time' | 'both' | 'neither' | 'unknown';
	/** Share of the loss that twice the code would take off; undefined where nothing tells. */
	readonly dataGain: number | undefined;
	/** Share of the loss that more time would take off, at least; undefined where nothing tells. */
	readonly timeGain: number | undefined;
	/** Whether the interval of the prediction lies below the loss that was reached. */
	readonly isProven: boolean;
}

export function adviceOf({ points, fit, time }: LearningCurve): Advice {
	const last = points.at(-1);
	if (fit.type === 'refused' || last === undefined) {
		// That the loss still fell at the end is known without a law.
		const type = time.lastQuarter >= LEAST_GAIN ? 'time' : 'unknown';
		return {
			type,
			dataGain: undefined,
			timeGain: type === 'time' ? time.lastQuarter : undefined,
			isProven: false,
		};
	}
	const dataGain = 1 - 2 ** -fit.alpha;
	const timeGain = Math.max(unseenGain(fit, time.done), time.lastQuarter);
	const helps = { data: dataGain >= LEAST_GAIN, time: timeGain >= LEAST_GAIN };
	return {
		type: helps.data && helps.time ? 'both' : helps.data ? 'data' : helps.time ? 'time' : 'neither',
		dataGain,
		timeGain,
		isProven: fit.doubled.high < last.loss,
	};
}

/** What the code would bring that the run had no time for. */
function unseenGain({ alpha }: PowerLaw, done: number): number {
	return done < WHOLE && done > 0 ? 1 - done ** alpha : 0;
}

/** One sentence each, the advice first. */
export function adviceTexts(curve: LearningCurve, translate: Translate): readonly string[] {
	const advice = adviceOf(curve);
	const { fit, points } = curve;
	const last = points.at(-1);
	if (fit.type === 'refused' || last === undefined) {
		return [
			...(advice.type === 'time' ? [adviceText(advice, translate)] : []),
			fit.type === 'refused'
				? refusalText(fit, translate)
				: translate('Whether more code would help cannot be told.'),
		];
	}
	const { low, high } = fit.doubled;
	const gain = advice.dataGain ?? 0;
	const prediction = translate(
		'Twice the code is expected to give {0} instead of {1}, {2} % lower (95 %: {3} to {4}, from {5} runs).',
		(last.loss * (1 - gain)).toFixed(3),
		last.loss.toFixed(3),
		(gain * 100).toFixed(1),
		low.toFixed(3),
		high.toFixed(3),
		points.length,
	);
	return [
		adviceText(advice, translate),
		prediction,
		...(advice.isProven || advice.type === 'time' || advice.type === 'neither'
			? []
			: [translate('So few runs do not prove it: the interval reaches above the loss of today.')]),
	];
}

function refusalText({ reason }: NoPowerLaw, translate: Translate): string {
	switch (reason) {
		case 'few':
			return translate(
				'Whether more code would help cannot be told: it takes runs on a quarter, half and all of it.',
			);
		case 'files':
			return translate(
				'Whether more code would help cannot be told: too few files are held out to know what is chance.',
			);
		case 'noise':
			return translate(
				'Whether more code would help cannot be told: all of the data gave no lower loss than a quarter of it, beyond chance.',
			);
		case 'not-monotone':
			return translate(
				'Whether more code would help cannot be told: the loss did not fall each time that more of it was learned from. There is too little data for that, or the run was too short.',
			);
	}
}

function adviceText({ type }: Advice, translate: Translate): string {
	switch (type) {
		case 'data':
			return translate('More data would help: open more repositories.');
		case 'time':
			return translate(
				'More passes would help: the loss was still falling at the end, or code was left unseen. Give it more time.',
			);
		case 'both':
			return translate('More data would help, and more passes over it.');
		case 'neither':
			return translate('Neither more data nor more passes would bring much.');
		case 'unknown':
			return translate('Whether more code would help cannot be told.');
	}
}
