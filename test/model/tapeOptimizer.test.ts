/** The optimiser against AdamW written out in double precision: moments, decay, clipping, the rate of B. */
import * as assert from 'node:assert/strict';
import { Arena } from '../../src/finetune/ggml/arena';
import { Device } from '../../src/finetune/ggml/device';
import { DEFAULT_SETTINGS, type TrainingSettings } from '../../src/finetune/settings';
import { Variable } from '../../src/finetune/tape/variable';
import { Optimizer } from '../../src/finetune/training/optimizer';
import { randomFrom } from '../../src/finetune/training/random';
import { testGgml } from '../support/training';

const NAMES = ['blk.0.attn_q.lora_a', 'blk.0.attn_q.lora_b', 'output_norm.weight'] as const;
const SHAPES = [[6, 4], [5, 4], [7]] as const;
const RATES = [0.02, 0.05, 0.01] as const;

describe('optimizer', () => {
	const random = randomFrom(11);
	const numbers = (count: number, size: number) =>
		Float32Array.from({ length: count }, () => (random.next() * 2 - 1) * size);
	const start = SHAPES.map((shape) => numbers(countOf(shape), 1));
	/** Of three steps: short, longer than the clip norm, and short again. */
	const gradients = [0.1, 3, 0.05].map((size) => SHAPES.map((shape) => numbers(countOf(shape), size)));

	function open(changes: Partial<TrainingSettings> = {}) {
		const device = Device.open(testGgml(), 'cpu', 1);
		const arena = new Arena(device.ggml, NAMES.length);
		const tensors = SHAPES.map((shape) => arena.tensor('F32', shape));
		const memory = device.allocate(arena);
		const variables = new Map(
			NAMES.map((name, index) => [name, new Variable(tensors[index] ?? assert.fail(), true)]),
		);
		const settings = { ...DEFAULT_SETTINGS, weightDecay: 0.1, learningRateRatioB: 4, ...changes };
		const optimizer = new Optimizer(device, variables, settings);
		for (const [index, tensor] of tensors.entries()) {
			device.write(tensor, start[index] ?? assert.fail());
		}
		return {
			optimizer,
			settings,
			give: (of: readonly Float32Array[]) => {
				for (const [index, { gradient }] of optimizer.slots.entries()) {
					device.write(gradient, of[index] ?? assert.fail());
				}
			},
			values: () => tensors.map((tensor) => device.readFloats(tensor)),
			gradients: () => optimizer.slots.map(({ gradient }) => device.readFloats(gradient)),
			moments: () =>
				optimizer.slots.map(({ first, second }) => [device.readFloats(first), device.readFloats(second)]),
			dispose: () => {
				for (const one of [optimizer, memory, arena, device]) {
					one.dispose();
				}
			},
		};
	}

	for (const changes of [{}, { clipNorm: 0 }, { weightDecay: 0, beta1: 0.8, beta2: 0.95, epsilon: 1e-3 }]) {
		it(`makes the steps of AdamW with ${JSON.stringify(changes)}`, () => {
			const parts = open(changes);
			try {
				for (const [step, of] of gradients.entries()) {
					parts.give(of);
					parts.optimizer.update(RATES[step] ?? assert.fail(), parts.optimizer.gradientNorm());
				}
				const expected = adamW(start, gradients, parts.settings);
				assert.equal(parts.optimizer.step, 3);
				assertClose(parts.values(), expected.values, 1e-5);
				// ggml's 1 − 0.999 in single precision is off by 13 millionths.
				assertClose(parts.moments().flat(), expected.moments.flat(), 3e-5);
			} finally {
				parts.dispose();
			}
		});
	}

	it('measures the norm over all tensors', () => {
		const parts = open();
		try {
			const [of] = gradients;
			assert.ok(of);
			parts.give(of);
			const expected = Math.sqrt(of.flatMap((one) => [...one]).reduce((sum, value) => sum + value ** 2, 0));
			assert.ok(Math.abs(parts.optimizer.gradientNorm() / expected - 1) < 1e-6);
			parts.give(of.map((one) => one.with(0, Number.NaN)));
			assert.ok(Number.isNaN(parts.optimizer.gradientNorm()));
		} finally {
			parts.dispose();
		}
	});

	it('forgets gradients, after an update and on request, and nothing else', () => {
		const parts = open();
		const zeros = SHAPES.map((shape) => new Float32Array(countOf(shape)));
		try {
			parts.give(gradients[0] ?? assert.fail());
			parts.optimizer.clearGradients();
			assert.deepEqual(parts.gradients(), zeros);
			assert.equal(parts.optimizer.gradientNorm(), 0);
			assert.deepEqual(parts.values(), start);
			parts.give(gradients[0] ?? assert.fail());
			parts.optimizer.update(0.1, 1);
			assert.deepEqual(parts.gradients(), zeros);
			assert.notDeepEqual(parts.values(), start);
		} finally {
			parts.dispose();
		}
	});

	it('counts what it trains', () => {
		const parts = open();
		try {
			assert.equal(parts.optimizer.parameters, 24 + 20 + 7);
			assert.ok(parts.optimizer.bytes >= 3 * 4 * 51);
		} finally {
			parts.dispose();
		}
	});
});

function countOf(shape: readonly number[]): number {
	return shape.reduce((product, size) => product * size, 1);
}

/** Loshchilov and Hutter 2019, algorithm 2, after clipping by the global norm. */
function adamW(
	start: readonly Float32Array[],
	gradients: readonly (readonly Float32Array[])[],
	settings: TrainingSettings,
) {
	const { beta1, beta2, epsilon, weightDecay, clipNorm, learningRateRatioB } = settings;
	const values = start.map((one) => Float64Array.from(one));
	const first = values.map((one) => new Float64Array(one.length));
	const second = values.map((one) => new Float64Array(one.length));
	for (const [step, of] of gradients.entries()) {
		const norm = Math.sqrt(of.flatMap((one) => [...one]).reduce((sum, value) => sum + value ** 2, 0));
		const factor = clipNorm > 0 && norm > clipNorm ? clipNorm / norm : 1;
		for (const [tensor, gradient] of of.entries()) {
			const [w, m, v] = [values[tensor], first[tensor], second[tensor]];
			assert.ok(w && m && v);
			const rate = (RATES[step] ?? 0) * (NAMES[tensor]?.endsWith('.lora_b') ? learningRateRatioB : 1);
			for (const [index, value] of gradient.entries()) {
				const g = value * factor;
				const mean = beta1 * (m[index] ?? 0) + (1 - beta1) * g;
				const square = beta2 * (v[index] ?? 0) + (1 - beta2) * g ** 2;
				m[index] = mean;
				v[index] = square;
				const change =
					mean / (1 - beta1 ** (step + 1)) / (Math.sqrt(square / (1 - beta2 ** (step + 1))) + epsilon);
				w[index] = (w[index] ?? 0) * (1 - rate * weightDecay) - rate * change;
			}
		}
	}
	return { values, moments: first.map((one, index) => [one, second[index] ?? new Float64Array()]) };
}

/** Every number, relative to the largest of its tensor. */
function assertClose(found: readonly Float32Array[], expected: readonly Float64Array[], limit: number): void {
	assert.equal(found.length, expected.length);
	for (const [tensor, values] of expected.entries()) {
		const largest = values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
		for (const [index, value] of values.entries()) {
			const error = Math.abs((found[tensor]?.[index] ?? Number.NaN) - value) / largest;
			assert.ok(error < limit, `tensor ${tensor}, number ${index}: off by ${error}`);
		}
	}
}
