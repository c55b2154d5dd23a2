/** Random numbers of a run: repeated by the seed, carried on by the state. */
import * as assert from 'node:assert/strict';
import { randomFrom, seedFor } from '../../../../src/finetune/training/random';

describe('random', () => {
	const draw = (state: number, count: number) => {
		const random = randomFrom(state);
		return Array.from({ length: count }, () => random.next());
	};

	it('repeats for the same seed and differs for another', () => {
		assert.deepEqual(draw(5, 20), draw(5, 20));
		assert.notDeepEqual(draw(5, 20), draw(6, 20));
	});

	it('goes on from its state', () => {
		const random = randomFrom(5);
		for (let count = 0; count < 7; count++) {
			random.next();
		}
		assert.deepEqual(draw(random.state, 13), draw(5, 20).slice(7));
	});

	it('is uniform from 0 to below 1', () => {
		const values = draw(1, 10_000);
		assert.ok(values.every((value) => value >= 0 && value < 1));
		for (let bucket = 0; bucket < 10; bucket++) {
			const share = values.filter((value) => Math.floor(value * 10) === bucket).length / values.length;
			assert.ok(Math.abs(share - 0.1) < 0.015, `${bucket}: ${share}`);
		}
	});

	it('has a sequence of its own for every purpose', () => {
		const seeds = ['lora', 'rows', 'dropout'].flatMap((purpose) =>
			[0, 1, 2].map((seed) => seedFor(seed, purpose)),
		);
		assert.equal(new Set(seeds).size, seeds.length);
	});
});
