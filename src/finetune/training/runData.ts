/** The dataset of a run and its plan, refused where this model cannot learn from it. */

import { readDataset } from '../dataset/datasetFile';
import type { Dataset } from '../dataset/sample';
import type { RunOrder } from '../job/messages';
import { subsetOf } from '../learningCurve/subset';
import { Plan } from './plan';
import type { Row } from './rows';
import { RunFailure } from './runFailure';

/**
 * @param vocabulary how many tokens the model has.
 * @throws DatasetError for a file that is damaged; RunFailure for one of another model, or with nothing to learn from.
 */
export async function readRunData(
	{ datasetPath, basePath, settings, share = 1 }: RunOrder,
	vocabulary: number,
	signal: AbortSignal,
): Promise<{ readonly dataset: Dataset; readonly plan: Plan }> {
	const whole = await readDataset(datasetPath, vocabulary, signal);
	const dataset = share < 1 ? { ...whole, ...subsetOf(whole, share, settings.seed) } : whole;
	if (dataset.header.basePath !== basePath) {
		throw new RunFailure(
			'dataset',
			`The dataset ${datasetPath} was made with the tokens of ${dataset.header.basePath}, and ${basePath} is to be trained. Prepare the data again.`,
		);
	}
	weighEnds(dataset, settings.endWeight ?? 1);
	const plan = new Plan(dataset.train, settings);
	if (plan.rowsOf(0).length === 0) {
		throw new RunFailure(
			'dataset',
			`The dataset ${datasetPath} has nothing to learn from: no token of its samples has a weight. Prepare the data again with more files.`,
		);
	}
	return { dataset, plan };
}

/** Changes, in place, the weights of the ends that are learned from: those held out are measured as they are. */
function weighEnds({ header, train }: Dataset, endWeight: number): void {
	for (const { tokens, weights } of header.end === undefined ? [] : train) {
		const last = tokens.length - 1;
		if (tokens[last] === header.end) {
			weights[last] = (weights[last] ?? 0) * endWeight;
		}
	}
}

/** Rows from the first on, which are in random order, until they hold so many tokens; at least one. */
export function upToTokens(rows: readonly Row[], most: number): readonly Row[] {
	let tokens = 0;
	return rows.filter(({ used }, index) => {
		tokens += used;
		return index === 0 || tokens <= most;
	});
}

/** Every token id that occurs. */
export function tokensOf({ train, heldOut }: Dataset): readonly number[] {
	const found = new Set<number>();
	for (const { tokens } of [...train, ...heldOut]) {
		for (const token of tokens) {
			found.add(token);
		}
	}
	return [...found];
}
