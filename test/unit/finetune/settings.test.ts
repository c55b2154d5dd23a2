/** The learning rate that suits a model. */
import * as assert from 'node:assert/strict';
import { DEFAULT_SETTINGS, settingsProblem, suggestedLearningRate } from '../../../src/finetune/settings';

function suggests(parameters: number, expected: number) {
	it(`suggests ${expected} for ${parameters / 1e6} million parameters`, () => {
		assert.equal(suggestedLearningRate(parameters), expected);
	});
}

describe('learning rate by size', () => {
	suggests(5.07e6, 3e-3);
	suggests(50e6, 9.5e-4);
	suggests(1.54e9, 1.7e-4);
	suggests(7.6e9, 7.7e-5);

	it('is the default for the smallest model of the recipe', () => {
		assert.equal(suggestedLearningRate(0.5e9), DEFAULT_SETTINGS.learningRate);
	});

	it('never exceeds what may be set', () => {
		for (const parameters of [0, 1, 1e4]) {
			const learningRate = suggestedLearningRate(parameters);
			assert.equal(learningRate, 1e-2);
			assert.equal(settingsProblem({ ...DEFAULT_SETTINGS, learningRate }), undefined);
		}
	});
});
