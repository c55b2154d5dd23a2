/** Loss by the amount of data, and what it promises: plain data, kept beside the adapter. Types, and their guard. */

import { readJson } from '../../inference/jsonFile';
import { writeWhole } from '../../inference/wholeFile';
import { anyOf, type Check, count, list, literal, number, object } from '../../inference/wire/shapes';

/** One run on a part of the data. */
export interface CurvePoint {
	/** Of the data to learn from, 0 to 1. */
	readonly share: number;
	/** Tokens of it that were seen, each counted once. */
	readonly tokens: number;
	/** Held-out loss after the run, in nats per token. */
	readonly loss: number;
}

/**
 * L(D) = (Dc / D)^alpha (Kaplan et al. 2020, "Scaling Laws for Neural Language Models", section 1.2), by least squares of
 * log L on log D.
 */
export interface PowerLaw {
	readonly type: 'fitted';
	readonly alpha: number;
	/** Natural logarithm of Dc: the number itself may be larger than any that can be written. */
	readonly logCritical: number;
	/** Expected loss with twice the tokens, with its 95 % prediction interval. Three points make it wide. */
	readonly doubled: {
		readonly tokens: number;
		readonly loss: number;
		readonly low: number;
		readonly high: number;
	};
}

/**
 * `few`: less than three points. `files`: too few held-out files to tell a gain from chance. `noise`: the loss on all data is
 * not lower than that on the least by more than chance. `not-monotone`: more data did not bring a lower loss every time; a
 * line would lie.
 */
export interface NoPowerLaw {
	readonly type: 'refused';
	readonly reason: 'few' | 'files' | 'noise' | 'not-monotone';
}

export type Fit = PowerLaw | NoPowerLaw;

/** How the run on all data ended. */
export interface TimeFacts {
	/** Share of the training that was planned and done; below 1 where the time ended it. */
	readonly done: number;
	/** Share of the loss that the last quarter of the steps took off; 0 where it was not measured. */
	readonly lastQuarter: number;
}

export interface LearningCurve {
	/** Layout. */
	readonly version: 1;
	/** From the smallest share to all. */
	readonly points: readonly CurvePoint[];
	readonly fit: Fit;
	readonly time: TimeFacts;
	/** Milliseconds that the extra runs took. */
	readonly milliseconds: number;
}

const point = object<CurvePoint>({ share: number, tokens: count, loss: number });

const fit: Check<Fit> = anyOf(
	object<PowerLaw>({
		type: literal('fitted'),
		alpha: number,
		logCritical: number,
		doubled: object<PowerLaw['doubled']>({ tokens: count, loss: number, low: number, high: number }),
	}),
	object<NoPowerLaw>({
		type: literal('refused'),
		reason: literal('few', 'files', 'noise', 'not-monotone'),
	}),
);

export const isLearningCurve = object<LearningCurve>({
	version: (value): value is 1 => value === 1,
	points: list(point, 100),
	fit,
	time: object<TimeFacts>({ done: number, lastQuarter: number }),
	milliseconds: number,
});

/** @param adapterPath absolute path of the adapter's GGUF. */
export function curveFile(adapterPath: string): string {
	return `${adapterPath.replace(/\.gguf$/i, '')}.learning-curve.json`;
}

/** @throws the error of the disk. */
export function writeCurve(adapterPath: string, curve: LearningCurve): Promise<void> {
	return writeWhole(curveFile(adapterPath), JSON.stringify(curve, undefined, '\t'));
}

/** Undefined where there is none, or none that can be read. */
export function readCurve(adapterPath: string): Promise<LearningCurve | undefined> {
	return readJson(curveFile(adapterPath), isLearningCurve);
}
