/** What a learning curve advises, and in which words. */
import * as assert from 'node:assert/strict';
import { adviceOf, adviceTexts } from '../../../../src/finetune/learningCurve/advice';
import type { LearningCurve } from '../../../../src/finetune/learningCurve/curve';
import { fitPowerLaw } from '../../../../src/finetune/learningCurve/powerLaw';

const translate = (text: string, ...words: readonly (string | number | boolean)[]) =>
	text.replace(/\{(\d+)\}/g, (_, index: string) => String(words[Number(index)]));

function curveOf(alpha: number, time = { done: 1, lastQuarter: 0 }, noise = 0): LearningCurve {
	const points = [0.25, 0.5, 1].map((share, index) => ({
		share,
		tokens: 400_000 * share,
		loss: (5e9 / (400_000 * share)) ** alpha * Math.exp(index === 1 ? noise : 0),
	}));
	return { version: 1, points, fit: fitPowerLaw(points), time, milliseconds: 1_000 };
}

describe('advice of a learning curve', () => {
	it('is more data where twice of it takes a hundredth off the loss', () => {
		const advice = adviceOf(curveOf(0.1));
		assert.equal(advice.type, 'data');
		// 1 − 2^−0.1.
		assert.ok(Math.abs((advice.dataGain ?? 0) - 0.067) < 0.001);
		assert.ok(advice.isProven);
	});

	it('is neither where both bring less', () => {
		assert.equal(adviceOf(curveOf(0.005)).type, 'neither');
	});

	it('is more time where the end was still falling, or code was left unseen', () => {
		assert.equal(adviceOf(curveOf(0.005, { done: 1, lastQuarter: 0.03 })).type, 'time');
		// A twentieth of the code: 1 − 0.05^0.005 = 1.5 %.
		assert.equal(adviceOf(curveOf(0.005, { done: 0.05, lastQuarter: 0 })).type, 'time');
		assert.equal(adviceOf(curveOf(0.1, { done: 0.5, lastQuarter: 0 })).type, 'both');
	});

	it('is more passes where no law was fitted, and the end was still falling', () => {
		const curve: LearningCurve = {
			...curveOf(0.1, { done: 1, lastQuarter: 0.03 }),
			fit: { type: 'refused', reason: 'noise' },
		};
		assert.equal(adviceOf(curve).type, 'time');
		assert.match(adviceTexts(curve, translate).join(' '), /^More passes would help.*beyond chance\.$/);
	});

	it('is none where no law was fitted', () => {
		const points = [1, 2, 3].map((loss, index) => ({ share: 1, tokens: index + 1, loss }));
		const curve: LearningCurve = { ...curveOf(0.1), points, fit: fitPowerLaw(points) };
		assert.equal(adviceOf(curve).type, 'unknown');
		assert.match(adviceTexts(curve, translate).join(' '), /did not fall each time/);
	});

	it('says figures and the interval, and that three points do not prove it', () => {
		const [first, second, third, ...rest] = adviceTexts(curveOf(0.1), translate);
		assert.equal(first, 'More data would help: open more repositories.');
		assert.match(
			second ?? '',
			/^Twice the code is expected to give 2\.397 instead of 2\.569, 6\.7 % lower \(95 %: .* from 3 runs\)\.$/,
		);
		assert.deepEqual([third, ...rest], [undefined]);
		const noisy = adviceTexts(curveOf(0.1, { done: 1, lastQuarter: 0 }, 0.02), translate);
		assert.match(noisy[2] ?? '', /do not prove it/);
	});
});
