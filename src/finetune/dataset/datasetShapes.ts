/** Guard for the header of a dataset that is read back from disk. */

import { type Check, count, list, literal, object, optional, shortString } from '../../inference/wire/shapes';
import type { DatasetHeader, DatasetPart } from './sample';

const part = object<DatasetPart>({ samples: count, tokens: count, weighted: count, files: count });

const isOne: Check<1> = (value): value is 1 => value === 1;

export const isDatasetHeader = object<DatasetHeader>({
	version: isOne,
	promptFormat: count,
	basePath: shortString,
	repositories: list(shortString),
	files: list(shortString),
	lossOn: literal('middle', 'all'),
	seed: count,
	longest: count,
	end: optional(count),
	train: part,
	heldOut: part,
});
