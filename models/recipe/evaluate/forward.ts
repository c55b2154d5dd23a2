/** A model of a GGUF file that only scores: the trainer's forward pass, which computes a whole window at once. */

import { fileURLToPath } from 'node:url';
import { Device } from '../../../src/finetune/ggml/device';
import { loadGgml } from '../../../src/finetune/ggml/ggml';
import { findLibraries, GgmlMissing } from '../../../src/finetune/ggml/libraries';
import { type Forms, formsOf } from '../../../src/finetune/tape/forms';
import { BaseModel } from '../../../src/finetune/training/baseModel';
import { countedIn } from '../../../src/finetune/training/learner';
import type { Row } from '../../../src/finetune/training/rows';
import { StepGraph } from '../../../src/finetune/training/stepGraph';
import { TensorFile } from '../../../src/finetune/training/tensorFile';

/** Positions that count are rounded up to this, so that rows share graphs. */
const ROWS_STEP = 256;

export class Forward {
	readonly #forms: Forms;
	#graph: StepGraph | undefined;

	private constructor(
		private readonly device: Device,
		private readonly base: BaseModel,
	) {
		this.#forms = formsOf(device);
	}

	/**
	 * On the CPU, with the weights as the file has them and everything else in F32.
	 * @throws GgmlMissing, GgufError, UntrainableModel, OutOfMemory.
	 */
	static open(file: string, threads: number): Forward {
		const [libraries] = findLibraries(fileURLToPath(import.meta.url), 'cpu');
		if (libraries === undefined) {
			throw new GgmlMissing('ggml is missing: run npm ci.');
		}
		const device = Device.open(loadGgml(libraries), 'cpu', threads);
		const tensors = new TensorFile(file);
		try {
			return new Forward(
				device,
				BaseModel.load(device, device, tensors, {
					copies: 'Q8_0',
					repack: true,
					// Nothing is trained: no layer needs a transposed copy.
					firstTrained: Number.POSITIVE_INFINITY,
					tokens: 'all',
					trainAll: false,
				}),
			);
		} catch (error) {
			device.dispose();
			throw error;
		} finally {
			tensors.dispose();
		}
	}

	/** Tokens of context that the model was trained with. */
	get context(): number {
		return this.base.shape.context;
	}

	/** Natural logarithms of the probabilities of the targets that count, in their order. */
	async score(row: Row, signal: AbortSignal): Promise<Float32Array> {
		const graph = this.#graphFor(row);
		await graph.run(row, 1, signal);
		return graph.logProbabilities();
	}

	dispose(): void {
		this.#graph?.dispose();
		this.base.dispose();
		this.device.dispose();
	}

	/** The graph of the last row where it fits: rows that are sorted by what they need share few. */
	#graphFor(row: Row): StepGraph {
		const rows = Math.min(row.length, Math.ceil(countedIn(row) / ROWS_STEP) * ROWS_STEP);
		const last = this.#graph;
		if (last !== undefined && last.options.length === row.length && last.options.rows === rows) {
			return last;
		}
		last?.dispose();
		this.#graph = undefined;
		const graph = new StepGraph(
			this.device,
			{ base: this.base, lora: undefined, optimizer: undefined, dropout: undefined },
			{
				forms: this.#forms,
				keepIn: 'F32',
				products: 'F32',
				length: row.length,
				sequences: 1,
				rows,
				checkpointing: false,
			},
		);
		try {
			graph.allocate();
		} catch (error) {
			graph.dispose();
			throw error;
		}
		this.#graph = graph;
		return graph;
	}
}
