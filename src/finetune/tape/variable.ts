/** A value on the tape: its tensor, its gradient while the tape runs back, and how to have it again then. */

import type { Tensor } from '../ggml/arena';

export class Variable {
	/** Sum of the gradients that reached it so far. */
	gradient: Tensor | undefined;
	/** Gives the value in the backward pass; undefined until somebody asked for it to be kept. */
	#recall: (() => Tensor) | undefined;
	#recalled: Tensor | undefined;

	/**
	 * @param tensor [features, positions] or [head, heads, positions], F32.
	 * @param needsGradient whether a trained number stands before it.
	 * @param recompute makes it again from values that are kept anyway: cheaper than keeping it. Called while the tape runs back.
	 */
	constructor(
		readonly tensor: Tensor,
		readonly needsGradient: boolean,
		private readonly recompute?: () => Tensor,
	) {}

	/**
	 * Says that the backward pass will want the value. Called in the forward pass, so that what is kept is what later steps read.
	 * @param keep stores the tensor, perhaps in fewer bits, and returns how to have it back.
	 */
	retain(keep: (tensor: Tensor) => () => Tensor): void {
		this.#recall ??= this.recompute ?? keep(this.tensor);
	}

	/** The value, in the backward pass; made once. */
	recall(): Tensor {
		if (this.#recall === undefined) {
			throw new Error('A value is needed backwards that nobody asked to be kept.');
		}
		this.#recalled ??= this.#recall();
		return this.#recalled;
	}
}
