/** Threads given up under load and taken back, with scripted times. */
import * as assert from 'node:assert/strict';
import { ThreadGovernor } from '../../../../src/inference/engine/threadGovernor';

function check(
	name: string,
	most: number,
	/** Milliseconds of a token after each step, the milliseconds that pass before it, and the threads expected then. */
	steps: readonly (readonly [perToken: number, pass: number, threads: number])[],
) {
	it(name, () => {
		let time = 1_000;
		const governor = new ThreadGovernor(most, 1, () => time);
		for (const [index, [perToken, pass, threads]] of steps.entries()) {
			time += pass;
			assert.equal(governor.threads, threads, `step ${index}`);
			governor.observe(64, perToken * 64);
		}
	});
}

describe('thread governor', () => {
	check('keeps its threads while they are fast', 4, [
		[1, 0, 4],
		[2.9, 0, 4],
		[1, 0, 4],
	]);
	check('stays with one thread while that is faster, then tries all again', 4, [
		[50, 0, 4],
		[2, 0, 1],
		[2, 1_000, 1],
		[2, 3_000, 1],
		[1, 1_500, 4],
		[1, 0, 4],
	]);
	check('goes back at once where one thread is no faster, and does not ask again soon', 4, [
		[10, 0, 4],
		[30, 0, 1],
		[10, 0, 4],
		[10, 1_000, 4],
		[10, 5_000, 4],
		[30, 0, 1],
	]);
	check('has nothing to give up with one thread', 1, [
		[50, 0, 1],
		[50, 0, 1],
	]);
});
