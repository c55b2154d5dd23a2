/** What may be set, and the learning rate that suits a model. */
import * as assert from 'node:assert/strict';
import {
	DEFAULT_SETTINGS,
	settingsProblem,
	suggestedLearningRate,
	type TrainingSettings,
} from '../../../src/finetune/settings';

function suggests(parameters: number, expected: number) {
	it(`suggests ${expected} for ${parameters / 1e6} million parameters`, () => {
		assert.equal(suggestedLearningRate(parameters), expected);
	});
}

describe('settings of a run', () => {
	it('may be numbers in place of what is automatic, within their limits', () => {
		const problem = (changes: Partial<TrainingSettings>) =>
			settingsProblem({ ...DEFAULT_SETTINGS, ...changes });
		assert.equal(problem({}), undefined);
		assert.equal(problem({ rowsPerStep: 1, evaluateEvery: 0 }), undefined);
		assert.match(problem({ rowsPerStep: 0 }) ?? '', /^rowsPerStep is 0; it must be a whole number from 1 /);
		assert.match(problem({ evaluateEvery: -1 }) ?? '', /^evaluateEvery is -1; /);
	});

	it('may weigh the end of a middle, or leave it as orders of an earlier version do', () => {
		const problem = (endWeight: number | undefined) => settingsProblem({ ...DEFAULT_SETTINGS, endWeight });
		assert.deepEqual(
			[undefined, 0, 1, 4.5, 100].map(problem),
			Array.from({ length: 5 }, () => undefined),
		);
		assert.match(problem(-1) ?? '', /^endWeight is -1; it must be a number from 0 to 100\.$/);
	});
});

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
