/** The trainer's parts, put together for tests: a model on a device with an adapter that is not nothing. */
import { fileURLToPath } from 'node:url';
import { Device } from '../../src/finetune/ggml/device';
import { type Ggml, loadGgml } from '../../src/finetune/ggml/ggml';
import { findLibraries } from '../../src/finetune/ggml/libraries';
import { DEFAULT_SETTINGS, TARGETS, type TrainingSettings } from '../../src/finetune/settings';
import { type Forms, formsOf } from '../../src/finetune/tape/forms';
import type { BaseOptions } from '../../src/finetune/training/baseLoader';
import { BaseModel } from '../../src/finetune/training/baseModel';
import { DropoutMasks } from '../../src/finetune/training/dropout';
import { Lora } from '../../src/finetune/training/lora';
import { Optimizer } from '../../src/finetune/training/optimizer';
import { randomFrom } from '../../src/finetune/training/random';
import { Shadows } from '../../src/finetune/training/shadows';
import { type Batch, StepGraph, type StepOptions } from '../../src/finetune/training/stepGraph';
import { TensorFile } from '../../src/finetune/training/tensorFile';

const never = new AbortController().signal;

let ggml: Ggml | undefined;

/** ggml as the package for this platform has it. */
export function testGgml(): Ggml {
	const [files] = findLibraries(fileURLToPath(import.meta.url), 'cpu');
	if (files === undefined) {
		throw new Error('no libraries');
	}
	ggml ??= loadGgml(files);
	return ggml;
}

export interface Rig {
	readonly device: Device;
	readonly base: BaseModel;
	readonly lora: Lora | undefined;
	readonly optimizer: Optimizer;
	readonly shadows: Shadows | undefined;
	readonly step: StepGraph;
	/** Another graph over the same numbers, with other options than `step`; one that does not train only scores. */
	graph(options: Partial<StepOptions>, trains?: boolean): StepGraph;
	dispose(): void;
}

export interface RigOptions {
	readonly settings?: Partial<TrainingSettings>;
	readonly base?: Partial<BaseOptions>;
	readonly step?: Partial<StepOptions>;
	readonly forms?: Partial<Forms>;
	/** Of a model that is trained as a whole: products read quantised copies. Default false. */
	readonly shadowed?: boolean;
	/** Default: a CPU with one thread, for this rig alone. */
	readonly device?: Device;
	/** Half the width of B's uniform distribution; 0 = as a run begins. Default 0.2. */
	readonly noise?: number;
}

/** A model with a LoRA pair on every matrix, or with all of its numbers trained. */
export function rig(file: string, batch: Batch, options: RigOptions = {}): Rig {
	const device = options.device ?? Device.open(testGgml(), 'cpu', 1);
	const settings: TrainingSettings = {
		...DEFAULT_SETTINGS,
		rank: 4,
		alpha: 8,
		targets: TARGETS,
		...options.settings,
	};
	const tensors = new TensorFile(file);
	const stage = device.isCpu ? device : Device.open(device.ggml, 'cpu', 1);
	const trainAll = options.base?.trainAll ?? false;
	const base = BaseModel.load(device, stage, tensors, {
		copies: 'F32',
		repack: false,
		firstTrained: 0,
		tokens: [...batch.tokens],
		trainAll,
		...options.base,
	});
	tensors.dispose();
	const lora = trainAll ? undefined : new Lora(device, base.shape, settings);
	if (lora !== undefined && options.noise !== 0) {
		const random = randomFrom(5);
		lora.load(
			lora.content().map((matrix) => ({
				...matrix,
				b: matrix.b.map(() => (random.next() - 0.5) * 2 * (options.noise ?? 0.2)),
			})),
		);
	}
	const optimizer = new Optimizer(device, lora?.variables ?? base.trained, settings);
	const dropout =
		settings.dropout > 0 ? new DropoutMasks(device, settings.dropout, randomFrom(9)) : undefined;
	const shadows = options.shadowed === true ? new Shadows(device, base.trained) : undefined;
	const graphs: StepGraph[] = [];
	const graph = (more: Partial<StepOptions>, trains = true) => {
		const made = new StepGraph(
			device,
			{
				base,
				shadows,
				lora,
				...(trains ? { optimizer, dropout } : { optimizer: undefined, dropout: undefined }),
			},
			{
				forms: { ...formsOf(device), ...options.forms },
				keepIn: 'F32',
				products: 'F32',
				length: batch.tokens.length,
				sequences: 1,
				rows: countedRows(batch),
				checkpointing: false,
				...options.step,
				...more,
			},
		);
		graphs.push(made);
		made.allocate();
		return made;
	};
	const owned = [shadows, optimizer, dropout, lora, base, ...(options.device === undefined ? [device] : [])];
	return {
		device,
		base,
		lora,
		optimizer,
		shadows,
		step: graph({}),
		graph,
		dispose: () => {
			for (const one of [...graphs, ...owned, ...(stage === device ? [] : [stage])]) {
				one?.dispose();
			}
		},
	};
}

