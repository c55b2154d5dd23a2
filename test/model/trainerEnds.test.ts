/** Ends with a weight of their own, and looks at the held-out loss within the time, in real runs. */
import * as assert from 'node:assert/strict';
import type { Dataset, Sample } from '../../src/finetune/dataset/sample';
import { randomModelFile } from '../support/engines';
import { orderOf, said, TRAINER_MODEL, train, trainToEnd } from '../support/trainerRun';
import { trainingData } from '../support/trainingData';

const END = 7;
/** One row of 20 tokens that count, one of which ends. */
const CONDITIONS = 20;
const COUNTED = 20;

function endedData(basePath: string): Omit<Dataset, 'hash'> {
	const { header, ...data } = trainingData({ basePath, train: 1, lengths: [40], conditions: CONDITIONS });
	const ended = (samples: readonly Sample[]) =>
		samples.map((sample) => ({ ...sample, tokens: sample.tokens.with(-1, END) }));
	return { header: { ...header, end: END }, train: ended(data.train), heldOut: ended(data.heldOut) };
}

describe('training with a weight for ends', function () {
	this.timeout(60_000);
	const basePath = randomModelFile(TRAINER_MODEL);

	/** Loss of the first step, before anything was learned; and what is held out, before and after. */
	async function run(endWeight: number) {
		const settings = { endWeight, rowsPerStep: 1, epochs: 20 };
		const order = await orderOf(settings, basePath, endedData(basePath));
		const { messages, result } = await trainToEnd(order);
		const [first] = said(messages, 'progress');
		return { loss: first?.progress.loss ?? Number.NaN, ...result };
	}

	it('has the mean over the weights as its loss, and that of what is held out as ever', async () => {
		const [none, one, four] = [await run(0), await run(1), await run(4)];
		const others = none.loss * (COUNTED - 1);
		const end = one.loss * COUNTED - others;
		const expected = (others + 4 * end) / (COUNTED - 1 + 4);
		assert.ok(Math.abs(expected - one.loss) > 1e-3, 'the end is as probable as the rest');
		assert.ok(Math.abs(four.loss - expected) < 1e-4, `${four.loss}, expected ${expected}`);
		assert.deepEqual([none.before, four.before], [one.before, one.before]);
	});

	it('learns to end sooner', async () => {
		const held = { ...endedData(basePath) };
		// Only the ends count.
		const ends = held.heldOut.map((sample) => ({
			...sample,
			weights: new Float32Array(sample.weights.length).with(-1, 1),
		}));
		const heldOut = { ...held.header.heldOut, weighted: ends.length };
		const data = { ...held, header: { ...held.header, heldOut }, heldOut: ends };
		const lossOfEnds = async (endWeight: number) => {
			const settings = { endWeight, rowsPerStep: 1, epochs: 5 };
			const { result } = await trainToEnd(await orderOf(settings, basePath, data));
			return result.after.loss;
		};
		const [none, one, eight] = [await lossOfEnds(0), await lossOfEnds(1), await lossOfEnds(8)];
		assert.ok(eight < one && one < none, `${eight}, ${one}, ${none}`);
	});
});

describe('looks at the held-out loss in a run', function () {
	this.timeout(60_000);
	const { now } = performance;
	afterEach(() => {
		performance.now = now;
	});

	/** With a clock that goes on a second whenever it is read: computing a row takes one. */
	async function estimated(evaluateEvery: number) {
		const order = await orderOf({ evaluateEvery, epochs: 50, minutes: 2 });
		let clock = 0;
		performance.now = () => {
			clock += 1_000;
			return clock;
		};
		const { messages } = await train(order, {
			onMessage: (message, { cancel }) => message.type === 'progress' && cancel(),
		});
		performance.now = now;
		const timed = said(messages, 'estimate').at(-1)?.estimate;
		assert.ok(timed?.stepMilliseconds !== undefined && timed.lookMilliseconds !== undefined);
		const { steps, stepMilliseconds, lookMilliseconds } = timed;
		return { steps, lookMilliseconds, milliseconds: steps * stepMilliseconds + lookMilliseconds };
	}

	it('are within its time, and in what is said of it', async () => {
		const [without, some] = [await estimated(0), await estimated(12)];
		assert.ok(without.lookMilliseconds > 0, 'the one after the last step');
		assert.ok(some.lookMilliseconds > 2 * without.lookMilliseconds);
		assert.ok(some.steps < without.steps);
		for (const { milliseconds, lookMilliseconds } of [without, some]) {
			assert.ok(milliseconds <= 120_000, `${milliseconds} ms`);
			assert.ok(milliseconds > 90_000 && lookMilliseconds > 0);
		}
	});

	it('are in the time that is left, the last one too', async () => {
		const { messages } = await trainToEnd(await orderOf({ evaluateEvery: 3 }));
		const left = said(messages, 'progress').map(({ progress }) => progress.secondsLeft);
		assert.equal(left.length, 8);
		assert.ok(left.every((seconds) => seconds > 0));
		assert.deepEqual(
			said(messages, 'evaluation').map(({ evaluation }) => evaluation.step),
			[0, 3, 6, 8],
		);
	});
});
