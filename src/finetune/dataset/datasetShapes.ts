/** Guard for the header of a dataset that is read back from disk. */

import { type Check, count, list, literal, object, optional, shortString } from '../../inference/wire/shapes';
import type { Head } from './drawn';
import type { DatasetHeader, DatasetPart } from './sample';

const part = object<DatasetPart>({ samples: count, tokens: count, weighted: count, files: count });

const isOne: Check<1> = (value): value is 1 => value === 1;

export const isDatasetHeader = object<DatasetHeader>({
	version: isOne,
	kind: optional(literal('completion', 'chat')),
	promptFormat: count,
	basePath: shortString,
	repositories: list(shortString),
	files: list(shortString),
	lossOn: literal('middle', 'all'),
	seed: count,
	longest: count,
	end: optional(count),
	heads: optional(list(object<Head>({ repository: shortString, commit: shortString, at: count }))),
	test: optional(
		object<NonNullable<DatasetHeader['test']>>({ by: literal('time', 'folder', 'seed'), places: count }),
	),
	replay: optional(count),
	train: part,
	heldOut: part,
});
