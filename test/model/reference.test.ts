/** The reference computes what llama.cpp computes, for every architecture that is trained; and every term counts. */
import * as assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { checkModelFile } from '../../src/inference/gguf/ggufCheck';
import { TRAINED_SHAPES } from '../support/architectureShapes';
import { LlamaLogits } from '../support/llamaLogits';
import { seededRandom, writeRandomAdapter, writeRandomModel } from '../support/randomModel';
import type { ReferenceConfig } from '../support/referenceConfig';
import type { ReferenceAdapter } from '../support/referenceLayers';
import {
	logProbability,
	type ReferenceModel,
	readReferenceAdapter,
	readReferenceModel,
	referenceLoss,
} from '../support/referenceModel';

const random = seededRandom(3);
/** More than the windows of the shapes, none of them a control token. */
const TOKENS: readonly number[] = Array.from({ length: 48 }, () => Math.floor(random() * 300));
const ALL: readonly number[] = TOKENS.map(() => 1);

/** As far as llama.cpp's single precision, or its table of half-precision GELUs, may lie from double precision. */
const LIMITS = { silu: 1e-5, gelu: 5e-4, 'gelu-half': 2e-4 } as const;

/** What llama.cpp rounds beside the weights: activations to the same kind of type as the matrix. */
const TYPE_LIMITS = { F16: 2e-3, BF16: 1e-2, Q8_0: 3e-2, Q4_0: 3e-2 } as const;

type Rows = readonly (Float64Array | undefined)[];

function logitsOf(model: ReferenceModel, adapter?: ReferenceAdapter): Rows {
	const input = { tokens: TOKENS, targets: TOKENS, weights: ALL };
	return referenceLoss(model, adapter === undefined ? input : { ...input, adapter }).logits;
}

/** Root mean square of the difference, over that of the expected. */
function distance(actual: Rows, expected: Rows): number {
	assert.equal(actual.length, expected.length);
	let difference = 0;
	let square = 0;
	for (const [row, values] of expected.entries()) {
		assert.ok(values !== undefined && values.length === actual[row]?.length);
		for (const [token, value] of values.entries()) {
			difference += ((actual[row]?.[token] ?? Number.NaN) - value) ** 2;
			square += value ** 2;
		}
	}
	return Math.sqrt(difference / square);
}

/** With GELU as the CPU of ggml looks it up. */
function asOnTheCpu(model: ReferenceModel): ReferenceModel {
	const { activation } = model.config;
	return {
		...model,
		config: { ...model.config, activation: activation === 'gelu' ? 'gelu-half' : activation },
	};
}

/** Each norm and bias of the first and the last layer left out, by name. */
function withoutTensors({ config, tensors }: ReferenceModel): (readonly [string, ReferenceModel])[] {
	return [...tensors.entries()]
		.filter(
			([name]) =>
				!/^blk\./.test(name) || name.startsWith('blk.0.') || name.startsWith(`blk.${config.layers - 1}.`),
		)
		.filter(([name]) => /norm\.weight$|\.bias$/.test(name))
		.map(([name, matrix]) => {
			const values = new Float64Array(matrix.values.length).fill(name.endsWith('.bias') ? 0 : 1);
			return [name, { config, tensors: new Map([...tensors, [name, { ...matrix, values }]]) }];
		});
}

/** Each term of the description left out, where the model has it. */
function withoutTerms({ config, tensors }: ReferenceModel): (readonly [string, ReferenceModel])[] {
	const { rope, headSize } = config;
	const none = Number.POSITIVE_INFINITY;
	const changes: Readonly<Record<string, Partial<ReferenceConfig> | undefined>> = {
		norm: { norm: config.norm === 'rms' ? 'layer' : 'rms' },
		epsilon: { normEpsilon: 0 },
		activation: { activation: config.activation === 'silu' ? 'gelu' : 'silu' },
		pairs: { rope: { ...rope, pairs: rope.pairs === 'halves' ? 'neighbours' : 'halves' } },
		base: { rope: { ...rope, base: rope.base / 2 } },
		factor: rope.factor === 1 ? undefined : { rope: { ...rope, factor: 1 } },
		yarn: rope.yarn && { rope: { ...rope, yarn: undefined } },
		'the ramp of YaRN': rope.yarn && { rope: { ...rope, yarn: { ...rope.yarn, originalContext: 1 << 20 } } },
		divisors: rope.divisors && { rope: { ...rope, divisors: undefined } },
		embeddingScale: config.embeddingScale === 1 ? undefined : { embeddingScale: 1 },
		residualScale: config.residualScale === 1 ? undefined : { residualScale: 1 },
		attentionScale:
			config.attentionScale === headSize ** -0.5 ? undefined : { attentionScale: headSize ** -0.5 },
		logitScale: config.logitScale === 1 ? undefined : { logitScale: 1 },
		attentionCap: config.attentionCap === none ? undefined : { attentionCap: none },
		finalCap: config.finalCap === none ? undefined : { finalCap: none },
		window: config.window(0) === none ? undefined : { window: () => none },
		'every second window': config.window(0) === none ? undefined : { window: () => config.window(0) },
	};
	return Object.entries(changes).flatMap(([name, change]) =>
		change === undefined ? [] : [[name, { tensors, config: { ...config, ...change } }] as const],
	);
}

