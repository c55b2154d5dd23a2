/** From how fast some models are follows how fast others will be. */
import * as assert from 'node:assert/strict';
import { expectFirstToken, promptTokens } from '../../../../src/inference/fit/firstToken';
import { type Outline, roughShape } from '../../../../src/inference/fit/roughShape';
import type { ModelShape } from '../../../../src/inference/fit/shape';
import {
	firstTokenMilliseconds,
	type Measured,
	readMilliseconds,
	type Speed,
	speedFrom,
	writeMilliseconds,
} from '../../../../src/inference/fit/speed';

const model = (outline: Partial<Outline>): ModelShape =>
	roughShape({ bytes: 5e8, quantisation: 'Q8_0', parameters: undefined, ...outline });
const small = model({ bytes: 14e6, layers: 8, vocabulary: 8_192 });
const half = model({ bytes: 5e8 });
const large = model({ bytes: 4.7e9, quantisation: 'Q4_K_M' });
const floats = model({ bytes: 1e9, quantisation: 'F16' });

/** A machine that is in no way usual. */
const MACHINE: Speed = { byte: 2e-8, quantised: 3e-8, float: 2e-8, vector: 2e-5, call: 0.02 };

/** As it would be measured there. */
function measured(shape: ModelShape, speed = MACHINE): Measured {
	return {
		shape,
		batch: 128,
		readMilliseconds: readMilliseconds(speed, shape, 128, 0),
		writeMilliseconds: writeMilliseconds(speed, shape, 4),
	};
}

function within(actual: number, expected: number, share: number): void {
	assert.ok(Math.abs(actual / expected - 1) <= share, `${actual} instead of ${expected}`);
}

const cold = { tokens: 1_000, cached: 0 };

describe('inference/fit/speed', () => {
	it('says of a model what was measured of it', () => {
		for (const shape of [small, half, large, floats]) {
			const run = measured(shape);
			const speed = speedFrom([run], 'cpu');
			within(readMilliseconds(speed, shape, 128, 0), run.readMilliseconds, 0.05);
			within(writeMilliseconds(speed, shape, 4), run.writeMilliseconds, 0.05);
		}
	});

	it('says more of others the more models ran', () => {
		const expected = firstTokenMilliseconds(MACHINE, large, cold);
		const error = (shapes: readonly ModelShape[]) =>
			Math.abs(
				Math.log(
					firstTokenMilliseconds(
						speedFrom(
							shapes.map((one) => measured(one)),
							'cpu',
						),
						large,
						cold,
					) / expected,
				),
			);
		assert.ok(error([half]) < error([small]), `${error([half])} of ${error([small])}`);
		assert.ok(error([small, half]) < 0.2, `${error([small, half])}`);
	});

	it('keeps apart what is quantised and what is not', () => {
		const slow = { ...MACHINE, float: MACHINE.float * 10 };
		const speed = speedFrom([measured(half, slow), measured(floats, slow)], 'cpu');
		within(firstTokenMilliseconds(speed, floats, cold), firstTokenMilliseconds(slow, floats, cold), 0.1);
		within(firstTokenMilliseconds(speed, half, cold), firstTokenMilliseconds(slow, half, cold), 0.1);
	});

	it('takes a graphics card for one', () => {
		const card: Speed = { byte: 2e-9, quantised: 4e-11, float: 4e-11, vector: 2e-7, call: 0.02 };
		const speed = speedFrom([measured(half, card)], 'gpu');
		within(firstTokenMilliseconds(speed, large, cold), firstTokenMilliseconds(card, large, cold), 0.6);
	});

	it('adds up chunks, and attention to what is cached', () => {
		const one = readMilliseconds(MACHINE, half, 256, 0);
		within(one, readMilliseconds(MACHINE, half, 128, 0) + readMilliseconds(MACHINE, half, 128, 128), 1e-9);
		assert.ok(readMilliseconds(MACHINE, half, 128, 4_000) > 1.1 * readMilliseconds(MACHINE, half, 128, 0));
		assert.ok(readMilliseconds(MACHINE, half, 128, 0, 32) > readMilliseconds(MACHINE, half, 128, 0));
	});

	it('expects a first token after a keystroke, and of a prompt that the machine reads in time', () => {
		const { warm, cold, tokens, perSecond } = expectFirstToken(MACHINE, half);
		assert.ok(warm < cold / 5);
		assert.ok(tokens >= 256 && tokens <= 2_048);
		within(perSecond, 1_000 / writeMilliseconds(MACHINE, half, tokens), 1e-9);
		assert.equal(expectFirstToken(MACHINE, { ...half, trainedContext: 128 }).tokens, 128);
		assert.deepEqual([1, 1_000, 1e6].map(promptTokens), [256, 600, 2_048]);
	});
});
