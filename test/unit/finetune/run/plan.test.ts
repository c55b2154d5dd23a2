/** How many steps a run makes and which rows they take. */
import assert from 'node:assert/strict';
import { type Cursor, looksBetween, Plan } from '../../../../src/finetune/training/plan';
import type { Row } from '../../../../src/finetune/training/rows';
import { trainingData } from '../../../support/trainingData';

const { train } = trainingData({ basePath: '', train: 40, lengths: [40, 61, 90, 128] });
const SETTINGS = {
	sequenceLength: 128,
	seed: 1,
	rowsPerStep: 4,
	epochs: 1,
	minutes: 0,
	evaluateEvery: 0,
} as const;
const AUTO = { ...SETTINGS, rowsPerStep: 'auto', evaluateEvery: 'auto' } as const;

/** What tells a row from others. */
function keyOf({ documents }: Row): string {
	return documents.map(({ sample }) => sample).join(' ');
}

describe('plan of a run', () => {
	it('makes as many steps as the epochs have rows', () => {
		const rows = new Plan(train, SETTINGS).rowsOf(0).length;
		assert.ok(rows > 20 && rows < 40);
		for (const [epochs, rowsPerStep] of [
			[1, 4],
			[3, 4],
			[0.5, 2],
			[2, 1],
		] as const) {
			const plan = new Plan(train, { ...SETTINGS, epochs, rowsPerStep });
			assert.equal(plan.steps(undefined), Math.round((rows * epochs) / rowsPerStep));
		}
		assert.equal(new Plan(train, { ...SETTINGS, epochs: 0.001 }).steps(undefined), 1);
	});

	it('makes no more steps than fit into the time, and at least one', () => {
		const plan = new Plan(train, { ...SETTINGS, epochs: 10, minutes: 2 });
		const all = plan.steps(undefined);
		assert.equal(plan.steps(10_000), 12);
		assert.equal(plan.steps(1), all);
		assert.equal(plan.steps(1e9), 1);
		assert.equal(new Plan(train, { ...SETTINGS, epochs: 10 }).steps(1e9), all, 'without a limit');
	});

	it('takes every row of an epoch once, then those of the next', () => {
		const plan = new Plan(train, SETTINGS);
		const rows = plan.rowsOf(0);
		let cursor: Cursor = { epoch: 0, row: 0 };
		const seen: string[] = [];
		while (seen.length < rows.length * 2) {
			const next = plan.next(cursor);
			assert.equal(next.rows.length, SETTINGS.rowsPerStep);
			seen.push(...next.rows.map(keyOf));
			cursor = next.cursor;
		}
		const all = rows.map(keyOf).sort();
		// Within a step the order is another, and a step may take rows of two epochs.
		const whole = rows.length - (rows.length % SETTINGS.rowsPerStep);
		assert.deepEqual(seen.slice(0, whole).sort(), rows.slice(0, whole).map(keyOf).sort());
		assert.equal(all.length, new Set(all).size);
		assert.ok(cursor.epoch >= 1);
	});

	it('takes the longest of a step first', () => {
		const mixed = trainingData({ basePath: '', train: 12, lengths: [130, 250] }).train;
		const plan = new Plan(mixed, { ...SETTINGS, sequenceLength: 256, rowsPerStep: 12 });
		const { rows } = plan.next({ epoch: 0, row: 0 });
		const lengths = rows.map(({ length }) => length);
		assert.ok(new Set(lengths).size > 1);
		assert.deepEqual(
			lengths,
			[...lengths].sort((one, other) => other - one),
		);
	});

	it('goes on from any place with what would have come there', () => {
		const whole = new Plan(train, SETTINGS);
		let cursor: Cursor = { epoch: 0, row: 0 };
		for (let step = 0; step < 15; step++) {
			const resumed = new Plan(train, SETTINGS).next(cursor);
			const next = whole.next(cursor);
			assert.deepEqual(resumed.rows.map(keyOf), next.rows.map(keyOf));
			assert.deepEqual(resumed.cursor, next.cursor);
			cursor = next.cursor;
		}
		assert.equal(cursor.epoch > 0, true);
	});

	it('leaves out rows from which nothing can be learned', () => {
		const silent = trainingData({ basePath: '', train: 8, conditions: 1_000 }).train;
		assert.equal(new Plan(silent, SETTINGS).rowsOf(0).length, 0);
		const mixed = new Plan([...train, ...silent], { ...SETTINGS, sequenceLength: 64 });
		assert.ok(mixed.rowsOf(0).every(({ weights }) => weights.some((weight) => weight > 0)));
	});

	it('counts tokens without padding', () => {
		const plan = new Plan(train, { ...SETTINGS, epochs: 2 });
		const tokens = train.reduce((sum, sample) => sum + sample.tokens.length, 0);
		const steps = plan.steps(undefined);
		const size = plan.sizeOf(steps);
		assert.ok(Math.abs(size.tokens / (2 * tokens) - 1) < 0.1);
		assert.deepEqual([size.steps, size.rowsPerStep], [steps, 4]);
	});

	it('takes fewer rows a step where there are too few for many steps, unless they are set', () => {
		const rows = new Plan(train, AUTO).rowsOf(0).length;
		for (const [epochs, rowsPerStep] of [
			[1, 1],
			[(64 * 2.5) / rows, 2],
			[(64 * 7.9) / rows, 7],
			[(64 * 8.1) / rows, 8],
			[100, 8],
		] as const) {
			const plan = new Plan(train, { ...AUTO, epochs });
			assert.equal(plan.rowsPerStep, rowsPerStep);
			assert.equal(plan.steps(undefined), Math.round((rows * epochs) / rowsPerStep));
			assert.equal(plan.next({ epoch: 0, row: 0 }).rows.length, rowsPerStep);
		}
		const few = new Plan(train, SETTINGS);
		few.fit(1, 0);
		assert.equal(few.rowsPerStep, 4);
	});

	it('takes fewer rows a step where the time is for few', () => {
		const plan = new Plan(train, { ...AUTO, epochs: 100, minutes: 10 });
		assert.equal(plan.rowsPerStep, 8);
		// 600 s, of which 120 are reserved: 240 rows of 2 s.
		assert.equal(plan.fit(2_000, 120_000), 6_000);
		assert.equal(plan.rowsPerStep, 3);
		assert.equal(plan.steps(6_000, 120_000), 80);
		assert.equal(plan.fit(100, 0), 800, 'there is time for all');
		assert.equal(new Plan(train, { ...AUTO, epochs: 100 }).fit(1e9, 0), 8e9, 'there is no limit');
	});

	it('goes on with the rows a step that it began with', () => {
		const plan = new Plan(train, { ...AUTO, epochs: 100 });
		plan.keep(3);
		assert.deepEqual([plan.rowsPerStep, plan.next({ epoch: 0, row: 0 }).rows.length], [3, 3]);
		plan.keep(undefined);
		assert.equal(plan.rowsPerStep, 3);
	});

	it('looks at the held-out loss five times, less often where that takes more than a tenth', () => {
		const plan = new Plan(train, AUTO);
		const rows = plan.rowsOf(0);
		const looks = (steps: number, times: number) => {
			const heldOut = Array.from({ length: times }, () => rows).flat();
			const every = plan.evaluateEvery(steps, heldOut);
			return Array.from({ length: steps - 1 }, (_, index) => index + 1).filter((step) => step % every === 0);
		};
		const own = rows.length;
		assert.deepEqual(
			looks(own * 60, 1),
			[1, 2, 3, 4, 5].map((index) => index * own * 10),
		);
		// Held out is as much as a fifth of what is trained on, and scoring it takes half as long.
		assert.deepEqual(looks(own * 5, 1), [Math.ceil((own * 5) / 2)]);
		assert.deepEqual(looks(own * 5, 2), []);
		assert.equal(new Plan(train, SETTINGS).evaluateEvery(own * 60, rows), 0, 'as it is set');
		assert.equal(new Plan(train, { ...AUTO, evaluateEvery: 7 }).evaluateEvery(own, rows), 7);
	});

	it('counts the looks that are still to come', () => {
		const counted = (step: number, steps: number, every: number) =>
			Array.from({ length: steps }, (_, index) => index).filter(
				(at) => every > 0 && at > step && at % every === 0,
			).length;
		for (const every of [0, 1, 3, 7, 20]) {
			for (const steps of [1, 6, 7, 8, 21]) {
				for (let step = 0; step <= steps; step++) {
					const found = looksBetween(step, steps, every);
					assert.equal(found, counted(step, steps, every), `${step} of ${steps}, every ${every}`);
				}
			}
		}
	});

	it('makes more steps where they take less time than was measured in a busy moment, but only early', () => {
		const plan = new Plan(train, { ...SETTINGS, minutes: 10, epochs: 50 });
		const all = plan.steps(undefined);
		// 1 s each: 600 fit into the time, if there is so much to learn from.
		assert.equal(plan.stepsLeft(2, 20, 2), Math.min(all, 600));
		assert.ok(all > 20);
		assert.equal(plan.stepsLeft(1, 20, 1), 20);
		assert.equal(plan.stepsLeft(3, 20, 3), 20);
		assert.equal(new Plan(train, { ...SETTINGS, minutes: 0, epochs: 50 }).stepsLeft(2, 20, 2), 20);
	});

	it('makes fewer steps where they take longer than was measured', () => {
		const plan = new Plan(train, { ...SETTINGS, minutes: 10 });
		// 10 s each: 60 fit into the time.
		assert.equal(plan.stepsLeft(5, 200, 50), 60);
		// A little longer than planned is no reason.
		assert.equal(plan.stepsLeft(5, 65, 50), 65);
		assert.equal(plan.stepsLeft(70, 200, 700), 70);
		// Two minutes go to looks at the held-out loss.
		assert.equal(plan.stepsLeft(5, 200, 50, 120_000), 48);
		assert.equal(new Plan(train, { ...SETTINGS, minutes: 0 }).stepsLeft(5, 200, 5_000), 200);
	});
});
