/** Every way to compute a step gives the gradient: plain operations, checkpointing, fewer bits, quantised copies, top layers. */
import * as assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import type { Graph } from '../../src/finetune/ggml/graph';
import { PLAIN_FORMS } from '../../src/finetune/tape/forms';
import type { StepOptions } from '../../src/finetune/training/stepGraph';
import { TRAINED_SHAPES } from '../support/architectureShapes';
import { adapterParameters } from '../support/differences';
import { writeGguf } from '../support/ggufWriter';
import { type RandomModelOptions, randomModel, writeRandomModel } from '../support/randomModel';
import { readReferenceModel } from '../support/referenceModel';
import {
	cosine,
	type Gradients,
	type Pass,
	passOf,
	passThrough,
	type RigOptions,
	randomBatch,
	rig,
	worstDifference,
} from '../support/training';

/** Norms, biases, tied embeddings, soft caps, windows and both kinds of MLP occur among them. */
const SHAPES = ['llama', 'qwen2', 'gemma2', 'starcoder2'] as const;

function shapeOf(name: string): RandomModelOptions {
	const shape = TRAINED_SHAPES[name];
	assert.ok(shape);
	return shape;
}

/** ggml's names of the operations of a graph. */
function operationsOf({ device: { ggml }, handle, nodes }: Graph): ReadonlySet<string> {
	return new Set(
		Array.from({ length: nodes }, (_, index) => ggml.ggml_op_desc(ggml.ggml_graph_node(handle, index))),
	);
}