describe('the reference', function () {
	this.timeout(60_000);
	const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'familiar-reference-'));
	const file = path.join(folder, 'model.gguf');
	let llama: LlamaLogits;

	before(async () => {
		llama = await LlamaLogits.open();
	});
	after(async () => {
		await llama.dispose();
		fs.rmSync(folder, { recursive: true, force: true });
	});

	function modelOf(name: string): ReferenceModel {
		const shape = TRAINED_SHAPES[name];
		assert.ok(shape);
		writeRandomModel(file, shape);
		return readReferenceModel(file);
	}

	for (const [name, shape] of Object.entries(TRAINED_SHAPES)) {
		describe(name, () => {
			let model: ReferenceModel;
			before(() => {
				model = modelOf(name);
			});

			it('passes the checks before loading', async () => {
				assert.equal(await checkModelFile(file), undefined);
			});

			it('has the logits of llama.cpp', async () => {
				const expected = await llama.logits(file, TOKENS);
				for (const one of [model, asOnTheCpu(model)]) {
					const found = distance(logitsOf(one), expected);
					assert.ok(found < LIMITS[one.config.activation], `${found} with ${one.config.activation}`);
				}
			});

			it('has them with an adapter on every matrix', async () => {
				const adapter = path.join(folder, 'adapter.gguf');
				writeRandomAdapter(adapter, { ...shape, rank: 4, alpha: 6 });
				const expected = await llama.logits(file, TOKENS, { path: adapter, scale: 1 });
				const one = asOnTheCpu(model);
				const found = distance(logitsOf(one, readReferenceAdapter(adapter)), expected);
				assert.ok(found < 2 * LIMITS[one.config.activation], String(found));
				assert.ok(distance(logitsOf(one), expected) > 0.1);
			});

			it('would show each term that is forgotten', () => {
				const expected = logitsOf(model);
				for (const [term, without] of [...withoutTensors(model), ...withoutTerms(model)]) {
					const found = distance(logitsOf(without), expected);
					assert.ok(found > 10 * LIMITS[model.config.activation], `${term}: ${found}`);
				}
			});
		});
	}

	for (const type of ['F16', 'BF16', 'Q8_0', 'Q4_0'] as const) {
		for (const [name, shape] of Object.entries(TRAINED_SHAPES).filter(([name]) => !name.includes(','))) {
			it(`reads ${name} in ${type}`, async () => {
				writeRandomModel(file, { ...shape, type });
				const found = distance(logitsOf(readReferenceModel(file)), await llama.logits(file, TOKENS));
				assert.ok(found < TYPE_LIMITS[type], String(found));
			});
		}
	}

	for (const name of ['llama', 'gemma2'] as const) {
		it(`keeps the documents of a row apart in ${name}`, () => {
			const model = modelOf(name);
			const [first, second] = [TOKENS.slice(0, 18), TOKENS.slice(18)];
			const alone = [first, second].map((tokens) => {
				return referenceLoss(model, { tokens, targets: tokens, weights: ALL }).logits;
			});
			const together = referenceLoss(model, {
				tokens: TOKENS,
				targets: TOKENS,
				weights: ALL,
				positions: [...first.keys(), ...second.keys()],
				starts: TOKENS.map((_, row) => (row < first.length ? 0 : first.length)),
			});
			assert.ok(distance(together.logits, alone.flat()) < 1e-14);
			assert.ok(distance(logitsOf(model), alone.flat()) > 0.1);
		});
	}

	it('weighs the losses of its rows', () => {
		const model = modelOf('qwen2');
		const all = logitsOf(model);
		const weights = TOKENS.map((_, row) => (row === 5 ? 1 : row === 30 ? 0.5 : 0));
		const { loss, logits } = referenceLoss(model, { tokens: TOKENS, targets: TOKENS.map(() => 7), weights });
		const losses = [5, 30].map((row) => -logProbability(all[row] ?? new Float64Array(), 7));
		assert.equal(loss, ((losses[0] ?? 0) + 0.5 * (losses[1] ?? 0)) / 1.5);
		assert.deepEqual(
			logits.map((row) => row !== undefined),
			weights.map((weight) => weight > 0),
		);
		assert.deepEqual(logits[30], all[30]);
	});
});
