/** Makes the dataset of a run from audited files and puts it into the run's folder. */

import * as path from 'node:path';
import type { Model } from '../../inference/model';
import type { Audit } from '../corpus/verdict';
import { buildDataset, type DatasetOptions } from '../dataset/build';
import { writeDataset } from '../dataset/datasetFile';
import type { PreparedData } from './plan';

export interface DataOrder {
	readonly audit: Audit;
	/** Gives the tokens. */
	readonly model: Pick<Model, 'state' | 'encode'>;
	readonly options: DatasetOptions;
}

/**
 * @param folder Absolute path of the run's folder.
 * @param onProgress Samples made of those expected.
 * @throws DatasetError, the error of the disk, or an AbortError.
 */
export async function prepareData(
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
