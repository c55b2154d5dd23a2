/** The trainer put together for benches: models of known shapes, batches whose tokens all count, timed steps. */
import { Device } from '../../src/finetune/ggml/device';
import { randomFrom } from '../../src/finetune/training/random';
import type { Batch } from '../../src/finetune/training/stepGraph';
import { HALF_BILLION_SHAPE, type RandomModelOptions } from '../support/randomModel';
import { type Gradients, passOf, type Rig, rig, testGgml } from '../support/training';
import type { Setting } from './finetune-setting';
import { never } from './models';
import { type Mixture, quantisedModel } from './quantised';

export type BenchShape = Omit<RandomModelOptions, 'type'>;

/** Exactly that of Qwen2.5-Coder-0.5B. */
export const HALF_BILLION: BenchShape = { ...HALF_BILLION_SHAPE, vocabulary: 151_936 };

/** Tokens of the row that the fine-tuning bench trains on. */
export const LENGTH = 512;
export const RANK = 16;

/** Largest number in B where gradients are compared: about what some hundred steps make of it. */
const NOISE = 0.02;
const LEARNING_RATE = 1e-4;

export interface BenchRig {
	readonly rig: Rig;
	readonly batch: Batch;
}

/** Path of the model; written when it is not there. */
export function halfBillion(base: Mixture): string {
	return quantisedModel(testGgml(), 'half-billion', HALF_BILLION, base);
}

/** A LoRA pair on all seven matrices of every layer, as a run begins. */
export function loraRig(setting: Setting, threads: number, length = LENGTH): BenchRig {
	const { base, copies, repack, keepIn, products, checkpointing } = setting;
	const batch = fullBatch(length, 1, HALF_BILLION.vocabulary);
	return {
		batch,
		rig: rig(halfBillion(base), batch, {
			device: Device.open(testGgml(), 'cpu', threads),
			settings: { rank: RANK, alpha: 2 * RANK },
			base: { copies, repack },
			step: { length, keepIn, products, checkpointing },
			noise: 0,
		}),
	};
}

/** How all weights of a model are trained. */
export interface FullSetting {
	/** Type of the left side of products. */
	readonly products: 'F32' | 'BF16';
	/** Whether products read quantised copies of the matrices. */
	readonly shadowed: boolean;
}

/** All weights of a model, from a file of that name. */
export function fullRig(
	name: string,
	shape: BenchShape,
	{ products, shadowed }: FullSetting,
	length: number,
	sequences: number,
	threads: number,
): BenchRig {
	const ggml = testGgml();
	const batch = fullBatch(length, sequences, shape.vocabulary);
	return {
		batch,
		rig: rig(quantisedModel(ggml, name, shape, 'F32'), batch, {
			device: Device.open(ggml, 'cpu', threads),
			base: { trainAll: true, tokens: 'all' },
			step: { length, sequences, products },
			shadowed,
		}),
	};
}

/** Random tokens that all count. */
export function fullBatch(length: number, sequences: number, vocabulary: number): Batch {
	const random = randomFrom(7);
	const columns = length * sequences;
	const tokens = Int32Array.from({ length: columns + 1 }, () => Math.floor(random.next() * vocabulary));
	return {
		tokens: tokens.slice(0, columns),
		targets: tokens.slice(1),
		weights: new Float32Array(columns).fill(1),
		positions: Int32Array.from({ length: columns }, (_, column) => column % length),
		starts: new Int32Array(columns),
	};
}

/** Milliseconds of each step, forward, backward and AdamW, after one that is not counted. */
export async function timeSteps(
	{ rig: { step, optimizer, shadows }, batch }: BenchRig,
	steps: number,
): Promise<readonly number[]> {
	const times: number[] = [];
	for (let index = 0; index <= steps; index++) {
		const start = performance.now();
		await step.run(batch, batch.tokens.length, never());
		// A norm of 0 clips nothing: the peer does not clip either.
		optimizer.update(LEARNING_RATE, 0);
		shadows?.refresh();
		times.push(performance.now() - start);
	}
	return times.slice(1);
}

/** Gradients of an adapter that is not nothing, the same one for every setting. */
export async function noisyGradients({ rig: parts, batch }: BenchRig): Promise<Gradients> {
	const random = randomFrom(5);
	const within = (values: Float32Array, bound: number) => values.map(() => (random.next() * 2 - 1) * bound);
	const { lora } = parts;
	lora?.load(
		lora.content().map((matrix) => ({
			...matrix,
			a: within(matrix.a, 1 / Math.sqrt(matrix.inputs)),
			b: within(matrix.b, NOISE),
		})),
	);
	const { gradients } = await passOf(parts, batch);
	return gradients;
}
