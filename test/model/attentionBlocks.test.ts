/** Attention in blocks of queries gives what one block gives: a row of 256 positions takes two. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { blockEnds } from '../../src/finetune/tape/attention';
import type { Batch } from '../../src/finetune/training/stepGraph';
import { TRAINED_SHAPES } from '../support/architectureShapes';
import { TINY_MODEL, writeRandomModel } from '../support/randomModel';
import { readReferenceModel, referenceLoss } from '../support/referenceModel';
import { type Gradients, pack, randomBatch, rig, worstDifference } from '../support/training';

const never = new AbortController().signal;

describe('attention in blocks', () => {
	const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'familiar-blocks-'));
	after(() => fs.rmSync(folder, { recursive: true }));

	it('divides rows of whole blocks only', () => {
		assert.deepEqual(blockEnds(384), [128, 256, 384]);
		assert.deepEqual(blockEnds(128), [128]);
		assert.deepEqual(blockEnds(200), [200]);
	});

	for (const name of ['llama', 'qwen2', 'gemma2'] as const) {
		it(`${name}: the loss is the reference's, over two documents`, async () => {
			const file = path.join(folder, `${name}.gguf`);
			writeRandomModel(file, TRAINED_SHAPES[name] ?? TINY_MODEL);
			const batch = pack(randomBatch(150, 300), randomBatch(106, 300, 8));
			const parts = rig(file, batch);
			const loss = await parts.step.run(batch, total(batch), never);
			const matrices = parts.lora?.content() ?? [];
			const model = readReferenceModel(file);
			const config = { ...model.config, ...(name === 'gemma2' ? { activation: 'gelu-half' as const } : {}) };
			const expected = referenceLoss(
				{ ...model, config },
				{ ...batch, adapter: { alpha: parts.lora?.alpha ?? 0, matrices } },
			).loss;
			parts.dispose();
			assert.ok(Math.abs(loss - expected) < 2e-5 * expected, `${loss}, reference ${expected}`);
		});

		it(`${name}: gradients are those of the same positions in one block`, async () => {
			const file = path.join(folder, `${name}.gguf`);
			writeRandomModel(file, TRAINED_SHAPES[name] ?? TINY_MODEL);
			const batch = pack(randomBatch(150, 300), randomBatch(106, 300, 8));
			// One more position, which does not count, makes it a single block.
			const longer = padded(batch);
			const gradients: Gradients[] = [];
			for (const one of [longer, batch]) {
				const parts = rig(file, one);
				await parts.step.run(one, total(one), never);
				gradients.push(
					new Map(
						parts.optimizer.slots.map(
							({ name, gradient }) => [name, parts.device.readFloats(gradient)] as const,
						),
					),
				);
				parts.dispose();
			}
			const [whole = new Map(), blocks = new Map()] = gradients;
			assert.ok(worstDifference(blocks, whole) < 1e-4, String(worstDifference(blocks, whole)));
		});
	}
});

function total({ weights }: Batch): number {
	return weights.reduce((sum, weight) => sum + weight, 0);
}

function padded(batch: Batch): Batch {
	const more = (values: Int32Array, last: number) => Int32Array.from([...values, last]);
	return {
		tokens: more(batch.tokens, 0),
		targets: more(batch.targets, 0),
		positions: more(batch.positions, 0),
		starts: more(batch.starts, batch.starts.length),
		weights: Float32Array.from([...batch.weights, 0]),
	};
}
