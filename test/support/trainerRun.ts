/** Whole runs of the trainer on tiny models, in this process, and what they said. */
import * as fs from 'node:fs';
import * as path from 'node:path';
import { writeDataset } from '../../src/finetune/dataset/datasetFile';
import type { Dataset } from '../../src/finetune/dataset/sample';
import { Device } from '../../src/finetune/ggml/device';
import type { Finished, FromTrainer, RunOrder } from '../../src/finetune/job/messages';
import { readAdapter } from '../../src/finetune/peft/readAdapter';
import { DEFAULT_SETTINGS, type TrainingSettings } from '../../src/finetune/settings';
import { Control } from '../../src/finetune/training/control';
import { runTraining } from '../../src/finetune/training/loop';
import { never, randomModelFile, temporaryFolder } from './engines';
import { type RandomModelOptions, TINY_MODEL } from './randomModel';
import { testGgml } from './training';
import { trainingData } from './trainingData';

/**
 * Trains in a second: 1.4 MB in F32. Keys and values are 64 wide: llama.cpp's AMX kernels compute with what lies beside
 * rows of one block.
 */
export const TRAINER_MODEL: RandomModelOptions = {
	...TINY_MODEL,
	width: 128,
	feedForward: 192,
	vocabulary: 320,
	contextLength: 256,
	varied: true,
	normEpsilon: 1e-2,
};

/** Quick, and quick to learn. */
export const TRAINER_SETTINGS: TrainingSettings = {
	...DEFAULT_SETTINGS,
	rank: 4,
	alpha: 8,
	learningRate: 1e-2,
	sequenceLength: 128,
	rowsPerStep: 2,
	evaluateEvery: 0,
	epochs: 1,
	backend: 'cpu',
	threads: 1,
};

export type Message<Type extends FromTrainer['type']> = Extract<FromTrainer, { type: Type }>;

let cache: string | undefined;

/** One for all runs, as on a user's machine: what computes fastest is measured once, and timing a tiny model is a toss-up. */
function cacheOfThisMachine(): string {
	cache ??= temporaryFolder();
	return cache;
}

/** A run's folders with its order. */
export async function orderOf(
	settings: Partial<TrainingSettings> = {},
	basePath = randomModelFile(TRAINER_MODEL),
	data: Omit<Dataset, 'hash'> = trainingData({ basePath }),
): Promise<RunOrder> {
	const folder = temporaryFolder();
	const runFolder = path.join(folder, 'run');
	fs.mkdirSync(runFolder);
	const datasetPath = path.join(runFolder, 'data.bin');
	await writeDataset(datasetPath, data, never);
	return {
		version: 1,
		runFolder,
		basePath,
		datasetPath,
		adapterFolder: path.join(folder, 'adapters'),
		cacheFolder: cacheOfThisMachine(),
		name: 'tiny on code',
		settings: { ...TRAINER_SETTINGS, ...settings },
	};
}

/** What a run is steered with from within its messages. */
export interface Steering {
	readonly control: Control;
	readonly cancel: () => void;
	/** As when the editor is gone. */
	readonly checkpoint: () => void;
}

export interface RunOutcome {
	readonly messages: readonly FromTrainer[];
	readonly result: Finished | undefined;
	/** What it ended with, where it has no result. */
	readonly error: unknown;
}

export interface RunTestOptions {
	readonly resume?: boolean;
	/** Bytes; default 8 GiB. */
	readonly freeBytes?: number;
	readonly onMessage?: (message: FromTrainer, steering: Steering) => void;
	/** While a row is computed, counted from 1 over evaluations, timing, training and what is computed anew. */
	readonly onRow?: (count: number, steering: Steering) => void;
}

/** Tells when a piece of work is under way. */
class WatchedControl extends Control {
	#count = 0;
	onWork: (count: number) => void = () => undefined;

	override run<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
		return super.run((signal) => {
			const result = work(signal);
			this.#count++;
			this.onWork(this.#count);
			return result;
		});
	}
}

/** Does an order as `TrainerSession` does, on a CPU with one thread. */
export async function train(order: RunOrder, options: RunTestOptions = {}): Promise<RunOutcome> {
	const device = Device.open(testGgml(), 'cpu', 1);
	const cancel = new AbortController();
	const messages: FromTrainer[] = [];
	let checkpoint: () => void = () => undefined;
	const say = (message: FromTrainer) => {
		messages.push(message);
		options.onMessage?.(message, steering());
	};
	const control = new WatchedControl(
		{
			onHold: (reason) => say({ type: 'paused', reason }),
			onRun: () => say({ type: 'running' }),
			onPause: () => checkpoint(),
		},
		cancel.signal,
	);
	const steering = () => ({ control, cancel: () => cancel.abort(), checkpoint });
	control.onWork = (count) => options.onRow?.(count, steering());
	const context = {
		device,
		stage: device,
		say,
		control,
		onCheckpointer: (write: () => void) => {
			checkpoint = write;
		},
		version: '0.0.0-test',
		freeBytes: options.freeBytes ?? 8 * 2 ** 30,
	};
	try {
		const result = await runTraining(order, options.resume ?? false, context, cancel.signal);
		return { messages, result, error: undefined };
	} catch (error) {
		return { messages, result: undefined, error };
	} finally {
		device.dispose();
	}
}

/** Does an order that must come to its end. */
export async function trainToEnd(
	order: RunOrder,
	options: RunTestOptions = {},
): Promise<RunOutcome & { readonly result: Finished }> {
	const { messages, result, error } = await train(order, options);
	if (result === undefined) {
		throw error;
	}
	return { messages, result, error };
}

/** Messages of a type. */
export function said<Type extends FromTrainer['type']>(
	messages: readonly FromTrainer[],
	type: Type,
): readonly Message<Type>[] {
	return messages.filter((message): message is Message<Type> => message.type === type);
}

/** The text of every log message. */
export function logged(messages: readonly FromTrainer[]): readonly string[] {
	return said(messages, 'log').map(({ text }) => text);
}

/** By step: loss, norm of the gradient and learning rate. */
export function curveOf(messages: readonly FromTrainer[]): ReadonlyMap<number, readonly unknown[]> {
	return new Map(
		said(messages, 'progress').map(({ progress }) => [
			progress.step,
			[progress.loss, progress.gradientNorm, progress.learningRate, progress.tokens],
		]),
	);
}

/** Names, A and B of an adapter. */
export function numbersOf(adapterPath: string): readonly (readonly [string, Float32Array, Float32Array])[] {
	return readAdapter(adapterPath).matrices.map(({ name, a, b }) => [name, a, b] as const);
}