describe('variants of a training step', () => {
	const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'familiar-variants-'));
	const file = path.join(folder, 'model.gguf');
	after(() => fs.rmSync(folder, { recursive: true }));
	/** Two blocks of attention. */
	const batch = randomBatch(256, 300);

	for (const name of SHAPES) {
		describe(name, () => {
			const model = path.join(folder, `${name}.gguf`);
			let exact: Pass;
			before(async () => {
				writeRandomModel(model, shapeOf(name));
				exact = await passThrough(model, batch);
			});
			const compare = async (options: RigOptions) => {
				const { loss, gradients } = await passThrough(model, batch, options);
				return {
					loss: Math.abs(loss / exact.loss - 1),
					worst: worstDifference(gradients, exact.gradients),
					cosine: cosine(gradients, exact.gradients),
				};
			};

			for (const checkpointing of [false, true]) {
				it(`plain operations, ${checkpointing ? 'with' : 'without'} checkpointing`, async () => {
					const found = await compare({ forms: PLAIN_FORMS, step: { checkpointing } });
					assert.ok(found.worst < 1e-5 && found.loss < 1e-6, JSON.stringify(found));
				});
			}

			it('checkpointing', async () => {
				const found = await compare({ step: { checkpointing: true } });
				assert.ok(found.worst < 1e-6 && found.loss < 1e-6, JSON.stringify(found));
			});

			const fewerBits: readonly (readonly [string, Partial<StepOptions>, least: number])[] = [
				['values kept in BF16', { keepIn: 'BF16' }, 0.9999],
				['products in F16', { products: 'F16' }, 0.99999],
				['products in BF16', { products: 'BF16' }, 0.9995],
				['both in BF16', { products: 'BF16', keepIn: 'BF16' }, 0.9995],
				['all of it', { products: 'BF16', keepIn: 'BF16', checkpointing: true }, 0.9995],
			];
			for (const [what, step, least] of fewerBits) {
				it(`${what}: nearly the same direction`, async () => {
					const found = await compare({ step });
					assert.ok(found.cosine > least && found.loss < 1e-3, JSON.stringify(found));
					assert.ok(found.worst > 1e-5, 'it is as if nothing had been asked for');
				});
			}

			for (const copies of ['BF16', 'Q8_0']) {
				it(`transposed copies in ${copies}: nearly the same direction, and the loss itself`, async () => {
					const found = await compare({ base: { copies } });
					assert.ok(found.cosine > 0.9995 && found.worst > 1e-4, JSON.stringify(found));
					assert.ok(found.loss < 1e-7, JSON.stringify(found));
				});
			}
		});
	}

	it('plain operations are none of those that a device may lack', () => {
		writeRandomModel(file, shapeOf('llama'));
		const [native, plain] = [{}, PLAIN_FORMS].map((forms) => {
			const parts = rig(file, batch, { forms });
			try {
				return operationsOf(parts.step.graph);
			} finally {
				parts.dispose();
			}
		});
		const lacking = ['RMS_NORM_BACK', 'SOFT_MAX_BACK', 'ROPE_BACK', 'OUT_PROD', 'SILU_BACK', 'SWIGLU'];
		assert.deepEqual(
			lacking.filter((name) => !native?.has(name)),
			[],
		);
		assert.deepEqual(
			[...lacking, 'GET_ROWS_BACK', 'REPEAT_BACK'].filter((name) => plain?.has(name)),
			[],
		);
	});

	it('checkpointing takes less memory', () => {
		writeRandomModel(file, { ...shapeOf('llama'), layers: 8 });
		const long = randomBatch(128, 300);
		const bytes = [false, true].map((checkpointing) => {
			const parts = rig(file, long, { step: { checkpointing } });
			parts.dispose();
			return parts.step.activationBytes;
		});
		assert.ok((bytes[1] ?? 0) < 0.5 * (bytes[0] ?? 0), bytes.join(' and '));
	});

	for (const name of SHAPES) {
		it(`${name} in Q8_0 with Q8_0 copies has the direction of the model that its numbers stand for`, async () => {
			const shape: RandomModelOptions = { ...shapeOf(name), width: 256, feedForward: 512, type: 'Q8_0' };
			writeRandomModel(file, shape);
			const { gradients } = await passThrough(file, batch, { base: { copies: 'Q8_0' } });
			const { tensors } = readReferenceModel(file);
			const written = randomModel(shape);
			writeGguf(file, {
				...written,
				tensors: written.tensors.map((tensor) => ({
					...tensor,
					type: 'F32',
					fill: (values, first) =>
						values.set(tensors.get(tensor.name)?.values.subarray(first, first + values.length) ?? []),
				})),
			});
			const exact = await passThrough(file, batch);
			const found = cosine(gradients, exact.gradients);
			assert.ok(found > 0.999, String(found));
		});
	}

	it('only the top layers: their gradients are those of a full run whose other pairs are nothing', async () => {
		writeRandomModel(file, { ...shapeOf('qwen2'), layers: 3 });
		const top = { topLayers: 1 };
		const part = rig(file, batch, {
			settings: top,
			base: { firstTrained: 2 },
		});
		const whole = rig(file, batch);
		try {
			const trained = part.lora?.content() ?? [];
			assert.ok(trained.length === 7 && trained.every(({ name }) => name.startsWith('blk.2.')));
			const below = (whole.lora?.content() ?? []).slice(0, -trained.length);
			whole.lora?.load([...below.map((matrix) => ({ ...matrix, b: matrix.b.map(() => 0) })), ...trained]);
			const expected = await passOf(whole, batch);
			const { loss, gradients } = await passOf(part, batch);
			assert.ok(Math.abs(loss / expected.loss - 1) < 1e-6);
			const kept: Gradients = new Map([...expected.gradients].filter(([name]) => gradients.has(name)));
			assert.equal(gradients.size, 14);
			assert.ok(worstDifference(gradients, kept) < 1e-5);
			// What runs forward only has neither copies nor backward operations.
			assert.deepEqual(
				[0, 1, 2].map((layer) => part.base.matrix(layer, 'attn_q').transposed !== undefined),
				[false, false, true],
			);
			assert.ok(part.step.graph.nodes < 0.6 * whole.step.graph.nodes);
		} finally {
			part.dispose();
			whole.dispose();
		}
	});

	it('the rank-stabilised scale is alpha over the root of the rank', async () => {
		writeRandomModel(file, shapeOf('llama'));
		const settings = { rank: 16, alpha: 8 };
		const parts = rig(file, batch, { settings: { ...settings, rankStabilised: true } });
		try {
			// What an adapter file says, which llama.cpp divides by the rank.
			assert.equal(parts.lora?.alpha, 32);
			const stabilised = await passOf(parts, batch);
			const same = adapterParameters(readReferenceModel(file), batch, parts, stabilised.gradients);
			assert.ok(Math.abs(stabilised.loss / same.loss() - 1) < 1e-6);
			const plain = await passThrough(file, batch, { settings: { ...settings, alpha: 32 } });
			assert.ok(worstDifference(stabilised.gradients, plain.gradients) < 1e-6);
			const smaller = await passThrough(file, batch, { settings });
			assert.ok(Math.abs(smaller.loss / stabilised.loss - 1) > 1e-3);
		} finally {
			parts.dispose();
		}
	});
});
