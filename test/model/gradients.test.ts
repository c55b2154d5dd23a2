/** Losses and LoRA gradients of every architecture against central differences of the double-precision reference. */
import * as assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import type { Batch } from '../../src/finetune/training/stepGraph';
import { TRAINED_SHAPES } from '../support/architectureShapes';
import { adapterParameters, slopeError } from '../support/differences';
import { type RandomModelOptions, writeRandomModel } from '../support/randomModel';
import { type ReferenceModel, readReferenceModel } from '../support/referenceModel';
import { passOf, randomBatch, rig } from '../support/training';

/** All tensors of two layers; of longer models a spread is checked. */
const TENSORS = 28;

/** With GELU as the CPU of ggml looks it up, which only values show: the gradient is that of the exact one. */
function asOnTheCpu(model: ReferenceModel): ReferenceModel {
	const { activation } = model.config;
	return {
		...model,
		config: { ...model.config, activation: activation === 'gelu' ? 'gelu-half' : activation },
	};
}

interface Errors {
	/** Relative to the reference's. */
	readonly loss: number;
	/** Of the tensors' gradients, smallest first. */
	readonly errors: readonly number[];
}

async function errorsOf(file: string, batch: Batch, tensors: number): Promise<Errors> {
	const reference = readReferenceModel(file);
	const parts = rig(file, batch);
	try {
		const { loss, gradients } = await passOf(parts, batch);
		const exact = adapterParameters(reference, batch, parts, gradients);
		const expected = adapterParameters(asOnTheCpu(reference), batch, parts, gradients).loss();
		const step = Math.max(1, (exact.parameters.length - 1) / (tensors - 1));
		const errors: number[] = [];
		for (let at = 0; Math.round(at) < exact.parameters.length; at += step) {
			const parameter = exact.parameters[Math.round(at)];
			assert.ok(parameter);
			errors.push(slopeError(parameter, exact.loss));
		}
		return { loss: Math.abs(loss / expected - 1), errors: errors.sort((one, other) => one - other) };
	} finally {
		parts.dispose();
	}
}

/** Most that loss, median and worst tensor may be off: what single precision, or a table of half-precision GELUs, comes to. */
function limitsOf({ architecture, layers }: RandomModelOptions) {
	if (!/gemma|starcoder/.test(architecture)) {
		return { loss: 1e-6, median: 3e-6, worst: 3e-5 };
	}
	return layers > 2 ? { loss: 5e-5, median: 3e-3, worst: 2e-2 } : { loss: 5e-6, median: 5e-4, worst: 4e-3 };
}

describe('gradients', () => {
	const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'familiar-gradients-'));
	const file = path.join(folder, 'model.gguf');
	after(() => fs.rmSync(folder, { recursive: true }));
	const batch = randomBatch(24, 300);

	for (const [name, shape] of Object.entries(TRAINED_SHAPES)) {
		it(`${name}: loss and the gradients of A and B are those of the reference`, async () => {
			writeRandomModel(file, shape);
			const { loss, errors } = await errorsOf(file, batch, shape.layers > 2 ? 14 : TENSORS);
			const limits = limitsOf(shape);
			assert.ok(loss < limits.loss, `loss off by ${loss}`);
			const median = errors[Math.floor(errors.length / 2)] ?? Number.NaN;
			assert.ok(median < limits.median, `median error ${median}`);
			const worst = errors.at(-1) ?? Number.NaN;
			assert.ok(worst < limits.worst, `worst error ${worst}`);
		});
	}

	for (const name of ['llama', 'gemma2', 'starcoder2']) {
		it(`${name}: so they are in a row so long that attention computes it in blocks`, async () => {
			const shape = TRAINED_SHAPES[name] ?? assert.fail();
			writeRandomModel(file, shape);
			const { loss, errors } = await errorsOf(file, randomBatch(384, 300), 10);
			const limits = limitsOf(shape);
			assert.ok(loss < limits.loss, `loss off by ${loss}`);
			assert.ok((errors.at(-1) ?? Number.NaN) < limits.worst, errors.join(' '));
		});
	}

	it('would show a gradient that is wrong in one row, too long, or not a number', () => {
		const values = Float64Array.from({ length: 64 }, (_, index) => Math.sin(index));
		const loss = () => values.reduce((sum, value) => sum + value ** 3, 0);
		const right = Float32Array.from(values, (value) => 3 * value ** 2);
		const error = (gradient: Float32Array) => slopeError({ name: 'x', values, gradient }, loss);
		assert.ok(error(right) < 1e-6);
		assert.ok(error(right.map((value, index) => (index < 8 ? 0 : value))) > 0.05);
		assert.ok(error(right.map((value) => value * 1.01)) > 1e-3);
		assert.ok(!(error(right.map((value, index) => (index === 5 ? Number.NaN : value))) < 1));
	});
});
