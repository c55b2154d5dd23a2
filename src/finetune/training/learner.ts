/** A base model with its adapter on a device: computes rows, and updates. What `loop.ts` drives. */

import type { ModelShape } from '../architectures/architecture';
import { readShape } from '../architectures/shape';
import type { Device } from '../ggml/device';
import type { TrainingSettings } from '../settings';
import { type Forms, formsOf } from '../tape/forms';
import { BaseModel } from './baseModel';
import { DropoutMasks } from './dropout';
import type { Kernels } from './kernels';
import { firstTrainedLayer, Lora } from './lora';
import { Optimizer } from './optimizer';
import { type Random, randomFrom } from './random';
import type { Row } from './rows';
import { StepGraph } from './stepGraph';
import type { TensorFile } from './tensorFile';

export interface LearnerOptions {
	readonly settings: TrainingSettings;
	readonly kernels: Kernels;
	readonly checkpointing: boolean;
	/** Every token id that the data holds. */
	readonly tokens: readonly number[];
	/** State of the random numbers of dropout. */
	readonly random: number;
}

/** Positions that count are rounded up to this, so that rows share graphs. */
const ROWS_STEP = 64;
/** A graph is used for a row with so many positions fewer that count: computing them costs less than another graph. */
const ROWS_SLACK = 128;

export class Learner {
	readonly shape: ModelShape;
	readonly lora: Lora;
	readonly optimizer: Optimizer;
	readonly random: Random;
	readonly #forms: Forms;
	readonly #dropout: DropoutMasks | undefined;
	#graph: StepGraph | undefined;
	#trains = false;

	private constructor(
		readonly device: Device,
		readonly base: BaseModel,
		private readonly options: LearnerOptions,
		own: <Owned extends { dispose(): void }>(one: Owned) => Owned,
	) {
		const { settings } = options;
		this.#forms = formsOf(device);
		this.shape = base.shape;
		this.lora = own(new Lora(device, base.shape, settings));
		this.optimizer = own(new Optimizer(device, this.lora.variables, settings));
		this.random = randomFrom(options.random);
		this.#dropout =
			settings.dropout > 0 ? new DropoutMasks(device, settings.dropout, this.random) : undefined;
	}

	/**
	 * Loads the base model, with the event loop served several times a second, and adds a new adapter.
	 * @param stage a CPU, for conversions.
	 * @param onProgress hears how many matrices of how many are there, and may hold the work up.
	 * @throws UntrainableModel, OutOfMemory, an error of the file, or AbortError; nothing is left behind.
	 */
	static async load(
		device: Device,
		stage: Device,
		file: TensorFile,
		options: LearnerOptions,
		onProgress: (loaded: number, matrices: number) => void | Promise<void>,
		signal: AbortSignal,
	): Promise<Learner> {
		const base = await BaseModel.loadInSteps(
			device,
			stage,
			file,
			{
				copies: options.kernels.copies,
				repack: true,
				firstTrained: firstTrainedLayer(readShape(file.header), options.settings.topLayers),
				// Padding reads token 0.
				tokens: [0, ...options.tokens],
				trainAll: false,
			},
			onProgress,
			signal,
		);
		const owned: { dispose(): void }[] = [base];
		try {
			return new Learner(device, base, options, (one) => {
				owned.push(one);
				return one;
			});
		} catch (error) {
			for (const one of owned.toReversed()) {
				one.dispose();
			}
			throw error;
		}
	}

	/**
	 * Computes a row and adds up its gradients.
	 * @param norm what its weights are divided by: the sum of the weights of the whole step.
	 * @returns its part of the step's loss, in nats.
	 * @throws the signal's reason; nothing has changed then.
	 */
	async train(row: Row, norm: number, signal: AbortSignal): Promise<number> {
		const { state } = this.random;
		try {
			return await this.graphFor(row, true).run(row, norm, signal);
		} catch (error) {
			// Computed again, it has the same masks as one that nobody interrupted.
			this.random.state = state;
			throw error;
		}
	}

	/** Log probabilities of the targets that count, in their order. Nothing is learned. */
	async score(row: Row, signal: AbortSignal): Promise<Float32Array> {
		const graph = this.graphFor(row, false);
		await graph.run(row, 1, signal);
		return graph.logProbabilities();
	}

	/** Bytes on the device: weights, optimiser, intermediate results of the last row. */
	get bytes(): number {
		return this.base.bytes + this.lora.bytes + this.optimizer.bytes + (this.#graph?.activationBytes ?? 0);
	}

	dispose(): void {
		this.#graph?.dispose();
		this.#dropout?.dispose();
		this.optimizer.dispose();
		this.lora.dispose();
		this.base.dispose();
	}

	/** The graph of the last row where it fits: only one is kept, for each holds the memory of all its results. */
	private graphFor(row: Row, trains: boolean): StepGraph {
		const counted = countedIn(row);
		const fits =
			this.#trains === trains &&
			this.#graph?.options.length === row.length &&
			this.#graph.options.rows >= counted &&
			this.#graph.options.rows < counted + ROWS_STEP + ROWS_SLACK;
		if (this.#graph !== undefined && fits) {
			return this.#graph;
		}
		this.#graph?.dispose();
		this.#graph = undefined;
		const graph = new StepGraph(
			this.device,
			{
				base: this.base,
				lora: this.lora,
				optimizer: trains ? this.optimizer : undefined,
				dropout: trains ? this.#dropout : undefined,
			},
			{
				forms: this.#forms,
				keepIn: 'BF16',
				products: this.options.kernels.products,
				length: row.length,
				sequences: 1,
				rows: Math.max(ROWS_STEP, Math.ceil(counted / ROWS_STEP) * ROWS_STEP),
				checkpointing: this.options.checkpointing,
			},
		);
		try {
			graph.allocate();
		} catch (error) {
			graph.dispose();
			throw error;
		}
		this.#trains = trains;
		this.#graph = graph;
		return graph;
	}
}

/** Positions of a row whose target has a weight. */
export function countedIn({ weights }: Pick<Row, 'weights'>): number {
	return weights.reduce((sum, weight) => sum + (weight === 0 ? 0 : 1), 0);
}

/** Sum of a row's weights. */
export function weightOf({ weights }: Pick<Row, 'weights'>): number {
	return weights.reduce((sum, weight) => sum + weight, 0);
}
