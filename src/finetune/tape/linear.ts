/** y = W·x + b, with W frozen, trained, or frozen below a LoRA pair. */

import type { Tensor } from '../ggml/arena';
import type { Tape } from './tape';
import type { Variable } from './variable';

/** A matrix of the model. */
export interface Matrix {
	/** [inputs, outputs], in any type that a product takes on its left; F32 where it is trained. */
	readonly weight: Variable;
	/**
	 * [outputs, inputs]: the frozen matrix again, transposed at load, so that the backward product is as fast as the forward
	 * one. Undefined where W is trained, and then transposed in the graph.
	 */
	readonly transposed: Tensor | undefined;
	/** [inputs, outputs]: a trained W in fewer bits, which products read in its stead. */
	readonly shadow?: Tensor;
	/** [outputs]. */
	readonly bias: Variable | undefined;
}

/** ΔW = scale·B·A (Hu et al. 2021). */
export interface LoraPair {
	/** [inputs, rank]. */
	readonly a: Variable;
	/** B transposed: [outputs, rank]. */
	readonly b: Variable;
	readonly scale: number;
	/** Zeros and 1 / (1 − dropout), [inputs, m]: multiplies what A sees. Undefined = no dropout. */
	readonly mask: (() => Tensor) | undefined;
}

/**
 * x [inputs, m] → [outputs, m].
 * y = W·x + b + s·B·h, h = A·x.
 * dx = Wᵀ·dy + Aᵀ·dh, dh = s·Bᵀ·dy; dA = dh⊗x, dB = s·dy⊗h, dW = dy⊗x, db = Σ dy.
 */
export function linear(tape: Tape, x: Variable, matrix: Matrix, lora: LoraPair | undefined): Variable {
	const { graph } = tape;
	const { weight, bias } = matrix;
	const product = graph.matrixProduct(leftOf(tape, matrix), x.tensor);
	const biased = bias === undefined ? product : graph.add(product, bias.tensor);
	const mask = lora?.mask?.();
	const seen = (value: Tensor) => (mask === undefined ? value : graph.multiply(value, mask));
	const hidden =
		lora === undefined
			? undefined
			: graph.scale(graph.matrixProduct(lora.a.tensor, seen(x.tensor)), lora.scale);
	const output =
		lora === undefined || hidden === undefined
			? biased
			: graph.add(biased, widen(tape, lora.b.tensor, hidden));
	if (lora?.a.needsGradient === true || weight.needsGradient) {
		x.retain(tape.compactly);
	}
	return tape.record(output, [x, weight, bias, lora?.a, lora?.b], (dy) => {
		if (lora !== undefined && hidden !== undefined) {
			tape.give(lora.b, () => tape.outer(dy, hidden));
			const dHidden = graph.scale(graph.matrixProduct(lora.b.tensor, dy), lora.scale);
			tape.give(lora.a, () => tape.outer(seen(x.recall()), dHidden));
			tape.give(x, () => seen(widen(tape, lora.a.tensor, dHidden)));
		}
		tape.give(bias, () => graph.reshape(graph.sumRows(graph.transpose(dy)), [dy.shape[0]]));
		tape.give(weight, () => tape.outerOfWeights(x.recall(), dy));
		tape.give(x, () => graph.matrixProduct(matrix.transposed ?? tape.leftTransposed(weight.tensor), dy));
	});
}

/** W as the left side of a product. */
export function leftOf(tape: Tape, { weight, shadow }: Matrix): Tensor {
	return shadow ?? (weight.needsGradient ? tape.left(weight.tensor) : weight.tensor);
}

/**
 * matrix [n, rank], hidden [rank, m] → [n, m]. With so few terms in each sum, ggml's outer product, which runs along the
 * long side, is three times as fast as its matrix product.
 */
function widen(tape: Tape, matrix: Tensor, hidden: Tensor): Tensor {
	const { graph } = tape;
	return tape.options.forms.outerProduct
		? graph.outerProduct(matrix, graph.transpose(hidden))
		: graph.matrixProduct(graph.transpose(matrix), hidden);
}
