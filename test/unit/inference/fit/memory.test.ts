/** What a model takes, by the header of its file: every part of it, and what follows where memory is short. */
import * as assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import {
	contextThatFits,
	estimateMemory,
	hasTooManyScores,
	layersThatFit,
} from '../../../../src/inference/fit/memory';
import { type ModelShape, shapeOf, weightBytes } from '../../../../src/inference/fit/shape';
import { type GgufValue, readGgufFile } from '../../../../src/inference/gguf/gguf';
import { starter, temporaryFolder } from '../../../support/engines';
import { TINY_MODEL, writeRandomModel } from '../../../support/randomModel';

const GB = 1e9;
/** Of 7 billion parameters, as Qwen2.5-Coder has them. */
const SEVEN: ModelShape = {
	layers: 28,
	width: 3_584,
	heads: 28,
	cacheLength: 28 * 2 * 512,
	queryLength: 28 * 3_584,
	vocabulary: 152_064,
	layerBytes: 4e9,
	embeddingBytes: 0.3e9,
	outputBytes: 0.45e9,
	isTied: false,
	readBytes: 4e9,
	readWeights: 6.5e9,
	kind: 'quantised',
	trainedContext: 32_768,
};

describe('inference/fit/memory', () => {
	it('reads the shape of a model from its header', () => {
		const file = path.join(temporaryFolder(), 'a.gguf');
		writeRandomModel(file, { ...TINY_MODEL, architecture: 'llama', headSize: 32 });
		const shape = shapeOf(readGgufFile(file));
		const { layers, width, heads, keyValueHeads, feedForward, vocabulary, contextLength } = TINY_MODEL;
		const queries = heads * 32;
		const keys = keyValueHeads * 32;
		const weights = layers * (2 * width * queries + 2 * width * keys + 3 * width * feedForward);
		assert.deepEqual(
			{ ...shape, layerBytes: 0 },
			{
				layers,
				width,
				heads,
				cacheLength: layers * keys * 2,
				queryLength: layers * queries,
				vocabulary,
				layerBytes: 0,
				embeddingBytes: vocabulary * width * 4,
				outputBytes: vocabulary * width * 4,
				isTied: false,
				readBytes: weights * 4,
				readWeights: weights,
				kind: 'float',
				trainedContext: contextLength,
			},
		);
		// Norms belong to the layers, and are read in no time.
		assert.equal(shape.layerBytes, (weights + layers * 2 * width) * 4);
		const bytes = weightBytes(shape) + width * 4;
		assert.ok(Math.abs(fs.statSync(file).size - bytes) < 0.3 * bytes);
	});

	it('knows a tied, quantised model, and one without any shape', () => {
		const shape = shapeOf(readGgufFile(starter));
		assert.equal(shape.isTied, true);
		assert.equal(shape.kind, 'quantised');
		assert.equal(shapeOf({ metadata: new Map(), tensors: [] }).layers, 1);
	});

	it('counts only the experts that a token reads, and only the layers with attention', () => {
		const uint = (value: number): GgufValue => ({ type: 'uint32', value });
		const tensor = (name: string, bytes: number) => ({
			name,
			shape: [bytes, 1],
			type: { name: 'Q8_0', block: 32, bytes: 34, weights: true },
			offset: 0,
			bytes,
		});
		const shape = shapeOf({
			metadata: new Map<string, GgufValue>([
				['general.architecture', { type: 'string', value: 'x' }],
				['x.block_count', uint(8)],
				['x.embedding_length', uint(64)],
				['x.attention.head_count', uint(4)],
				['x.full_attention_interval', uint(4)],
				['x.expert_count', uint(16)],
				['x.expert_used_count', uint(2)],
			]),
			tensors: [tensor('blk.0.attn_q.weight', 100), tensor('blk.0.ffn_up_exps.weight', 1_600)],
		});
		assert.equal(shape.layerBytes, 1_700);
		assert.equal(shape.readBytes, 300);
		assert.equal(shape.cacheLength, 2 * 4 * 16 * 2);
	});

	it('sums weights, cache, buffers and the process', () => {
		const { host, gpu, parts } = estimateMemory(SEVEN, { contextSize: 8_192 });
		assert.equal(gpu, 0);
		assert.equal(parts.weights, 4.75e9);
		assert.equal(parts.cache, 28 * 2 * 512 * 2 * 8_192 * 2);
		assert.ok(Math.abs(host - (parts.weights + parts.cache + parts.buffers + parts.base)) < 1);
		const twice = estimateMemory(SEVEN, { contextSize: 16_384, sequences: 1 });
		assert.equal(twice.parts.cache, parts.cache);
	});

	it('splits by layers, the table of embeddings staying on the host', () => {
		const all = estimateMemory(SEVEN, { contextSize: 8_192, gpuLayers: 29 });
		assert.ok(all.gpu > 4.45e9 + all.parts.cache && all.gpu < 5.8e9, `${all.gpu}`);
		assert.ok(all.host > 0.3e9 && all.host < 0.7e9, `${all.host}`);
		const half = estimateMemory(SEVEN, { contextSize: 8_192, gpuLayers: 14 });
		assert.ok(half.gpu < all.gpu / 1.5 && half.gpu > all.gpu / 3);
		assert.ok(half.host > 2e9);
	});

	it('counts the scores of attention, until there are too many', () => {
		const few = estimateMemory(SEVEN, { contextSize: 8_192 });
		const many = estimateMemory(SEVEN, { contextSize: 32_768 });
		assert.equal(hasTooManyScores(28, 8_192, 128), false);
		assert.equal(hasTooManyScores(28, 32_768, 128), true);
		assert.equal(few.parts.buffers - many.parts.buffers, 28 * 8_192 * 128 * 4);
	});

	it('says how many layers fit, and which context', () => {
		const question = { contextSize: 8_192 };
		assert.equal(layersThatFit(SEVEN, question, 8 * GB), 29);
		const some = layersThatFit(SEVEN, question, 3 * GB);
		assert.ok(some > 5 && some < 20, `${some}`);
		assert.equal(layersThatFit(SEVEN, question, 0.2 * GB), 0);
		const room = { host: 6 * GB, gpu: 0 };
		assert.equal(contextThatFits(SEVEN, {}, 2_048, room), 2_048);
		const less = contextThatFits(SEVEN, {}, 32_768, room) ?? 0;
		assert.ok(less > 2_048 && less < 16_384 && less % 256 === 0, `${less}`);
		assert.ok(estimateMemory(SEVEN, { contextSize: less }).host <= room.host);
		assert.equal(contextThatFits(SEVEN, {}, 8_192, { host: 4 * GB, gpu: 0 }), undefined);
		assert.equal(contextThatFits(SEVEN, {}, 256, room), 256);
	});
});
