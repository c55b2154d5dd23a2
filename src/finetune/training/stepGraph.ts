/** One static graph: forward, loss and, where it trains, backward, with the gradients added up. */

import { Arena, type Tensor } from '../ggml/arena';
import type { Device, Memory } from '../ggml/device';
import { Graph } from '../ggml/graph';
import { blockEnds } from '../tape/attention';
import type { LoraPair, Matrix } from '../tape/linear';
import { LOSS_SCALE, lossHead, lossRows, targetIndex } from '../tape/lossHead';
import { Tape, type TapeOptions } from '../tape/tape';
import { transformer } from '../tape/transformer';
import type { Variable } from '../tape/variable';
import { maskOf } from './attentionMask';
import type { BaseModel } from './baseModel';
import type { DropoutMasks } from './dropout';
import type { Lora } from './lora';
import type { Optimizer } from './optimizer';
import { RunFailure } from './runFailure';
import type { Shadows } from './shadows';

/** Tokens of one or several sequences of the same length, one after the other. */
export interface Batch {
	/** I32 [m]. */
	readonly tokens: Int32Array;
	/** The token that follows each. */
	readonly targets: Int32Array;
	/** Weight of the loss of each target; 0 = does not count. */
	readonly weights: Float32Array;
	/** Position in the own document. */
	readonly positions: Int32Array;
	/** Index, within the sequence, of the first position of the own document. */
	readonly starts: Int32Array;
}

export interface StepOptions extends TapeOptions {
	/** Positions of a sequence. */
	readonly length: number;
	readonly sequences: number;
	/** Positions that count, at most; the rest is padding. */
	readonly rows: number;
	readonly checkpointing: boolean;
	/** See `LOSS_SCALE`; 1 only in the test that shows why. */
	readonly lossScale?: number;
}

interface StepModel {
	readonly base: Pick<
		BaseModel,
		'shape' | 'matrix' | 'norm' | 'output' | 'outputNorm' | 'embedding' | 'ropeFactors' | 'rowOf'
	>;
	/** Of a model whose own numbers are trained. */
	readonly shadows?: Shadows | undefined;
	readonly lora: Lora | undefined;
	/** Undefined: the graph only gives the loss. */
	readonly optimizer: Optimizer | undefined;
	readonly dropout: DropoutMasks | undefined;
}

/**
 * Most nodes of a layer with everything on it, forward and backward, twice for checkpointing, and of each block of queries
 * in it; counted, with room. A graph that is too small aborts the process.
 */
const NODES_PER_LAYER = 700;
const NODES_PER_BLOCK = 120;
/** Of each part of the vocabulary's product. */
const NODES_PER_PART = 40;
const NODES_BESIDE = 4_000;

export class StepGraph {
	/** Bytes of intermediate results; 0 before `allocate`. */
	activationBytes = 0;
	readonly graph: Graph;
	/** Adds the gradients to the optimiser's: apart, so that a pass that is aborted leaves those as they were. */
	readonly #adding: Graph | undefined;
	readonly #gradients: { readonly from: Tensor; readonly to: Tensor }[] = [];
	readonly #inputs: Arena;
	readonly #memory: Memory;
	readonly #tokens: Tensor;
	readonly #positions: Tensor;
	readonly #negated: Tensor;
	/** By window, one for each block of queries. */
	readonly #masks: ReadonlyMap<number, readonly Tensor[]>;
	readonly #rows: Tensor;
	readonly #rowOfPosition: Tensor;
	readonly #targets: Tensor;
	readonly #weights: Tensor;
	readonly #loss: Tensor;
	readonly #logProbabilities: Tensor;

	constructor(
		private readonly device: Device,
		private readonly model: StepModel,
		readonly options: StepOptions,
	) {
		const { base, lora, optimizer, dropout, shadows } = model;
		const over = (matrix: Matrix) => shadows?.over(matrix) ?? matrix;
		const output = over(base.output);
		const { shape } = base;
		const { length, sequences, rows } = options;
		const columns = length * sequences;
		const ends = blockEnds(length);
		const windows = new Set(shape.windows.map((window) => (window < length ? window : 0)));
		const inputs = new Arena(device.ggml, 9 + windows.size * ends.length);
		this.#inputs = inputs;
		this.#tokens = inputs.tensor('I32', [columns]);
		this.#positions = inputs.tensor('I32', [columns]);
		this.#negated = inputs.tensor('I32', [columns]);
		this.#masks = new Map(
			[...windows].map((window) => [
				window,
				ends.map((end, index) => inputs.tensor('F32', [end, end - (ends[index - 1] ?? 0), 1, sequences])),
			]),
		);
		this.#rows = inputs.tensor('I32', [rows]);
		this.#rowOfPosition = inputs.tensor('I32', [columns]);
		this.#targets = inputs.tensor('I32', [rows]);
		this.#weights = inputs.tensor('F32', [1, rows]);
		const zeros = inputs.tensor('F32', [shape.width, 1]);
		this.#memory = device.allocate(inputs);
		this.#memory.clear();

