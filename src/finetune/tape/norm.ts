/** Normalisation of rows, with a trainable or frozen weight and bias. */

import type { Tensor } from '../ggml/arena';
import type { Tape } from './tape';
import type { Variable } from './variable';

export interface NormWeights {
	/** [n]. */
	readonly weight: Variable;
	/** [n]; only layer norms have one. */
	readonly bias: Variable | undefined;
}

/**
 * y = w·x̂, x̂ = x / √(mean(x²) + ε), over rows of x [n, …] (Zhang and Sennrich 2019).
 * dx = (g − x̂·mean(g·x̂)) / √(mean(x²) + ε) with g = w·dy; dw = Σ dy·x̂.
 */
export function rmsNorm(tape: Tape, x: Variable, { weight }: NormWeights, epsilon: number): Variable {
	const { graph } = tape;
	const normalised = (value: Tensor) => graph.rmsNorm(value, epsilon);
	const output = graph.multiply(normalised(x.tensor), weight.tensor);
	if (x.needsGradient || weight.needsGradient) {
		x.retain(tape.exactly);
	}
	return tape.record(
		output,
		[x, weight],
		(dy) => {
			tape.give(weight, () => sumOverPositions(tape, graph.multiply(dy, normalised(x.recall()))));
			tape.give(x, () => {
				const g = graph.multiply(dy, weight.tensor);
				return tape.options.forms.rmsNormBack
					? graph.rmsNormBack(g, x.recall(), epsilon)
					: rmsNormBackPlain(tape, g, x.recall(), epsilon);
			});
		},
		x.needsGradient || weight.needsGradient
			? () => graph.multiply(normalised(x.recall()), weight.tensor)
			: undefined,
	);
}

function rmsNormBackPlain({ graph }: Tape, g: Tensor, x: Tensor, epsilon: number): Tensor {
	const share = 1 / x.shape[0];
	const hat = graph.rmsNorm(x, epsilon);
	const mean = graph.scale(graph.sumRows(graph.multiply(g, hat)), share);
	const root = graph.squareRoot(graph.scale(graph.sumRows(graph.square(x)), share, epsilon));
	return graph.divide(graph.subtract(g, graph.multiply(hat, mean)), root);
}

/**
 * y = w·x̂ + b, x̂ = (x − mean(x)) / √(variance(x) + ε), over rows of x [n, m] (Ba et al. 2016).
 * dx = (g − mean(g) − x̂·mean(g·x̂)) / √(variance(x) + ε) with g = w·dy; dw = Σ dy·x̂; db = Σ dy.
 */
export function layerNorm(tape: Tape, x: Variable, { weight, bias }: NormWeights, epsilon: number): Variable {
	const { graph } = tape;
	const apply = (value: Tensor) => {
		const scaled = graph.multiply(graph.layerNorm(value, epsilon), weight.tensor);
		return bias === undefined ? scaled : graph.add(scaled, bias.tensor);
	};
	const needed = [x, weight, bias].some((one) => one?.needsGradient === true);
	const output = apply(x.tensor);
	if (needed) {
		x.retain(tape.exactly);
	}
	return tape.record(
		output,
		[x, weight, bias],
		(dy) => {
			const hat = graph.layerNorm(x.recall(), epsilon);
			tape.give(bias, () => sumOverPositions(tape, dy));
			tape.give(weight, () => sumOverPositions(tape, graph.multiply(dy, hat)));
			tape.give(x, () => {
				const share = 1 / x.tensor.shape[0];
				const g = graph.multiply(dy, weight.tensor);
				const mean = (value: Tensor) => graph.scale(graph.sumRows(value), share);
				const rest = graph.subtract(
					graph.subtract(g, mean(g)),
					graph.multiply(hat, mean(graph.multiply(g, hat))),
				);
				const centred = graph.subtract(x.recall(), mean(x.recall()));
				const deviation = graph.squareRoot(graph.scale(graph.sumRows(graph.square(centred)), share, epsilon));
				return graph.divide(rest, deviation);
			});
		},
		needed ? () => apply(x.recall()) : undefined,
	);
}

/** [n, …] → [n]. */
function sumOverPositions({ graph }: Tape, value: Tensor): Tensor {
	const [width, ...others] = value.shape;
	const columns = others.reduce((product, one) => product * one, 1);
	return graph.reshape(graph.sumRows(graph.transpose(graph.reshape(value, [width, columns]))), [width]);
}
