/** Which matrices of a model get a pair. */
import * as assert from 'node:assert/strict';
import type { ModelShape } from '../../../../src/finetune/architectures/architecture';
import { UntrainableModel } from '../../../../src/finetune/architectures/shape';
import { DEFAULT_SETTINGS } from '../../../../src/finetune/settings';
import { adaptedMatrices, firstTrainedLayer } from '../../../../src/finetune/training/lora';

const SHAPE: ModelShape = {
	architecture: 'starcoder2',
	name: 'small',
	layers: 3,
	width: 64,
	heads: 4,
	keyValueHeads: 2,
	headSize: 32,
	feedForward: 96,
	vocabulary: 320,
	context: 256,
	norm: 'layer',
	epsilon: 1e-5,
	activation: 'gelu',
	gated: true,
	queryKeyNorm: false,
	postNorms: false,
	rope: {
		dimensions: 32,
		kind: 2,
		originalContext: 256,
		base: 10_000,
		frequencyScale: 1,
		extrapolation: 0,
		attentionFactor: 1,
		betaFast: 32,
		betaSlow: 1,
	},
	embeddingScale: 1,
	residualScale: 1,
	attentionScale: 1,
	logitScale: 1,
	attentionSoftCap: 0,
	finalSoftCap: 0,
	windows: [0, 0, 0],
};

describe('adapted matrices', () => {
	it('are all seven of every layer, in their sizes', () => {
		const found = adaptedMatrices(SHAPE, DEFAULT_SETTINGS);
		assert.equal(found.length, 21);
		assert.deepEqual(
			found.slice(7, 14).map(({ layer, name, inputs, outputs }) => `${layer} ${name} ${inputs}→${outputs}`),
			[
				'1 attn_q 64→128',
				'1 attn_k 64→64',
				'1 attn_v 64→64',
				'1 attn_output 128→64',
				'1 ffn_gate 64→96',
				'1 ffn_up 64→96',
				'1 ffn_down 96→64',
			],
		);
	});

	it('are those of the targets, in the top layers', () => {
		const settings = { ...DEFAULT_SETTINGS, targets: ['v', 'q'], topLayers: 2 } as const;
		assert.deepEqual(
			adaptedMatrices(SHAPE, settings).map(({ layer, name }) => `${layer} ${name}`),
			['1 attn_q', '1 attn_v', '2 attn_q', '2 attn_v'],
		);
		assert.deepEqual(
			[0, 1, 3, 9].map((count) => firstTrainedLayer(SHAPE, count)),
			[0, 2, 0, 0],
		);
	});

	it('have no gate in a plain MLP; a run of gates only is refused, with what there is', () => {
		const plain = { ...SHAPE, gated: false };
		assert.equal(adaptedMatrices(plain, DEFAULT_SETTINGS).length, 18);
		assert.throws(
			() => adaptedMatrices(plain, { ...DEFAULT_SETTINGS, targets: ['gate'] }),
			(error) =>
				error instanceof UntrainableModel &&
				/only gate, and starcoder2 .* q, k, v, o, up, down/.test(error.message),
		);
	});
});
