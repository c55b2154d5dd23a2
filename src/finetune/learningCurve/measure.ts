/** Measures a learning curve: two more runs on parts of the data, each with as many steps a token as the whole run had. */

import * as fs from 'node:fs/promises';
import * as path from 'node:path';
import { throwIfAborted } from '../../inference/cancel';
import { readDataset, writeDataset } from '../dataset/datasetFile';
import type { Dataset } from '../dataset/sample';
import type { Evaluation, Finished, RunOrder } from '../job/messages';
import { type CurvePoint, type LearningCurve, type TimeFacts, writeCurve } from './curve';
import { fitPowerLaw } from './powerLaw';
import { subsetOf } from './subset';

/** Of the data: the short runs, the shorter one first. */
const SHARES = [0.25, 0.5] as const;

/** Share of the time that was given which the run on all data may take, so that all three end in it. */
const WHOLE_SHARE = 1 / (1 + SHARES[0] + SHARES[1]);

/** Least epochs that settings can have. */
const LEAST_EPOCHS = 0.001;

/** Minutes of the run on all data, where a learning curve is to be measured within `minutes`; 0 = no limit, as there. */
export function wholeRunMinutes(minutes: number): number {
	return minutes * WHOLE_SHARE;
}

/** The run on all data, as it ended. */
export interface WholeRun {
	/** Its order. The dataset must still be there. */
	readonly order: RunOrder;
	readonly result: Finished;
	/** Rows of a step, of its estimate. */
	readonly rowsPerStep: number;
	/** Its looks at the held-out loss. */
	readonly looks: readonly Pick<Evaluation, 'step' | 'loss'>[];
	/** Tokens of the vocabulary of the base. */
	readonly vocabulary: number;
}

/** Does one order to its end. @throws Error with a message for the user; an AbortError. */
export type Train = (order: RunOrder, signal: AbortSignal) => Promise<Finished>;

/**
 * Trains on a quarter and on half of the data, and writes what came out beside the adapter of the whole run. The adapters
 * of the short runs are deleted.
 *
 * @param onRun before each run: its share of the data.
 * @throws what `train` throws; DatasetError; the error of the disk; an AbortError.
 */
export async function learningCurve(
	whole: WholeRun,
	train: Train,
	onRun: (share: number) => void,
	signal: AbortSignal,
): Promise<LearningCurve> {
	const { order, result } = whole;
	const dataset = await readDataset(order.datasetPath, whole.vocabulary, signal);
	const points: CurvePoint[] = [];
	let milliseconds = 0;
	for (const share of SHARES) {
		throwIfAborted(signal);
		onRun(share);
		const subset = subsetOf(dataset, share, order.settings.seed);
		const short = await shortRun(whole, subset, dataset, share, train, signal);
		points.push(pointOf(share, short, subset));
		milliseconds += short.seconds * 1_000;
	}
	points.push(pointOf(1, result, dataset));
	const curve: LearningCurve = {
		version: 1,
		points,
		fit: fitPowerLaw(points),
		time: timeFacts(whole, dataset),
		milliseconds,
	};
	await writeCurve(result.adapterPath, curve);
	return curve;
}

/** In a folder of its own below that of the whole run, which is deleted. */
async function shortRun(
	{ order, result, rowsPerStep }: WholeRun,
	subset: Omit<Dataset, 'hash'>,
	dataset: Dataset,
	share: number,
	train: Train,
	signal: AbortSignal,
): Promise<Finished> {
	const runFolder = path.join(order.runFolder, `learning-curve-${share * 100}`);
	const datasetPath = path.join(runFolder, 'dataset.fds');
	await fs.rm(runFolder, { recursive: true, force: true });
	await fs.mkdir(runFolder, { recursive: true, mode: 0o700 });
	try {
		await writeDataset(datasetPath, subset, signal);
		return await train(
			{
				...order,
				runFolder,
				datasetPath,
				adapterFolder: path.join(runFolder, 'adapters'),
				settings: {
					...order.settings,
					// What the whole run did in its time, whatever it was asked for: the same passes, rows and so steps a token.
					epochs: Math.max(LEAST_EPOCHS, epochsDone(result, dataset)),
					rowsPerStep,
					minutes: 0,
					evaluateEvery: 0,
				},
			},
			signal,
		);
	} finally {
		await fs.rm(runFolder, { recursive: true, force: true });
	}
}

/** Rows that have nothing to learn are not trained on, so that a whole pass may have a little less than all tokens. */
function epochsDone(result: Finished, { header }: Pick<Dataset, 'header'>): number {
	return result.tokens / header.train.tokens;
}

function pointOf(
	share: number,
	{ after, tokens }: Finished,
	{ header }: Pick<Dataset, 'header'>,
): CurvePoint {
	return { share, tokens: Math.min(tokens, header.train.tokens), loss: after.loss };
}

function timeFacts({ order, result, looks }: WholeRun, dataset: Dataset): TimeFacts {
	const last = result.after.loss;
	// The first look that falls into the last quarter begins it.
	const begin = looks.find(({ step }) => step >= 0.75 * result.steps && step < result.steps);
	return {
		done: Math.min(1, epochsDone(result, dataset) / order.settings.epochs),
		lastQuarter: begin === undefined ? 0 : Math.max(0, (begin.loss - last) / begin.loss),
	};
}
