/** Thread counts: cores really available, and the choice by measuring, with scripted measurements. */
import * as assert from 'node:assert/strict';
import { calibrate } from '../../../../src/inference/engine/calibration';
import {
	availableCores,
	candidates,
	chooseThreads,
	searchOrder,
} from '../../../../src/inference/engine/threads';

describe('available cores', () => {
	for (const [parallelism, quota, expected] of [
		[8, undefined, 8],
		[8, 'max 100000', 8],
		[8, '200000 100000\n', 2],
		[8, '50000 100000', 1],
		[2, '800000 100000', 2],
		[4, 'nonsense', 4],
		[0, undefined, 1],
	] as const) {
		it(`${parallelism} cores with quota ${quota?.trim()} are ${expected}`, () => {
			assert.equal(availableCores(parallelism, quota), expected);
		});
	}
});

describe('choosing threads', () => {
	it('tries one, half and all, half first', () => {
		assert.deepEqual(candidates(1), [1]);
		assert.deepEqual(candidates(2), [1, 2]);
		assert.deepEqual(candidates(16), [1, 8, 16]);
		assert.deepEqual(searchOrder(16, 'prefill'), [8, 16, 1]);
		assert.deepEqual(searchOrder(16, 'decode'), [8, 1, 16]);
	});

	function check(
		name: string,
		times: Record<number, number>,
		budget: number,
		expected: { threads: number; tried: number[] },
	) {
		it(name, async () => {
			const tried: number[] = [];
			let spent = 0;
			const measure = async (threads: number) => {
				tried.push(threads);
				spent += times[threads] ?? 0;
				return times[threads] ?? 0;
			};
			const { threads } = await chooseThreads([4, 8, 1], measure, () => budget - spent);
			assert.deepEqual({ threads, tried }, expected);
		});
	}
	check('takes the fastest', { 4: 50, 8: 30, 1: 90 }, 1000, { threads: 8, tried: [4, 8, 1] });
	check('spinning threads lose', { 4: 3, 8: 60, 1: 1 }, 1000, { threads: 1, tried: [4, 8, 1] });
	check('measures at least one', { 4: 5000 }, 1000, { threads: 4, tried: [4] });
	check('stops when no time is left', { 4: 600, 8: 500 }, 1000, { threads: 4, tried: [4] });
});

describe('calibration', () => {
	/** A model whose speed is scripted: milliseconds of a batch, by its tokens and the threads. */
	async function check(milliseconds: (tokens: number, threads: number) => number) {
		let threads = 0;
		let filled = 0;
		let time = 0;
		const model = {
			clear: async () => {
				filled = 0;
			},
			feed: async (tokens: readonly number[]) => {
				filled += tokens.length;
				time += milliseconds(tokens.length, threads);
			},
			useThreads: (chosen: { prefill: number; decode: number }) => {
				threads = chosen.prefill;
			},
		};
		const tokens = Array.from({ length: 200 }, (_, index) => index);
		const result = await calibrate(model, tokens, 2, new AbortController().signal, () => time);
		assert.equal(filled, 0);
		return { ...result, time };
	}

	it('chooses prefill and decode apart, and ends on an empty sequence', async () => {
		// Two threads halve a prompt and spin away all the rest.
		const result = await check((tokens, threads) =>
			tokens > 4 ? (tokens * 0.2) / threads : threads * threads * 2,
		);
		assert.deepEqual(result.threads, { prefill: 2, decode: 1 });
		assert.equal(Math.round(result.prefillTokensPerSecond), 10_000);
		assert.equal(result.chunk, 128);
		assert.ok(result.time < 1_500, `${result.time} ms`);
	});

	it('is not held up by threads that spin on busy cores', async () => {
		const result = await check((tokens, threads) => tokens * (threads === 1 ? 0.2 : 20));
		assert.deepEqual(result.threads, { prefill: 1, decode: 1 });
		assert.ok(result.time < 1_500, `${result.time} ms`);
	});

	it('measures a slow model less', async () => {
		const result = await check((tokens) => tokens * 100);
		assert.equal(result.chunk, 4);
		assert.equal(Math.round(result.prefillTokensPerSecond), 10);
		assert.ok(result.time < 15_000, `${result.time} ms`);
	});
});
