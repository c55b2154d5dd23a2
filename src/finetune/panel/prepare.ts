/** Makes a plan of what the user has answered; its dataset comes from audited files, into the run's folder. */

import * as path from 'node:path';
import type { Model, ModelDescription } from '../../inference/model';
import type { Translate } from '../../inference/statusText';
import type { Settings } from '../../manifest';
import type { Audit } from '../corpus/verdict';
import { buildDataset, type DatasetOptions } from '../dataset/build';
import { writeDataset } from '../dataset/datasetFile';
import type { LossOn } from '../dataset/sample';
import { formatCount } from './format';
import { corpusSize, type Plan, type PreparedData, passesFor, trainingSettings } from './plan';

interface DataOrder {
	readonly audit: Audit;
	/** Gives the tokens. */
	readonly model: Pick<Model, 'state' | 'encode'>;
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

export function planFor(
	{ audit, base, minutes, lossOn }: Answers,
	model: DataOrder['model'],
	settings: Pick<Settings, 'backend' | 'fineTune'>,
	translate: Translate,
): Plan {
	const training = trainingSettings(settings, minutes, base.parameters, translate);
	const options = {
		lossOn,
		seed: training.seed,
		longest: training.sequenceLength,
		passes: passesFor(corpusSize(audit).characters),
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
				(done, all) =>
					onProgress(translate('Sample {0} of {1}', formatCount(done), formatCount(all)), done / all),
				signal,
			),
	};
}

/**
 * @param folder Absolute path of the run's folder.
 * @param onProgress Samples made of those expected.
 * @throws DatasetError, the error of the disk, or an AbortError.
 */
async function prepareData(
	order: DataOrder,
	folder: string,
	onProgress: (done: number, all: number) => void,
	signal: AbortSignal,
): Promise<PreparedData> {
	const { notes, ...dataset } = await buildDataset(
		order.audit,
		order.model,
		order.options,
		({ done, all }) => onProgress(done, all),
		signal,
	);
	const file = path.join(folder, 'dataset.fds');
	await writeDataset(file, dataset, signal);
	return { path: file, notes };
}
