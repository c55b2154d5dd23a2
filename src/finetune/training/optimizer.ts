/** AdamW on the device: sums of gradients, both moments, clipping by the global norm. */

import { Arena, elementsOf, type Tensor } from '../ggml/arena';
import type { Device, Memory } from '../ggml/device';
import { Graph } from '../ggml/graph';
import type { TrainingSettings } from '../settings';
import type { Variable } from '../tape/variable';

export type OptimizerSettings = Pick<
	TrainingSettings,
	'learningRateRatioB' | 'weightDecay' | 'beta1' | 'beta2' | 'epsilon' | 'clipNorm'
>;

interface Slot {
	readonly name: string;
	readonly variable: Variable;
	readonly gradient: Tensor;
	readonly first: Tensor;
	readonly second: Tensor;
}

/** Numbers that `ggml_opt_step_adamw` reads. */
const VALUES = 7;
/** Nodes a parameter takes in either graph. */
const NODES_EACH = 4;

export class Optimizer {
	readonly slots: readonly Slot[];
	/** Updates made so far. */
	step = 0;
	readonly #gradients: Memory;
	readonly #moments: Memory;
	readonly #inputs: Memory;
	readonly #owned: { dispose(): void }[];
	readonly #normGraph: Graph;
	readonly #norm: Tensor;
	readonly #updateGraph: Graph;
	readonly #factor: Tensor;
	readonly #valuesA: Tensor;
	readonly #valuesB: Tensor;

	/** @param variables what is trained, one at least, by tensor name; `.lora_b` has a learning rate of its own. */
	constructor(
		private readonly device: Device,
		variables: ReadonlyMap<string, Variable>,
		private readonly settings: OptimizerSettings,
	) {
		const count = variables.size;
		const gradients = new Arena(device.ggml, count);
		const moments = new Arena(device.ggml, count * 2);
		const inputs = new Arena(device.ggml, 3);
		this.slots = [...variables].map(([name, variable]) => ({
			name,
			variable,
			gradient: gradients.tensor('F32', variable.tensor.shape),
			first: moments.tensor('F32', variable.tensor.shape),
			second: moments.tensor('F32', variable.tensor.shape),
		}));
		this.#factor = inputs.tensor('F32', [1]);
		this.#valuesA = inputs.tensor('F32', [VALUES]);
		this.#valuesB = inputs.tensor('F32', [VALUES]);
		this.#gradients = device.allocate(gradients);
		this.#moments = device.allocate(moments);
		this.#inputs = device.allocate(inputs);
		this.#gradients.clear();
		this.#moments.clear();

		this.#normGraph = new Graph(device, count * NODES_EACH + 8);
		this.#norm = this.buildNorm();
		this.#updateGraph = new Graph(device, count * NODES_EACH + 8);
		for (const { name, variable, gradient, first, second } of this.slots) {
			const clipped = this.#updateGraph.multiplyInto(gradient, this.#factor);
			const values = name.endsWith('.lora_b') ? this.#valuesB : this.#valuesA;
			this.#updateGraph.adamW(variable.tensor, clipped, first, second, values);
		}
		this.#normGraph.allocate();
		this.#updateGraph.allocate();
		this.#owned = [
			this.#normGraph,
			this.#updateGraph,
			this.#gradients,
			this.#moments,
			this.#inputs,
			gradients,
			moments,
			inputs,
		];
	}

	/** Bytes of gradients and moments. */
	get bytes(): number {
		return this.#gradients.bytes + this.#moments.bytes;
	}

	/** Numbers that are trained. */
	get parameters(): number {
		return this.slots.reduce((sum, { variable }) => sum + elementsOf(variable.tensor), 0);
	}

	/** √Σ g² over all gradients that were added up. */
	gradientNorm(): number {
		this.device.computeNow(this.#normGraph.handle);
		return Math.sqrt(this.device.readFloats(this.#norm)[0] ?? Number.NaN);
	}

	/**
	 * One update with the gradients that were added up, which are 0 afterwards.
	 * m ← β₁m + (1−β₁)g, v ← β₂v + (1−β₂)g², w ← w·(1 − rate·decay) − rate·m̂ / (√v̂ + ε)
	 * (Loshchilov and Hutter 2019), g scaled to the clip norm where it is longer.
	 * @param gradientNorm as `gradientNorm` gave it.
	 */
	update(learningRate: number, gradientNorm: number): void {
		const { beta1, beta2, epsilon, weightDecay, clipNorm, learningRateRatioB } = this.settings;
		this.step++;
		const values = (rate: number) =>
			new Float32Array([
				rate,
				beta1,
				beta2,
				epsilon,
				weightDecay,
				1 / (1 - beta1 ** this.step),
				1 / (1 - beta2 ** this.step),
			]);
		this.device.write(this.#valuesA, values(learningRate));
		this.device.write(this.#valuesB, values(learningRate * learningRateRatioB));
		const factor = clipNorm > 0 && gradientNorm > clipNorm ? clipNorm / gradientNorm : 1;
		this.device.write(this.#factor, new Float32Array([factor]));
		this.device.computeNow(this.#updateGraph.handle);
		this.clearGradients();
	}

	/** Forgets what was added up: a step that is skipped. */
	clearGradients(): void {
		this.#gradients.clear();
	}

	dispose(): void {
		for (const one of this.#owned) {
			one.dispose();
		}
	}

	private buildNorm(): Tensor {
		const graph = this.#normGraph;
		let sum: Tensor | undefined;
		for (const { gradient } of this.slots) {
			const squares = graph.sum(graph.square(gradient));
			sum = sum === undefined ? squares : graph.add(sum, squares);
		}
		if (sum === undefined) {
			throw new Error('An optimiser needs something to train.');
		}
		return graph.output(sum);
	}
}
