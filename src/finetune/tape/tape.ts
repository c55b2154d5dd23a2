/**
 * Reverse-mode differentiation over ggml's operations: every operation appends its forward nodes to the graph and leaves
 * behind how its gradient goes on to its inputs; `backward` then appends those nodes in reverse order.
 */

import type { Tensor } from '../ggml/arena';
import type { Graph } from '../ggml/graph';
import type { Forms } from './forms';
import { Variable } from './variable';

export interface TapeOptions {
	readonly forms: Forms;
	/** Type in which values wait for the backward pass; BF16 halves the memory and rounds to 8 bits of mantissa. */
	readonly keepIn: 'F32' | 'BF16';
	/** Type of the left side of products of computed matrices: attention's, and those of weights that are trained. */
	readonly products: 'F32' | 'F16' | 'BF16';
}

/** A value that waits for the backward pass. */
export interface Kept {
	/** In F32. */
	value(): Tensor;
	/** In the type of the left side of a product. */
	left(): Tensor;
}

interface Step {
	readonly output: Variable;
	readonly back: (gradient: Tensor) => void;
}

export class Tape {
	readonly #steps: Step[] = [];

	/** @param rehearsal nothing will run backwards over this tape: nothing is kept. */
	constructor(
		readonly graph: Graph,
		readonly options: TapeOptions,
		private readonly rehearsal = false,
	) {}

	/**
	 * Records a result.
	 * @param parents values that it was made of; it needs a gradient where one of them does.
	 * @param back gets the gradient of the result and hands on that of the parents with `give`.
	 * @param recompute see `Variable`.
	 */
	record(
		tensor: Tensor,
		parents: readonly (Variable | undefined)[],
		back: (gradient: Tensor) => void,
		recompute?: () => Tensor,
	): Variable {
		const output = new Variable(
			tensor,
			parents.some((parent) => parent?.needsGradient === true),
			recompute,
		);
		if (output.needsGradient) {
			this.#steps.push({ output, back });
		}
		return output;
	}

	/** Adds to a value's gradient. */
	give(variable: Variable | undefined, gradient: () => Tensor): void {
		if (variable?.needsGradient === true) {
			const more = gradient();
			variable.gradient = variable.gradient === undefined ? more : this.graph.add(variable.gradient, more);
		}
	}

	/** Appends the backward pass from a result whose gradient is `seed`. The tape is empty afterwards. */
	backward(result: Variable, seed: Tensor): void {
		result.gradient = seed;
		for (let step = this.#steps.pop(); step !== undefined; step = this.#steps.pop()) {
			const { output, back } = step;
			if (output.gradient !== undefined) {
				back(output.gradient);
				output.gradient = undefined;
			}
		}
	}

	/** Lets a value wait in `keepIn`. */
	keep(tensor: Tensor): Kept {
		const { products } = this.options;
		const keepIn = this.rehearsal ? 'F32' : this.options.keepIn;
		const stored = keepIn === 'F32' ? tensor : this.graph.cast(tensor, keepIn);
		let value: Tensor | undefined;
		const float = () => {
			value ??= keepIn === 'F32' ? stored : this.graph.cast(stored, 'F32');
			return value;
		};
		return {
			value: float,
			left: () => (keepIn === products ? stored : this.left(float())),
		};
	}

	/** For `Variable.retain`: in `keepIn`. */
	readonly compactly = (tensor: Tensor): (() => Tensor) => this.keep(tensor).value;

	/** For `Variable.retain`: as it is. The residual stream is kept so: every layer's gradient passes through it. */
	readonly exactly =
		(tensor: Tensor): (() => Tensor) =>
		() =>
			tensor;

	/** A matrix as the left side of a product. */
	left(tensor: Tensor): Tensor {
		return this.options.products === 'F32' ? tensor : this.graph.cast(tensor, this.options.products);
	}

	/** Transposed, as the left side of a product. */
	leftTransposed(tensor: Tensor): Tensor {
		return this.options.products === 'F32'
			? this.graph.transpose(tensor)
			: this.graph.cast(this.graph.transposedView(tensor), this.options.products);
	}

	/** a [n, m], b [k, m] → [n, k], summed over the columns. */
	outer(a: Tensor, b: Tensor): Tensor {
		return this.options.forms.outerProduct
			? this.graph.outerProduct(a, b)
			: this.graph.matrixProduct(this.leftTransposed(a), this.graph.transpose(b));
	}

	/**
	 * The same for the gradient of a trained matrix: as long in every direction, it is faster as a product of transposed
	 * copies where the left side may have fewer bits.
	 */
	outerOfWeights(a: Tensor, b: Tensor): Tensor {
		return this.options.products === 'F32'
			? this.outer(a, b)
			: this.graph.matrixProduct(this.leftTransposed(a), this.leftTransposed(b));
	}

	/**
	 * Keeps only the input of a part of the forward pass and computes the part again backwards (gradient checkpointing,
	 * Chen et al. 2016).
	 */
	checkpoint(part: (tape: Tape, input: Variable) => Variable, input: Variable): Variable {
		const first = part(
			new Tape(this.graph, this.options, true),
			new Variable(input.tensor, input.needsGradient),
		);
		input.retain(this.exactly);
		return this.record(first.tensor, [first], (gradient) => {
			const again = new Tape(this.graph, this.options);
			const start = new Variable(input.recall(), input.needsGradient);
			again.backward(part(again, start), gradient);
			const { gradient: reached } = start;
			if (reached !== undefined) {
				this.give(input, () => reached);
			}
		});
	}
}
