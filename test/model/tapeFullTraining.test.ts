/** Training of all numbers: the gradient of every kind of tensor against central differences of the reference. */
import * as assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { PLAIN_FORMS } from '../../src/finetune/tape/forms';
import { TRAINED_SHAPES } from '../support/architectureShapes';
import { modelParameters, slopeError } from '../support/differences';
import { writeRandomModel } from '../support/randomModel';
import { readReferenceModel } from '../support/referenceModel';
import {
	beside,
	cosine,
	countedRows,
	passOf,
	passThrough,
	type RigOptions,
	randomBatch,
	rig,
	worstDifference,
} from '../support/training';

const ALL: RigOptions = { base: { trainAll: true } };

/** Every feature once; 46 layers would take minutes. */
const SHAPES = Object.entries(TRAINED_SHAPES).filter(([, { layers }]) => layers <= 2);

describe('full training', () => {
	const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'familiar-full-'));
	const file = path.join(folder, 'model.gguf');
	after(() => fs.rmSync(folder, { recursive: true }));
	const batch = randomBatch(24, 300);

	for (const [name, shape] of SHAPES) {
		it(`${name}: the gradients of all tensors are those of the reference`, async () => {
			writeRandomModel(file, shape);
			const reference = readReferenceModel(file);
			const { gradients } = await passThrough(file, batch, ALL);
			const trained = [...reference.tensors.keys()].filter((tensor) => tensor !== 'rope_freqs.weight');
			assert.deepEqual([...gradients.keys()].sort(), trained.sort());
			const { parameters, loss } = modelParameters(reference, batch, gradients);
			const limit = reference.config.activation === 'gelu' ? 4e-3 : 2e-5;
			for (const parameter of parameters) {
				const error = slopeError(parameter, loss);
				assert.ok(error < limit, `${parameter.name}: ${error}`);
			}
		});
	}

	for (const name of ['llama', 'qwen2, own output', 'gemma2', 'starcoder2']) {
		it(`${name}: plain operations and checkpointing give the same, fewer bits nearly`, async () => {
			writeRandomModel(file, TRAINED_SHAPES[name] ?? assert.fail());
			const long = randomBatch(256, 300);
			const exact = await passThrough(file, long, ALL);
			for (const options of [
				{ forms: PLAIN_FORMS },
				{ step: { checkpointing: true } },
				{ forms: PLAIN_FORMS, step: { checkpointing: true } },
			]) {
				const { loss, gradients } = await passThrough(file, long, { ...ALL, ...options });
				assert.ok(Math.abs(loss / exact.loss - 1) < 1e-6);
				const worst = worstDifference(gradients, exact.gradients);
				assert.ok(worst < 1e-5, String(worst));
			}
			const step = { products: 'BF16', keepIn: 'BF16' } as const;
			const { gradients } = await passThrough(file, long, { ...ALL, step });
			const found = cosine(gradients, exact.gradients);
			assert.ok(found > 0.9995, String(found));
		});
	}

	it('a head in several chunks gets the gradient of all of them', async () => {
		writeRandomModel(file, TRAINED_SHAPES['qwen2'] ?? assert.fail());
		const [one, other] = [randomBatch(100, 300, 6), randomBatch(100, 300, 7)];
		const parts = rig(file, one, ALL);
		try {
			const expected = await passOf(parts, one, other);
			const step = parts.graph({ sequences: 2, rows: countedRows(one) + countedRows(other) });
			assert.ok(step.options.rows > 128);
			const found = await passOf({ ...parts, step }, beside(one, other));
			assert.ok(Math.abs(found.loss / expected.loss - 1) < 1e-6);
			assert.ok(worstDifference(found.gradients, expected.gradients) < 1e-5);
		} finally {
			parts.dispose();
		}
	});
});
