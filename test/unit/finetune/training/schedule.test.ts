/** The learning rate over a run, by hand. */
import * as assert from 'node:assert/strict';
import { rateFactor } from '../../../../src/finetune/training/schedule';

describe('schedule', () => {
	const near = (found: number, expected: number) =>
		assert.ok(Math.abs(found - expected) < 1e-12, String(found));

	it('rises linearly through the warm-up, to the peak in its last step', () => {
		// 5 % of 400 steps.
		near(rateFactor(0, 400, 0.05), 1 / 20);
		near(rateFactor(9, 400, 0.05), 0.5);
		near(rateFactor(19, 400, 0.05), 1);
	});

	it('falls along a cosine to a tenth in the last step', () => {
		// A quarter, a half and all of the way from the peak in step 19 to step 399.
		near(rateFactor(114, 400, 0.05), 0.1 + 0.45 * (1 + Math.SQRT1_2));
		near(rateFactor(209, 400, 0.05), 0.55);
		near(rateFactor(399, 400, 0.05), 0.1);
	});

	it('ends at a tenth however short the run is', () => {
		for (const steps of [2, 3, 4, 5, 11]) {
			near(rateFactor(steps - 1, steps, 0.04), 0.1);
		}
	});

	it('stays at a tenth where a run goes on after its last step', () => {
		near(rateFactor(1000, 400, 0.05), 0.1);
	});

	it('warms up for at least 10 steps, but for a quarter of a short run at most', () => {
		near(rateFactor(4, 100, 0), 0.5);
		near(rateFactor(9, 100, 0.04), 1);
		near(rateFactor(0, 12, 0.04), 1 / 3);
		near(rateFactor(2, 12, 0.04), 1);
		near(rateFactor(11, 12, 0.04), 0.1);
	});

	it('has a rate above 0 for every step of every length', () => {
		for (let steps = 1; steps < 60; steps++) {
			for (let step = 0; step < steps; step++) {
				for (const share of [0, 0.04, 1]) {
					const factor = rateFactor(step, steps, share);
					assert.ok(factor >= 1 / Math.max(10, steps) && factor <= 1, `${step} of ${steps}: ${factor}`);
				}
			}
		}
	});
});
