/** The power law of a learning curve: found where it holds, refused where it does not, and honest about three points. */
import * as assert from 'node:assert/strict';
import type { CurvePoint } from '../../../../src/finetune/learningCurve/curve';
import { expectedLoss, fitPowerLaw } from '../../../../src/finetune/learningCurve/powerLaw';

/** L(D) = (Dc / D)^alpha. */
function lawOf(alpha: number, critical: number, noise: readonly number[] = [0, 0, 0]): readonly CurvePoint[] {
	return [0.25, 0.5, 1].map((share, index) => {
		const tokens = 400_000 * share;
		return { share, tokens, loss: (critical / tokens) ** alpha * Math.exp(noise[index] ?? 0) };
	});
}

function fitted(points: readonly CurvePoint[]) {
	const fit = fitPowerLaw(points);
	assert.equal(fit.type, 'fitted');
	return fit.type === 'fitted' ? fit : assert.fail();
}

const near = (found: number, expected: number) =>
	assert.ok(Math.abs(found / expected - 1) < 1e-9, `${found}`);

describe('power law of a learning curve', () => {
	it('finds the law that made the points, and what it says of twice the data', () => {
		const fit = fitted(lawOf(0.1, 5e13));
		near(fit.alpha, 0.1);
		near(fit.logCritical, Math.log(5e13));
		near(fit.doubled.loss, (5e13 / 800_000) ** 0.1);
		assert.equal(fit.doubled.tokens, 800_000);
		near(expectedLoss(fit, 123_456), (5e13 / 123_456) ** 0.1);
		// Nothing is off the line.
		assert.ok(fit.doubled.high - fit.doubled.low < 1e-6);
	});

	it('is the line of least squares', () => {
		// By hand, in units of log 2: x = 0, 1, 2 and y = 3, 2, 1.6 give the slope −0.7 and at x = 3 the value 0.8.
		const points = [3, 2, 1.6].map((y, x) => ({ share: 1, tokens: 2 ** (x + 10), loss: 2 ** y }));
		const fit = fitted(points);
		near(fit.alpha, 0.7);
		near(fit.doubled.loss, 2 ** 0.8);
		// Residuals 0.1, −0.2, 0.1; s² = 0.06; 12.706·√(0.06·(1 + 1/3 + 4/2)) = 5.682…
		const margin = 12.706 * Math.sqrt(0.06 * (1 + 1 / 3 + 2));
		near(fit.doubled.high, 2 ** (0.8 + margin));
		near(fit.doubled.low, 2 ** (0.8 - margin));
	});

	it('widens the interval as the points leave the line', () => {
		const width = (noise: number) => {
			const { doubled } = fitted(lawOf(0.1, 5e13, [0, noise, 0]));
			return doubled.high - doubled.low;
		};
		assert.ok(width(0.001) < width(0.004));
	});

	it('refuses points that do not fall each time, and fewer than three', () => {
		assert.deepEqual(fitPowerLaw(lawOf(0.1, 5e13, [0, -0.2, 0])), {
			type: 'refused',
			reason: 'not-monotone',
		});
		assert.deepEqual(fitPowerLaw(lawOf(-0.1, 5e13)), { type: 'refused', reason: 'not-monotone' });
		const same = lawOf(0.1, 5e13).map((point) => ({ ...point, loss: 1 }));
		assert.deepEqual(fitPowerLaw(same), { type: 'refused', reason: 'not-monotone' });
		assert.deepEqual(fitPowerLaw(lawOf(0.1, 5e13).slice(1)), { type: 'refused', reason: 'few' });
	});

	it('takes the points in any order', () => {
		assert.deepEqual(fitPowerLaw(lawOf(0.2, 1e9).toReversed()), fitPowerLaw(lawOf(0.2, 1e9)));
	});
});
