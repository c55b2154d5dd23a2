/** Rows hold every sample once, in few lengths, with nothing of one document in another. */
import * as assert from 'node:assert/strict';
import type { Sample } from '../../../../src/finetune/dataset/sample';
import { randomFrom } from '../../../../src/finetune/training/random';
import { bucketOf, type Row, rowsOfEpoch } from '../../../../src/finetune/training/rows';

const sequenceLength = 512;

/** Tokens that no other sample has, and weights for the last third. */
function sampleOf(index: number, length: number): Sample {
	return {
		tokens: Int32Array.from({ length }, (_, at) => 1 + index * 10_000 + at),
		weights: Float32Array.from({ length }, (_, at) =>
			at >= (2 * length) / 3 ? (at % 2 === 0 ? 1 : 0.5) : 0,
		),
		file: index,
	};
}

function samplesOf(count: number, longest = sequenceLength): readonly Sample[] {
	const random = randomFrom(7);
	return Array.from({ length: count }, (_, index) =>
		sampleOf(index, 2 + Math.floor(random.next() * (longest - 1))),
	);
}

const orderOf = (rows: readonly Row[]) =>
	rows.flatMap((row) => row.documents.map((document) => document.sample));

describe('rows', () => {
	const samples = samplesOf(700);
	const rows = rowsOfEpoch(samples, { sequenceLength, seed: 1, epoch: 0 });

	it('hold every sample once, whole and in its own order', () => {
		assert.deepEqual(
			[...orderOf(rows)].sort((one, other) => one - other),
			[...samples.keys()],
		);
		for (const row of rows) {
			for (const { sample, start, end } of row.documents) {
				assert.deepEqual(row.tokens.slice(start, end), samples[sample]?.tokens);
			}
		}
	});

	it("predict the next token of the same document, with that token's weight", () => {
		for (const row of rows) {
			for (const { sample, start, end } of row.documents) {
				const { tokens, weights } = samples[sample] ?? sampleOf(0, 2);
				assert.deepEqual(row.targets.slice(start, end - 1), tokens.slice(1));
				assert.deepEqual(row.weights.slice(start, end - 1), weights.slice(1));
				assert.deepEqual([row.targets[end - 1], row.weights[end - 1]], [0, 0]);
			}
		}
	});

	it('keep the sum of the weights', () => {
		const sum = (lists: readonly Float32Array[]) =>
			lists.reduce((all, list) => all + list.reduce((one, weight) => one + weight, 0), 0);
		assert.equal(sum(rows.map((row) => row.weights)), sum(samples.map((sample) => sample.weights)));
	});

	it('let a document see itself only, and padding nothing of it', () => {
		for (const row of rows) {
			let at = 0;
			for (const { start, end } of row.documents) {
				assert.equal(start, at);
				for (; at < end; at++) {
					assert.deepEqual([row.starts[at], row.positions[at]], [start, at - start]);
				}
			}
			assert.equal(at, row.used);
			for (; at < row.length; at++) {
				assert.deepEqual(
					[row.starts[at], row.positions[at], row.tokens[at], row.targets[at], row.weights[at]],
					[at, 0, 0, 0, 0],
				);
			}
		}
	});

	it('have few lengths and little padding', () => {
		const lengths = new Set(rows.map((row) => row.length));
		assert.ok([...lengths].every((length) => length % 64 === 0 && length <= sequenceLength));
		const used = rows.reduce((sum, row) => sum + row.used, 0);
		const all = rows.reduce((sum, row) => sum + row.length, 0);
		assert.ok(used / all > 0.95, `${used} of ${all}`);
		for (const row of rows) {
			assert.equal(row.length, bucketOf(row.used, sequenceLength));
			for (const list of [row.tokens, row.targets, row.weights, row.positions, row.starts]) {
				assert.equal(list.length, row.length);
			}
		}
	});

	it('are the same for the same seed and epoch, and others for another', () => {
		const again = rowsOfEpoch(samples, { sequenceLength, seed: 1, epoch: 0 });
		assert.deepEqual(again, rows);
		for (const other of [
			{ seed: 1, epoch: 1 },
			{ seed: 2, epoch: 0 },
		]) {
			assert.notDeepEqual(orderOf(rowsOfEpoch(samples, { sequenceLength, ...other })), orderOf(rows));
		}
	});

	it('are not sorted by length', () => {
		const longest = rows.map((row) => Math.max(...row.documents.map(({ start, end }) => end - start)));
		const falls = longest.filter((length, index) => length < (longest[index - 1] ?? 0)).length;
		assert.ok(falls > rows.length * 0.3 && falls < rows.length * 0.7, `${falls} of ${rows.length}`);
	});

	it('cut a sample that is too long from its left', () => {
		const long = sampleOf(3, 700);
		const [row] = rowsOfEpoch([long], { sequenceLength, seed: 1, epoch: 0 });
		assert.deepEqual(row?.tokens, long.tokens.slice(188));
		assert.deepEqual(row?.weights.slice(0, -1), long.weights.slice(189));
		assert.deepEqual([row?.used, row?.length], [512, 512]);
	});

	it('are none for no samples', () => {
		assert.deepEqual(rowsOfEpoch([], { sequenceLength, seed: 1, epoch: 0 }), []);
	});

	it('round lengths up in steps that grow', () => {
		const cases = [
			[2, 64],
			[64, 64],
			[65, 128],
			[449, 512],
			[513, 640],
			[900, 1_000],
		] as const;
		assert.deepEqual(
			cases.map(([used]) => bucketOf(used, 1_000)),
			cases.map(([, length]) => length),
		);
		assert.equal(bucketOf(100, 100), 100);
	});
});
