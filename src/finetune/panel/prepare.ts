/** Makes a plan of what the user has answered; its dataset comes from audited files, into the run's folder. */

import * as path from 'node:path';
import type { ModelDescription } from '../../inference/model';
import type { Translate } from '../../inference/statusText';
import { writeWhole } from '../../inference/wholeFile';
import type { Settings } from '../../manifest';
import type { Audit } from '../corpus/verdict';
import {
	buildDataset,
	type DatasetModel,
	type DatasetOptions,
	type DatasetProgress,
	REPLAY_SHARE,
} from '../dataset/build';
import { writeDataset } from '../dataset/datasetFile';
import type { Draw } from '../dataset/drawn';
import type { LossOn } from '../dataset/sample';
import type { JudgedSpan } from '../judge/judgement';
import { formatCount } from './format';
import { corpusSize, type Plan, type PreparedData, passesFor, trainingSettings } from './plan';

interface DataOrder {
	readonly audit: Audit;
	/** Gives the tokens. */
	readonly model: DatasetModel;
	readonly options: DatasetOptions;
}

/** What the user has chosen. */
interface Answers {
	readonly audit: Audit;
	/** The model that is trained. */
	readonly base: Pick<ModelDescription, 'path' | 'parameters'>;
	/** 0 = until all data was seen. */
	readonly minutes: number;
	readonly lossOn: LossOn;
}

/** Where the data come from. */
export interface DataSource {
	/** Gives the tokens, the losses of the base, and what it writes itself. */
	readonly model: DatasetModel;
	/** Draws the places. */
	readonly draw: Draw;
}

export function planFor(
	{ audit, base, minutes, lossOn }: Answers,
	{ model, draw }: DataSource,
	settings: Pick<Settings, 'backend' | 'fineTune'>,
	translate: Translate,
): Plan {
	const training = trainingSettings(settings, minutes, base.parameters, translate);
	const options = {
		lossOn,
		seed: training.seed,
		longest: training.sequenceLength,
		passes: passesFor(corpusSize(audit).characters),
		minutes,
		replayShare: REPLAY_SHARE,
		draw,
		translate,
	};
	return {
		name: audit.repositories.map((repository) => repository.name).join(', '),
		basePath: base.path,
		settings: training,
		prepare: (folder, onProgress, signal) =>
			prepareData(
				{ audit, model, options },
				folder,
				({ of, done, all }) => {
					const counts = [formatCount(done), formatCount(all)] as const;
					if (of === 'files') {
						onProgress(translate('File {0} of {1}', ...counts), undefined);
					} else {
						onProgress(translate('Sample {0} of {1}', ...counts), done / all);
					}
				},
				signal,
			),
	};
}

/**
 * @param folder Absolute path of the run's folder.
 * @throws DatasetError, the error of the disk, or an AbortError.
 */
async function prepareData(
	order: DataOrder,
	folder: string,
	onProgress: (progress: DatasetProgress) => void,
	signal: AbortSignal,
): Promise<PreparedData> {
	const { notes, validation, test, trainSample, ...dataset } = await buildDataset(
		order.audit,
		order.model,
		order.options,
		onProgress,
		signal,
	);
	const file = path.join(folder, 'dataset.fds');
	await writeDataset(file, dataset, signal);
	await writeSpans(folder, { validation, test, trainSample });
	return { path: file, notes };
}

/**
 * What is judged, beside the dataset, one place a line as JSON: `validation.jsonl` chooses the strength, `test.jsonl`
 * is what the verdict is passed on, and `train-sample.jsonl` is some of what is learned from.
 * @throws the error of the disk
 */
export async function writeSpans(
	folder: string,
	spans: Readonly<Record<'validation' | 'test' | 'trainSample', readonly JudgedSpan[]>>,
): Promise<void> {
	const files = [
		['validation.jsonl', spans.validation],
		['test.jsonl', spans.test],
		['train-sample.jsonl', spans.trainSample],
	] as const;
	for (const [name, list] of files) {
		await writeWhole(path.join(folder, name), list.map((span) => `${JSON.stringify(span)}\n`).join(''));
	}
}
