/** Attention in blocks of queries gives what one block gives: a row of 226 positions takes two. */
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

	/** The second one begins in the first block and ends in the second. */
	const documents = [randomBatch(120, 300), randomBatch(106, 300, 8)] as const;

	it('divides rows into blocks, the last of which may be shorter', () => {
		assert.deepEqual(blockEnds(384), [128, 256, 384]);
		assert.deepEqual(blockEnds(128), [128]);
		assert.deepEqual(blockEnds(200), [128, 200]);
		assert.deepEqual(blockEnds(24), [24]);
	});

	for (const name of ['llama', 'qwen2', 'gemma2'] as const) {
		it(`${name}: the loss is the reference's, over two documents`, async () => {
			const file = path.join(folder, `${name}.gguf`);
			writeRandomModel(file, TRAINED_SHAPES[name] ?? TINY_MODEL);
			const batch = pack(...documents);
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

		it(`${name}: gradients are those of the two documents in rows of their own`, async () => {
			const file = path.join(folder, `${name}.gguf`);
			writeRandomModel(file, TRAINED_SHAPES[name] ?? TINY_MODEL);
			const packed = pack(...documents);
			const whole = await gradientsOf(file, packed, total(packed));
			const [one, other] = [
				await gradientsOf(file, documents[0], total(packed)),
				await gradientsOf(file, documents[1], total(packed)),
			];
			const sum = new Map(
				[...one].map(([tensor, values]) => [
					tensor,
					values.map((value, at) => value + (other.get(tensor)?.[at] ?? 0)),
				]),
			);
			assert.ok(worstDifference(whole, sum) < 1e-4, String(worstDifference(whole, sum)));
		});
	}
});

function total({ weights }: Batch): number {
	return weights.reduce((sum, weight) => sum + weight, 0);
}

async function gradientsOf(file: string, batch: Batch, norm: number): Promise<Gradients> {
	const parts = rig(file, batch);
	await parts.step.run(batch, norm, never);
	const gradients = new Map(
		parts.optimizer.slots.map(({ name, gradient }) => [name, parts.device.readFloats(gradient)] as const),
	);
	parts.dispose();
	return gradients;
}
