/** Datasets that are quick to learn: tokens that follow a rule, which is another one in each file. */
import type { Dataset, DatasetPart, Sample } from '../../src/finetune/dataset/sample';

export interface TrainingDataOptions {
	/** Absolute path of the base model. */
	readonly basePath: string;
	/** Samples to learn from and held out; default 24 and 6. */
	readonly train?: number;
	readonly heldOut?: number;
	/** Lowest token; 97 more follow it. Default 100. */
	readonly firstToken?: number;
	/** Tokens of the samples in turn; default 40, 61 and 90. */
	readonly lengths?: readonly number[];
	/** Tokens at the start of each sample that only condition; default 20. */
	readonly conditions?: number;
}

/** Of four files to learn from and two held out. */
export function trainingData(options: TrainingDataOptions): Omit<Dataset, 'hash'> {
	const { basePath, train = 24, heldOut = 6, firstToken = 100, conditions = 20 } = options;
	const lengths = options.lengths ?? [40, 61, 90];
	const samples = (count: number, firstFile: number, files: number): readonly Sample[] =>
		Array.from({ length: count }, (_, index) => {
			const file = firstFile + (index % files);
			const length = lengths[index % lengths.length] ?? 2;
			return {
				tokens: Int32Array.from({ length }, (_, at) => (((at + index) * 7 + file * 13) % 97) + firstToken),
				weights: Float32Array.from({ length }, (_, at) => (at < conditions ? 0 : 1)),
				file,
			};
		});
	return datasetOf(basePath, samples(train, 0, 4), samples(heldOut, 4, 2));
}

/** With a header that fits; files are called `code/0.ts` and so on. */
export function datasetOf(
	basePath: string,
	train: readonly Sample[],
	heldOut: readonly Sample[],
): Omit<Dataset, 'hash'> {
	const all = [...train, ...heldOut];
	const files = all.reduce((most, { file }) => Math.max(most, file + 1), 0);
	return {
		header: {
			version: 1,
			promptFormat: 1,
			basePath,
			repositories: ['code'],
			files: Array.from({ length: files }, (_, index) => `code/${index}.ts`),
			lossOn: 'middle',
			seed: 1,
			longest: all.reduce((most, { tokens }) => Math.max(most, tokens.length), 0),
			train: partOf(train),
			heldOut: partOf(heldOut),
		},
		train,
		heldOut,
	};
}

function partOf(samples: readonly Sample[]): DatasetPart {
	return {
		samples: samples.length,
		tokens: samples.reduce((sum, { tokens }) => sum + tokens.length, 0),
		weighted: samples.reduce((sum, { weights }) => sum + weights.filter((weight) => weight !== 0).length, 0),
		files: new Set(samples.map(({ file }) => file)).size,
	};
}
