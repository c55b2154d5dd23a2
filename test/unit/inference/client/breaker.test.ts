/** When a crashing host is started again, and how long is waited. */
import assert from 'node:assert/strict';
import {
	Breaker,
	CRASH_LIMIT,
	CRASH_WINDOW,
	CRASHES_ELSEWHERE,
	RESTART_DELAYS,
} from '../../../../src/inference/client/breaker';

/** `crashes`: milliseconds from one crash to the next; `expected`: the answers. */
function check(crashes: readonly number[], expected: readonly (number | undefined)[]): void {
	let now = 0;
	const breaker = new Breaker(() => now);
	const answers = crashes.map((after) => {
		now += after;
		return breaker.crashed();
	});
	assert.deepEqual(answers, expected);
}

describe('Breaker', () => {
	it('waits longer after each crash and opens at the fourth within three minutes', () => {
		check([0, 10_000, 10_000, 10_000], [0, 1_000, 2_000, undefined]);
		check([0, 0, 0, 179_999], [0, 1_000, 2_000, undefined]);
	});

	it('forgets crashes that are three minutes old', () => {
		check([0, 0, 0, CRASH_WINDOW], [0, 1_000, 2_000, 0]);
		check([0, 100_000, 100_000, 100_000, 100_000], [0, 1_000, 1_000, 1_000, 1_000]);
	});

	it('counts the crashes of the last three minutes', () => {
		let now = 0;
		const breaker = new Breaker(() => now);
		assert.equal(breaker.recent, 0);
		breaker.crashed();
		now = CRASH_WINDOW - 1;
		breaker.crashed();
		assert.equal(breaker.recent, 2);
		now = CRASH_WINDOW;
		assert.equal(breaker.recent, 1);
		breaker.reset();
		assert.equal(breaker.recent, 0);
	});

	it('counts crashes while another window was served for a third each', () => {
		const breaker = new Breaker(() => 0, [7]);
		for (let crash = 1; crash < CRASH_LIMIT * CRASHES_ELSEWHERE; crash++) {
			assert.equal(breaker.crashed(true), 7);
		}
		assert.equal(breaker.crashed(true), undefined);
		breaker.reset();
		breaker.crashed(true);
		assert.deepEqual(
			[false, false, false, false].map((own) => breaker.crashed(own)),
			[7, 7, 7, undefined],
		);
	});

	it('stays open while crashes go on, until it is reset', () => {
		check([0, 0, 0, 0, 0], [0, 1_000, 2_000, undefined, undefined]);
		const breaker = new Breaker(() => 0, [7]);
		for (let crash = 1; crash < CRASH_LIMIT; crash++) {
			assert.equal(breaker.crashed(), 7);
		}
		assert.equal(breaker.crashed(), undefined);
		breaker.reset();
		assert.equal(breaker.crashed(), 7);
		assert.equal(RESTART_DELAYS.length, 5);
	});
});
