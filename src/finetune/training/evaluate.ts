/** The held-out loss, overall and by file. */

import type { Sample } from '../dataset/sample';
import type { Evaluation } from '../job/messages';
import { weightOf } from './learner';
import type { Row } from './rows';

/**
 * Mean over all weighted held-out tokens, in nats.
 * @param score log probabilities of a row's targets that count, in their order.
 * @param onRow after each row, with its index.
 */
export async function evaluate(
	rows: readonly Row[],
	samples: readonly Sample[],
	step: number,
	score: (row: Row) => Promise<Float32Array>,
	onRow: (index: number) => void,
): Promise<Evaluation> {
	const byFile = new Map<number, [sum: number, weight: number]>();
	let sum = 0;
	let weight = 0;
	let tokens = 0;
	for (const [index, row] of rows.entries()) {
		if (weightOf(row) > 0) {
			const logProbabilities = await score(row);
			let next = 0;
			for (const document of row.documents) {
				const file = samples[document.sample]?.file ?? 0;
				const entry = byFile.get(file) ?? [0, 0];
				byFile.set(file, entry);
				for (let position = document.start; position < document.end; position++) {
					const own = row.weights[position] ?? 0;
					if (own !== 0) {
						const loss = -own * (logProbabilities[next++] ?? Number.NaN);
						entry[0] += loss;
						entry[1] += own;
						sum += loss;
						weight += own;
						tokens++;
					}
				}
			}
		}
		onRow(index);
	}
	return {
		step,
		loss: weight === 0 ? 0 : sum / weight,
		tokens,
		byFile: Object.fromEntries([...byFile].map(([file, entry]) => [String(file), entry])),
	};
}
