/** The held-out loss from log probabilities: weighted, of each file, across rows. */
import assert from 'node:assert/strict';
import { evaluate } from '../../../../src/finetune/training/evaluate';
import { countedIn } from '../../../../src/finetune/training/learner';
import { type Row, rowsOfEpoch } from '../../../../src/finetune/training/rows';
import { abortError, isAbort } from '../../../../src/inference/cancel';
import { trainingData } from '../../../support/trainingData';

const { heldOut } = trainingData({ basePath: '', heldOut: 10, lengths: [30, 44, 90] });
const rows = rowsOfEpoch(heldOut, { sequenceLength: 128, seed: 1, epoch: 0 });

/** A model whose log probability of a token is its id, divided by a hundred and negative. */
async function score(row: Row): Promise<Float32Array> {
	const counted = [...row.weights.keys()].filter((position) => row.weights[position] !== 0);
	const padding = [7, 7, 7];
	return Float32Array.from([...counted.map((position) => -(row.targets[position] ?? 0) / 100), ...padding]);
}

describe('held-out loss', () => {
	it('is the mean over all tokens that count, overall and of each file', async () => {
		const { loss, tokens, byFile, step } = await evaluate(rows, heldOut, 5, score, () => undefined);
		const sums = new Map<number, [number, number]>();
		for (const sample of heldOut) {
			const entry = sums.get(sample.file) ?? [0, 0];
			sums.set(sample.file, entry);
			for (const [index, weight] of sample.weights.entries()) {
				entry[0] += (weight * (sample.tokens[index] ?? 0)) / 100;
				entry[1] += weight;
			}
		}
		assert.equal(step, 5);
		assert.deepEqual(Object.keys(byFile), ['4', '5']);
		for (const [file, [sum, weight]] of sums) {
			assert.equal(byFile[String(file)]?.[1], weight);
			assert.ok(Math.abs((byFile[String(file)]?.[0] ?? Number.NaN) - sum) < 1e-3);
		}
		const [sum, weight] = [...sums.values()].reduce(([a, b], [c, d]) => [a + c, b + d], [0, 0]);
		assert.ok(Math.abs(loss - sum / weight) < 1e-6);
		assert.equal(tokens, weight);
	});

	it('weighs tokens', async () => {
		const weighted = heldOut.map((sample) => ({
			...sample,
			weights: sample.weights.map((weight, index) => (index % 2 === 0 ? weight : weight / 4)),
		}));
		const own = rowsOfEpoch(weighted, { sequenceLength: 128, seed: 1, epoch: 0 });
		const { byFile, tokens } = await evaluate(own, weighted, 0, score, () => undefined);
		const weight = Object.values(byFile).reduce((sum, entry) => sum + entry[1], 0);
		assert.ok(weight < tokens * 0.7 && weight > tokens * 0.5);
	});

	it('tells of each row, and skips those in which nothing counts', async () => {
		const silent = trainingData({ basePath: '', heldOut: 3, conditions: 1_000 }).heldOut;
		const own = rowsOfEpoch(silent, { sequenceLength: 128, seed: 1, epoch: 0 });
		const told: number[] = [];
		const { loss, tokens, byFile } = await evaluate(
			own,
			silent,
			0,
			() => Promise.reject(new Error('there is nothing to score')),
			(index) => told.push(index),
		);
		assert.deepEqual([loss, tokens, byFile], [0, 0, {}]);
		assert.deepEqual(told, [...own.keys()]);
	});

	it('is no number where the model gives too few or none', async () => {
		const short = async (row: Row) => (await score(row)).subarray(0, countedIn(row) - 1);
		assert.ok(Number.isNaN((await evaluate(rows, heldOut, 0, short, () => undefined)).loss));
	});

	it('ends with its scorer', async () => {
		const aborted = evaluate(
			rows,
			heldOut,
			0,
			() => Promise.reject(abortError()),
			() => undefined,
		);
		await assert.rejects(aborted, isAbort);
	});
});
