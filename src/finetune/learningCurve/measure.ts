/** Measures a learning curve: two more runs on parts of the data, each with as many steps a token as the whole run had. */

import { throwIfAborted } from '../../inference/cancel';
import type { Evaluation, Finished, RunOrder } from '../job/messages';
import { compare } from '../judge/statistics';
import type { CurvePoint, Fit, LearningCurve, TimeFacts } from './curve';
import { fitPowerLaw } from './powerLaw';

/** Of the data: the short runs, the shorter one first. */
export const SHARES = [0.25, 0.5] as const;

/** Time that the short runs take, of that of the run on all data. */
export const TIME_SHARE = SHARES[0] + SHARES[1];

/** Least epochs that settings can have. */
const LEAST_EPOCHS = 0.001;

/** Held-out files below which files are too few to say by how much losses differ by chance. */
const FEWEST_FILES = 4;
/** Of the bootstrap: a moment for thousands of files, too. */
const RESAMPLES = 2_000;

/** The run on all data, as it ended. */
export interface WholeRun {
	/** Its order. The dataset must still be there. */
	readonly order: RunOrder;
	readonly result: Finished;
	/** Rows of a step, of its estimate. */
	readonly rowsPerStep: number;
	/** Its looks at the held-out loss. */
	readonly looks: readonly Pick<Evaluation, 'step' | 'loss'>[];
}

/** Trains on a share of the data with these settings. @throws Error with a message for the user; an AbortError. */
export type Train = (share: number, settings: RunOrder['settings'], signal: AbortSignal) => Promise<Finished>;

/** Trains on a quarter and on half of the data. @throws what `train` throws; an AbortError. */
export async function measureCurve(
	whole: WholeRun,
	train: Train,
	signal: AbortSignal,
): Promise<LearningCurve> {
	const { order, result, rowsPerStep } = whole;
	// What the whole run did in its time, whatever it was asked for: the same passes, rows and so steps a token.
	const epochs = Math.max(LEAST_EPOCHS, epochsDone(result));
	const settings = { ...order.settings, epochs, rowsPerStep, minutes: 0, evaluateEvery: 0 };
	const short: Finished[] = [];
	for (const share of SHARES) {
		throwIfAborted(signal);
		short.push(await train(share, settings, signal));
	}
	throwIfAborted(signal);
	const points = [...short.map((one, index) => pointOf(SHARES[index] ?? 1, one)), pointOf(1, result)];
	return {
		version: 1,
		points,
		fit: fitOf(points, short[0]?.after, result.after),
		time: timeFacts(whole, epochs),
		milliseconds: short.reduce((sum, { seconds }) => sum + seconds * 1_000, 0),
	};
}

/** A law is fitted to what is more than chance. */
function fitOf(points: readonly CurvePoint[], least: Evaluation | undefined, all: Evaluation): Fit {
	const pairs = Object.entries(least?.byFile ?? {}).flatMap(([file, [sum, tokens]]) => {
		const [adapter] = all.byFile[file] ?? [];
		return adapter === undefined || tokens === 0
			? []
			: [{ cluster: file, base: sum, adapter, weight: tokens }];
	});
	if (pairs.length < FEWEST_FILES) {
		return { type: 'refused', reason: 'files' };
	}
	return compare(pairs, RESAMPLES).difference.high < 0
		? fitPowerLaw(points)
		: { type: 'refused', reason: 'noise' };
}

/** Rows that have nothing to learn are not trained on, so that a whole pass may have a little less than all tokens. */
function epochsDone({ tokens, dataTokens }: Finished): number {
	return dataTokens === undefined || dataTokens === 0 ? 1 : tokens / dataTokens;
}

function pointOf(share: number, { after, tokens, dataTokens = tokens }: Finished): CurvePoint {
	return { share, tokens: Math.min(tokens, dataTokens), loss: after.loss };
}

function timeFacts({ order, result, looks }: WholeRun, epochs: number): TimeFacts {
	const last = result.after.loss;
	// The first look that falls into the last quarter begins it.
	const begin = looks.find(({ step }) => step >= 0.75 * result.steps && step < result.steps);
	return {
		done: Math.min(1, epochs / order.settings.epochs),
		lastQuarter: begin === undefined ? 0 : Math.max(0, (begin.loss - last) / begin.loss),
	};
}