		this.graph = new Graph(
			device,
			shape.layers * (NODES_PER_LAYER + NODES_PER_BLOCK * ends.length) +
				Math.ceil(rows / lossRows(shape.vocabulary)) * NODES_PER_PART +
				NODES_BESIDE,
		);
		const tape = new Tape(this.graph, options);
		const embedded = this.embed(tape, base.embedding);
		const hidden = transformer(
			tape,
			shape,
			{
				matrix: (layer, name) => over(base.matrix(layer, name)),
				norm: (layer, name) => base.norm(layer, name),
				lora: (layer, name): LoraPair | undefined =>
					lora?.pair(
						layer,
						name,
						dropout?.of(
							this.graph,
							`${layer}.${name}`,
							base.matrix(layer, name).weight.tensor.shape[0],
							columns,
						),
					),
				outputNorm: base.outputNorm,
				output,
			},
			{
				positions: { forward: this.#positions, negated: this.#negated, factors: base.ropeFactors },
				masks: (window) => this.#masks.get(window < length ? window : 0) ?? [],
				rows: this.#rows,
				rowOfPosition: this.#rowOfPosition,
				zeros,
			},
			embedded,
			options.checkpointing && optimizer !== undefined,
		);
		const lossScale = options.lossScale ?? LOSS_SCALE;
		const result = lossHead(
			tape,
			hidden,
			output,
			{ targets: this.#targets, weights: this.#weights },
			{ logitScale: shape.logitScale, softCap: shape.finalSoftCap, lossScale },
			optimizer !== undefined,
		);
		this.#loss = this.graph.output(result.loss);
		this.#logProbabilities = this.graph.output(result.logProbabilities);
		if (optimizer !== undefined && result.gradient !== undefined) {
			tape.backward(hidden, result.gradient);
			for (const { name, variable, gradient } of optimizer.slots) {
				if (variable.gradient === undefined) {
					throw new Error(`No gradient reaches ${name}.`);
				}
				const from = this.graph.output(this.graph.scale(variable.gradient, 1 / lossScale));
				this.#gradients.push({ from, to: gradient });
				variable.gradient = undefined;
			}
			this.#adding = new Graph(device, this.#gradients.length * 2 + 1);
		}
	}

	/** @throws OutOfMemory; RunFailure naming the operations that a GPU does not compute. */
	allocate(): void {
		this.refuseUnsupported();
		this.activationBytes = this.graph.allocate();
		for (const { from, to } of this.#gradients) {
			this.#adding?.addInto(to, this.#adding.input(from));
		}
		this.#adding?.allocate();
	}

	/**
	 * Computes a batch and adds up its gradients.
	 * @param norm what the weights are divided by: their sum over the whole step.
	 * @returns Σ weight·loss / norm, in nats.
	 * @throws AbortError when the signal fires; no gradient was added then, and the batch can be run again.
	 */
	async run(batch: Batch, norm: number, signal: AbortSignal): Promise<number> {
		this.write(batch, norm);
		await this.device.compute(this.graph.handle, signal);
		if (this.#adding !== undefined) {
			this.device.computeNow(this.#adding.handle);
		}
		return this.device.readFloats(this.#loss)[0] ?? Number.NaN;
	}

	/** After `run`: log p(target) of the positions that count, in their order. */
	logProbabilities(): Float32Array {
		return this.device.readFloats(this.#logProbabilities);
	}

	dispose(): void {
		this.#adding?.dispose();
		this.graph.dispose();
		this.#memory.dispose();
		this.#inputs.dispose();
	}

	/** A GPU aborts the process at a node that it does not know; a CPU computes all. */
	private refuseUnsupported(): void {
		const missing = this.device.isCpu ? [] : [...this.graph.unsupported().keys()];
		if (missing.length > 0) {
			throw new RunFailure(
				'device',
				`${this.device.description} cannot compute ${missing.join(', ')}, which training this model needs. Set familiar.model.backend to cpu.`,
			);
		}
	}

	private embed(tape: Tape, embedding: Variable): Variable {
		const { graph } = this;
		return tape.record(graph.rows(embedding.tensor, this.#tokens), [embedding], (dy) =>
			tape.give(embedding, () => graph.rowsBack(dy, this.#tokens, embedding.tensor)),
		);
	}

	private write(batch: Batch, norm: number): void {
		const { base, dropout } = this.model;
		const { length, sequences, rows } = this.options;
		const counted: number[] = [];
		for (const [index, weight] of batch.weights.entries()) {
			if (weight !== 0) {
				counted.push(index);
			}
		}
		if (batch.tokens.length !== length * sequences || counted.length > rows) {
			throw new Error(
				`A batch of ${batch.tokens.length} tokens with ${counted.length} that count does not fit a graph for ${length * sequences} and ${rows}.`,
			);
		}
		const rowOfPosition = new Int32Array(length * sequences).fill(rows);
		const row = new Int32Array(rows);
		const targets = new Int32Array(rows);
		const weights = new Float32Array(rows);
		for (let index = 0; index < rows; index++) {
			const position = counted[index];
			row[index] = position ?? 0;
			targets[index] = targetIndex(
				index,
				position === undefined ? 0 : (batch.targets[position] ?? 0),
				base.shape.vocabulary,
			);
			weights[index] = position === undefined ? 0 : (batch.weights[position] ?? 0) / norm;
			if (position !== undefined) {
				rowOfPosition[position] = index;
			}
		}
		this.device.write(
			this.#tokens,
			batch.tokens.map((token) => base.rowOf(token)),
		);
		this.device.write(this.#positions, batch.positions);
		this.device.write(
			this.#negated,
			batch.positions.map((position) => -position),
		);
		for (const [window, masks] of this.#masks) {
			for (const mask of masks) {
				this.device.write(mask, maskOf(batch.starts, length, window, mask.shape));
			}
		}
		this.device.write(this.#rows, row);
		this.device.write(this.#rowOfPosition, rowOfPosition);
		this.device.write(this.#targets, targets);
		this.device.write(this.#weights, weights);
		dropout?.draw();
	}
}
