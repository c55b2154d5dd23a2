/** Batches hold the rows side by side, and say where to go on. */
import * as assert from 'node:assert/strict';
import { batchesOf, batchOf } from '../../../models/recipe/train/batches';
import { trainOptions } from '../../../models/recipe/train/options';
import { DECAY, rateFactor } from '../../../models/recipe/train/schedule';
import { type Row, rowsOfEpoch } from '../../../src/finetune/training/rows';

const LENGTH = 64;

function rows(count: number, first: number): readonly Row[] {
	const samples = Array.from({ length: count }, (_, index) => ({
		tokens: new Int32Array(LENGTH - 4).fill(first + index),
		weights: new Float32Array(LENGTH - 4).fill(1, 1),
		file: 0,
	}));
	return rowsOfEpoch(samples, { sequenceLength: LENGTH, seed: 1, epoch: 0 });
}

async function* shards(from: number): AsyncGenerator<readonly Row[]> {
	for (let shard = from; shard < 3; shard++) {
		yield rows(5, 100 * (shard + 1));
	}
}

async function collect(place: { readonly shard: number; readonly row: number }) {
	const batches = [];
	for await (const batch of batchesOf(shards(place.shard), LENGTH, 2, place)) {
		batches.push(batch);
	}
	return batches;
}

describe('recipe/train/batches', () => {
	it('fills short rows with what sees itself only and does not count', () => {
		const [row] = rows(1, 7);
		assert.ok(row);
		const batch = batchOf([row, row], LENGTH * 2);
		assert.equal(batch.tokens.length, 4 * LENGTH);
		assert.deepEqual([...batch.weights.subarray(LENGTH, 2 * LENGTH)], new Array(LENGTH).fill(0));
		assert.equal(batch.starts[LENGTH + 3], LENGTH + 3);
		assert.equal(batch.starts[2 * LENGTH + 3], 0);
		assert.equal(batch.tokens[2 * LENGTH], 7);
	});

	it('goes on where a place says, with the same batches', async () => {
		const all = await collect({ shard: 0, row: 0 });
		assert.equal(all.length, 6);
		for (const [index, { place }] of all.entries()) {
			assert.deepEqual(await collect(place), all.slice(index + 1));
		}
	});

	it('counts tokens without padding', async () => {
		const [first] = await collect({ shard: 0, row: 0 });
		assert.equal(first?.tokens, 2 * (LENGTH - 4));
	});
});

describe('recipe/train/schedule', () => {
	it('rises, stays and falls to nothing', () => {
		assert.ok(rateFactor(0) > 0 && rateFactor(0) < 0.1);
		assert.equal(rateFactor(0.3), 1);
		assert.equal(rateFactor(1 - DECAY - 0.01), 1);
		const falling = [0.76, 0.8, 0.9, 0.99].map(rateFactor);
		assert.deepEqual(
			falling,
			[...falling].sort((one, other) => other - one),
		);
		assert.equal(rateFactor(1), 0);
	});
});

describe('recipe/train/options', () => {
	it('takes words, and has a default for each', () => {
		const { size, tokens, name } = trainOptions(['--size', '5M', '--tokens', '1e6']);
		assert.deepEqual({ size, tokens, name }, { size: '5M', tokens: 1e6, name: '5M' });
	});

	it('names the word that is wrong and what may stand there', () => {
		assert.throws(() => trainOptions(['--size', '7B']), /--size 7B: there are 5M, 13M/);
		assert.throws(() => trainOptions(['--tokens', 'many']), /--tokens many: it must be a number above 0/);
	});
});
