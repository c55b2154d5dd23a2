/** The curve stays bounded, keeps its mean, and goes back when a run does. */
import assert from 'node:assert/strict';
import { LossCurve } from '../../../../src/finetune/job/lossCurve';

describe('finetune/job/lossCurve', () => {
	it('keeps every step while there are few', () => {
		const curve = new LossCurve(4);
		for (const step of [1, 2, 3]) {
			curve.add(step, step * 10);
		}
		assert.deepEqual(curve.all, [
			{ step: 1, loss: 10 },
			{ step: 2, loss: 20 },
			{ step: 3, loss: 30 },
		]);
	});

	it('averages neighbours when there are many, and shows the last step at once', () => {
		const curve = new LossCurve(4);
		for (let step = 1; step <= 7; step++) {
			curve.add(step, step);
		}
		assert.deepEqual(curve.all, [
			{ step: 2, loss: 1.5 },
			{ step: 4, loss: 3.5 },
			{ step: 6, loss: 5.5 },
			{ step: 7, loss: 7 },
		]);
	});

	it('has at most 2,000 points after 100,000 steps, in order, with the mean of all', () => {
		const curve = new LossCurve();
		for (let step = 1; step <= 100_000; step++) {
			curve.add(step, step);
		}
		const points = curve.all;
		assert.ok(points.length <= 2_000 && points.length >= 1_000, String(points.length));
		assert.ok(points.every((point, index) => point.step > (points[index - 1]?.step ?? 0)));
		assert.equal(points.at(-1)?.step, 100_000);
		const first = points[0];
		assert.equal(first?.loss, ((first?.step ?? 0) + 1) / 2);
	});

	it('forgets the steps that a resumed run does again', () => {
		const curve = new LossCurve();
		for (const [step, loss] of [
			[1, 5],
			[2, 4],
			[3, 3],
			[2, 40],
		] as const) {
			curve.add(step, loss);
		}
		assert.deepEqual(curve.all, [
			{ step: 1, loss: 5 },
			{ step: 2, loss: 40 },
		]);
	});
});