/** By tensor name, as the optimiser keeps them. */
export type Gradients = ReadonlyMap<string, Float32Array>;

export interface Pass {
	readonly loss: number;
	readonly gradients: Gradients;
}

/** The loss of batches that make one step together, and its gradients. */
export async function passOf(
	{ device, optimizer, step }: Pick<Rig, 'device' | 'optimizer' | 'step'>,
	...batches: readonly Batch[]
): Promise<Pass> {
	const norm = batches.reduce((sum, batch) => sum + totalWeight(batch), 0);
	optimizer.clearGradients();
	let loss = 0;
	for (const batch of batches) {
		loss += await step.run(batch, norm, never);
	}
	return {
		loss,
		gradients: new Map(optimizer.slots.map(({ name, gradient }) => [name, device.readFloats(gradient)])),
	};
}

/** Builds a rig for one batch, runs it once and takes it apart. */
export async function passThrough(file: string, batch: Batch, options: RigOptions = {}): Promise<Pass> {
	const parts = rig(file, batch, options);
	try {
		return await passOf(parts, batch);
	} finally {
		parts.dispose();
	}
}

/** Σ weights: what the loss of a step is divided by. */
export function totalWeight({ weights }: Batch): number {
	return weights.reduce((sum, weight) => sum + weight, 0);
}

export function countedRows({ weights }: Batch): number {
	return weights.filter((weight) => weight !== 0).length;
}

/** Random tokens in one document, each with a weight, some of them 0. */
export function randomBatch(length: number, vocabulary: number, seed = 3): Batch {
	const random = randomFrom(seed);
	const tokens = Int32Array.from({ length: length + 1 }, () => Math.floor(random.next() * vocabulary));
	return {
		tokens: tokens.slice(0, length),
		targets: tokens.slice(1),
		weights: Float32Array.from({ length }, (_, index) => (index % 5 === 2 ? 0 : 0.25 + random.next())),
		positions: Int32Array.from({ length }, (_, index) => index),
		starts: new Int32Array(length),
	};
}

/** Documents one after the other in one row: they do not see each other. */
export function pack(...documents: readonly Batch[]): Batch {
	const lengths = documents.map(({ tokens }) => tokens.length);
	const startOf = (index: number) => lengths.slice(0, index).reduce((sum, length) => sum + length, 0);
	const joined = (part: (batch: Batch, index: number) => Iterable<number>) =>
		Int32Array.from(documents.flatMap((batch, index) => [...part(batch, index)]));
	return {
		tokens: joined(({ tokens }) => tokens),
		targets: joined(({ targets }) => targets),
		weights: Float32Array.from(documents.flatMap(({ weights }) => [...weights])),
		positions: joined(({ positions }) => positions),
		starts: joined(({ starts }, index) => starts.map((start) => start + startOf(index))),
	};
}

/** Sequences of one length side by side: places are counted within each. */
export function beside(...rows: readonly Batch[]): Batch {
	return {
		...pack(...rows),
		starts: Int32Array.from(rows.flatMap(({ starts }) => [...starts])),
	};
}

/** Cosine of two sets of gradients, each taken as one vector. */
export function cosine(one: Gradients, other: Gradients): number {
	let dot = 0;
	let first = 0;
	let second = 0;
	for (const [value, counterpart] of pairsOf(one, other)) {
		dot += value * counterpart;
		first += value * value;
		second += counterpart * counterpart;
	}
	return dot / Math.sqrt(first * second);
}

/** ‖one − other‖ / ‖other‖ of the tensor for which it is largest. */
export function worstDifference(one: Gradients, other: Gradients): number {
	let worst = 0;
	for (const [name, expected] of other) {
		let difference = 0;
		let square = 0;
		for (const [value, counterpart] of pairsOf(
			new Map([[name, one.get(name) ?? expected.map(() => Number.NaN)]]),
			new Map([[name, expected]]),
		)) {
			difference += (value - counterpart) ** 2;
			square += counterpart ** 2;
		}
		worst = Math.max(worst, Math.sqrt(difference / square));
	}
	return worst;
}

function* pairsOf(one: Gradients, other: Gradients): Iterable<readonly [number, number]> {
	for (const [name, values] of other) {
		const counterparts = one.get(name);
		for (let index = 0; index < values.length; index++) {
			yield [counterparts?.[index] ?? Number.NaN, values[index] ?? Number.NaN];
		}
	}
}
