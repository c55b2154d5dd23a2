/** What a learning curve advises: more code, more time, both, or neither. */

import type { Translate } from '../../inference/statusText';
import type { LearningCurve, PowerLaw } from './curve';
import { expectedLoss } from './powerLaw';

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
		return { type: 'unknown', dataGain: undefined, timeGain: undefined, isProven: false };
	}
	const dataGain = 1 - fit.doubled.loss / expectedLoss(fit, last.tokens);
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
	const { fit } = curve;
	if (fit.type === 'refused') {
		return [
			fit.reason === 'few'
				? translate('Nothing can be said of more data: it takes runs on a quarter, half and all of it.')
				: translate(
						'Nothing can be said of more data: the loss did not fall each time that more of it was learned from. There is too little data for that, or the run was too short.',
					),
		];
	}
	const { low, high, loss } = fit.doubled;
	const prediction = translate(
		'Twice the code would bring the loss to about {0}, {1} % lower (95 %: {2} to {3}, from {4} runs).',
		loss.toFixed(3),
		((advice.dataGain ?? 0) * 100).toFixed(1),
		low.toFixed(3),
		high.toFixed(3),
		curve.points.length,
	);
	return [
		adviceText(advice, translate),
		prediction,
		...(advice.isProven || advice.type === 'time' || advice.type === 'neither'
			? []
			: [translate('So few runs do not prove it: the interval reaches above the loss of today.')]),
	];
}

function adviceText({ type }: Advice, translate: Translate): string {
	switch (type) {
		case 'data':
			return translate('More data would help: open more repositories.');
		case 'time':
			return translate('More time would help: the loss was still falling, or code was left unseen.');
		case 'both':
			return translate('More data would help, and more time.');
		case 'neither':
			return translate('Neither more data nor more time would bring much.');
		case 'unknown':
			return translate('Nothing can be said of more data.');
	}
}
