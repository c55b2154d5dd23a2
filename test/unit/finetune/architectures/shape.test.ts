/** The shape of a model as its header says it, and which models are refused, by name. */
import * as assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import type { ModelShape } from '../../../../src/finetune/architectures/architecture';
import { readShape, UntrainableModel } from '../../../../src/finetune/architectures/shape';
import { readGgufFile } from '../../../../src/inference/gguf/gguf';
import { TRAINED_SHAPES } from '../../../support/architectureShapes';
import { type MetadataValue, type WrittenFile, writeGguf } from '../../../support/ggufWriter';
import { real, text } from '../../../support/randomMetadata';
import { randomModel } from '../../../support/randomModel';

const whole = (value: number): MetadataValue => ({ type: 'uint32', value });
const flag = (value: boolean): MetadataValue => ({ type: 'bool', value });
const numbers = (values: readonly number[]): MetadataValue => ({ type: 'array', of: 'int32', values });

/** `undefined` takes a key away. */
type Changes = Readonly<Record<string, MetadataValue | undefined>>;

describe('model shape', () => {
	const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'familiar-shape-'));
	const file = path.join(folder, 'model.gguf');
	after(() => fs.rmSync(folder, { recursive: true }));

	const models = new Map<string, WrittenFile>();
	function shapeOf(name: string, changes: Changes = {}, addedTensor?: string): ModelShape {
		const written = models.get(name) ?? randomModel(TRAINED_SHAPES[name] ?? assert.fail());
		models.set(name, written);
		const metadata = Object.fromEntries(
			Object.entries({ ...written.metadata, ...changes }).flatMap(([key, value]) =>
				value === undefined ? [] : [[key, value]],
			),
		);
		const added = { shape: [64], type: 'F32', fill: () => undefined } as const;
		writeGguf(file, {
			metadata,
			tensors:
				addedTensor === undefined ? written.tensors : [...written.tensors, { ...added, name: addedTensor }],
		});
		return readShape(readGgufFile(file));
	}

	it('holds the sizes', () => {
		const { layers, width, heads, keyValueHeads, headSize, feedForward, vocabulary, context, epsilon } =
			shapeOf('qwen3, long heads');
		assert.deepEqual([layers, width, heads, keyValueHeads, headSize], [2, 64, 4, 2, 32]);
		assert.deepEqual(
			[feedForward, vocabulary, context, Math.fround(epsilon)],
			[96, 320, 256, Math.fround(1e-2)],
		);
	});

	it('holds the terms of each family', () => {
		const terms = (name: string) => {
			const { norm, activation, gated, queryKeyNorm, postNorms, rope } = shapeOf(name);
			return [norm, activation, gated, queryKeyNorm, postNorms, rope.kind];
		};
		assert.deepEqual(terms('llama'), ['rms', 'silu', true, false, false, 0]);
		assert.deepEqual(terms('qwen2'), ['rms', 'silu', true, false, false, 2]);
		assert.deepEqual(terms('qwen3'), ['rms', 'silu', true, true, false, 2]);
		assert.deepEqual(terms('starcoder2'), ['layer', 'gelu', false, false, false, 2]);
		assert.deepEqual(terms('gemma'), ['rms', 'gelu', true, false, false, 2]);
		assert.deepEqual(terms('gemma2'), ['rms', 'gelu', true, false, true, 2]);
		assert.deepEqual(terms('granite'), ['rms', 'silu', true, false, false, 0]);
	});

	it("scales gemma2's attention by the head, of the largest by the width", () => {
		assert.equal(shapeOf('gemma2').attentionScale, 1 / Math.sqrt(32));
		assert.equal(shapeOf('gemma2, 27B').attentionScale, 1 / Math.sqrt(32));
		assert.deepEqual(shapeOf('gemma2').windows, [12, 0]);
		assert.deepEqual(shapeOf('gemma2', { 'gemma2.attention.sliding_window': undefined }).windows, [4096, 0]);
	});

	it("reads granite's scales, of which 0 is none", () => {
		const scales = (changes: Changes = {}) => {
			const { embeddingScale, residualScale, attentionScale, logitScale } = shapeOf('granite', changes);
			return [embeddingScale, residualScale, attentionScale, logitScale].map(Math.fround);
		};
		assert.deepEqual(scales(), [3, 0.6, 0.4, 2].map(Math.fround));
		assert.deepEqual(
			scales({
				'granite.embedding_scale': real(0),
				'granite.residual_scale': undefined,
				'granite.attention.scale': real(0),
			}),
			[1, 1, 0.25, 2],
		);
	});

	describe('positions', () => {
		const rope = (changes: Changes) => shapeOf('llama', changes).rope;

		it('have their base and no scaling by default', () => {
			const found = rope({ 'llama.rope.freq_base': undefined, 'llama.rope.dimension_count': undefined });
			assert.deepEqual(found, {
				dimensions: 16,
				kind: 0,
				originalContext: 256,
				base: 10_000,
				frequencyScale: 1,
				extrapolation: 0,
				attentionFactor: 1,
				betaFast: 32,
				betaSlow: 1,
			});
		});

		it('are scaled linearly, by the old key too, and by a factor of 0 not at all', () => {
			assert.equal(rope({ 'llama.rope.scaling.factor': real(4) }).frequencyScale, 0.25);
			assert.equal(rope({ 'llama.rope.scale_linear': real(2) }).frequencyScale, 0.5);
			assert.equal(rope({ 'llama.rope.scaling.factor': real(0) }).frequencyScale, 1);
			const none = { 'llama.rope.scaling.type': text('none'), 'llama.rope.scaling.factor': real(4) };
			assert.equal(rope(none).frequencyScale, 1);
		});

		it('are scaled by YaRN, whose betas are always the same', () => {
			const found = rope({
				'llama.rope.scaling.type': text('yarn'),
				'llama.rope.scaling.factor': real(8),
				'llama.rope.scaling.original_context_length': whole(2048),
				'llama.rope.scaling.attn_factor': real(1.5),
				// llama.cpp reads these for other architectures only.
				'llama.rope.scaling.yarn_beta_fast': real(128),
				'llama.rope.scaling.yarn_beta_slow': real(4),
				'llama.rope.scaling.yarn_log_multiplier': real(0.1),
			});
			assert.deepEqual(
				[found.extrapolation, found.frequencyScale, found.originalContext, found.attentionFactor],
				[1, 0.125, 2048, 1.5],
			);
			assert.deepEqual([found.betaFast, found.betaSlow], [32, 1]);
		});
	});

	describe('is refused', () => {
		const refused = (name: string, message: RegExp, changes: Changes, addedTensor?: string) =>
			assert.throws(
				() => shapeOf(name, changes, addedTensor),
				(error) => error instanceof UntrainableModel && message.test(error.message),
			);

		for (const [what, name, message, changes, tensor] of [
			[
				'an unknown architecture',
				'llama',
				/phi3 cannot be .*: llama, qwen2/,
				{ 'general.architecture': text('phi3') },
			],
			['no architecture', 'llama', /architecture unnamed/, { 'general.architecture': undefined }],
			['a mixture of experts', 'llama', /mixture of 8 experts/, { 'llama.expert_count': whole(8) }],
			['several files', 'llama', /split into 3 files/, { 'split.count': { type: 'uint16', value: 3 } }],
			['q, k and v in one matrix', 'qwen2', /one matrix/, {}, 'blk.0.attn_qkv.weight'],
			[
				'longrope',
				'llama',
				/"longrope", and only none, linear, yarn/,
				{ 'llama.rope.scaling.type': text('longrope') },
			],
			['factors of longrope', 'llama', /rope_factors_long\.weight/, {}, 'rope_factors_long.weight'],
			[
				'no positions',
				'granite',
				/granite\.rope\.scaling\.finetuned/,
				{ 'granite.rope.scaling.finetuned': flag(false) },
			],
			['a bias of the output', 'qwen2', /tensor output\.bias/, {}, 'output.bias'],
			['a scale of a matrix', 'llama', /tensor blk\.0\.attn_q\.scale/, {}, 'blk.0.attn_q.scale'],
			['a bias of an RMS norm', 'llama', /tensor blk\.1\.ffn_norm\.bias/, {}, 'blk.1.ffn_norm.bias'],
			['several tokens at once', 'qwen3', /several tokens/, { 'qwen3.nextn_predict_layers': whole(1) }],
			['other windows', 'gemma2', /every other/, { 'gemma2.attention.sliding_window_pattern': whole(6) }],
			[
				'windows by layer',
				'gemma2',
				/every other/,
				{ 'gemma2.attention.sliding_window_pattern': numbers([0, 1]) },
			],
			['a base of the windows', 'gemma2', /freq_base_swa is 500/, { 'gemma2.rope.freq_base_swa': real(500) }],
			['long values', 'llama', /keys are 16 .* values 8/, { 'llama.attention.value_length': whole(8) }],
			[
				'layers that differ',
				'llama',
				/head_count_kv differs/,
				{ 'llama.attention.head_count_kv': numbers([2, 4]) },
			],
			['no layers', 'llama', /lacks llama\.block_count/, { 'llama.block_count': undefined }],
		] as const) {
			it(what, () => refused(name, message, changes, tensor));
		}
	});

	it('takes what is as usual, said in other words', () => {
		const usual: readonly (readonly [string, Changes])[] = [
			['gemma2', { 'gemma2.attention.sliding_window_pattern': whole(2) }],
			['gemma2', { 'gemma2.attention.sliding_window_pattern': numbers([1, 0]) }],
			['gemma2', { 'gemma2.rope.freq_base_swa': real(10_000) }],
			['granite', { 'granite.rope.scaling.finetuned': flag(true) }],
			['llama', { 'llama.attention.head_count_kv': numbers([2, 2]), 'llama.expert_count': whole(0) }],
			['llama', { 'llama.attention.key_length': whole(16) }],
		];
		for (const [name, changes] of usual) {
			assert.deepEqual(shapeOf(name, changes), shapeOf(name));
		}
	});
});
