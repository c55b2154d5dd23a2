/** All weights of the starter on a device: computes batches, updates, and gives the numbers back. */

import type { Device } from '../../../src/finetune/ggml/device';
import { DEFAULT_SETTINGS } from '../../../src/finetune/settings';
import { formsOf } from '../../../src/finetune/tape/forms';
import { BaseModel } from '../../../src/finetune/training/baseModel';
import { Optimizer, type OptimizerSettings } from '../../../src/finetune/training/optimizer';
import { Shadows } from '../../../src/finetune/training/shadows';
import { type Batch, StepGraph } from '../../../src/finetune/training/stepGraph';
import { TensorFile } from '../../../src/finetune/training/tensorFile';

/** As GPT-3 and what came after it train from scratch. */
const OPTIMIZER: OptimizerSettings = {
	...DEFAULT_SETTINGS,
	weightDecay: 0.1,
	beta1: 0.9,
	beta2: 0.95,
	clipNorm: 1,
};

/** How many rows, and how long. */
export interface BatchShape {
	readonly length: number;
	readonly sequences: number;
}

export class StarterLearner {
	readonly base: BaseModel;
	readonly optimizer: Optimizer;
	readonly #shadows: Shadows | undefined;
	#graph: StepGraph | undefined;
	#shape: (BatchShape & { readonly trains: boolean }) | undefined;

	/** @param file a model in F32 or quantised: its numbers are where the training begins. */
	constructor(
		private readonly device: Device,
		file: string,
	) {
		const tensors = new TensorFile(file);
		try {
			this.base = BaseModel.load(device, device, tensors, {
				copies: 'Q8_0',
				repack: false,
				firstTrained: 0,
				tokens: 'all',
				trainAll: true,
			});
		} finally {
			tensors.dispose();
		}
		this.optimizer = new Optimizer(device, this.base.trained, OPTIMIZER);
		this.#shadows = Shadows.areFaster(device) ? new Shadows(device, this.base.trained) : undefined;
	}

	/** See `StepGraph.run`; adds up the gradients. */
	train(batch: Batch, shape: BatchShape, norm: number, signal: AbortSignal): Promise<number> {
		return this.graphFor(shape, true).run(batch, norm, signal);
	}

	/** The loss alone. */
	loss(batch: Batch, shape: BatchShape, norm: number, signal: AbortSignal): Promise<number> {
		return this.graphFor(shape, false).run(batch, norm, signal);
	}

	/** @returns the norm of the gradient; where it is not finite, nothing was changed. */
	update(learningRate: number): number {
		const norm = this.optimizer.gradientNorm();
		if (Number.isFinite(norm)) {
			this.optimizer.update(learningRate, norm);
			this.#shadows?.refresh();
		} else {
			this.optimizer.clearGradients();
		}
		return norm;
	}

	/** After numbers were put back from outside. */
	refresh(): void {
		this.#shadows?.refresh();
	}

	/** What a tensor holds now. */
	valuesOf(name: string): Float32Array | undefined {
		const variable = this.base.trained.get(name);
		return variable === undefined ? undefined : this.device.readFloats(variable.tensor);
	}

	dispose(): void {
		this.#graph?.dispose();
		this.#shadows?.dispose();
		this.optimizer.dispose();
		this.base.dispose();
	}

	private graphFor({ length, sequences }: BatchShape, trains: boolean): StepGraph {
		const before = this.#shape;
		if (
			this.#graph !== undefined &&
			before?.length === length &&
			before.sequences === sequences &&
			before.trains === trains
		) {
			return this.#graph;
		}
		this.#graph?.dispose();
		const graph = new StepGraph(
			this.device,
			{
				base: this.base,
				shadows: this.#shadows,
				lora: undefined,
				optimizer: trains ? this.optimizer : undefined,
				dropout: undefined,
			},
			{
				forms: formsOf(this.device),
				keepIn: 'BF16',
				products: 'BF16',
				length,
				sequences,
				rows: length * sequences,
				checkpointing: false,
			},
		);
		graph.allocate();
		this.#graph = graph;
		this.#shape = { length, sequences, trains };
		return graph;
	}
}
