/** From the last layer to the loss: logits only of positions that count, in chunks, never all at once. */

import type { Tensor } from '../ggml/arena';
import { softCapSlope } from './elementwise';
import { leftOf, type Matrix } from './linear';
import type { Tape } from './tape';
import type { Variable } from './variable';

/**
 * Factor of every gradient inside the graph, divided out again where gradients are added up. Quantised kernels keep the
 * scale of 32 numbers in half precision: gradients divided by hundreds of tokens would underflow (cosine with the exact
 * gradient 0.977 without, 0.9998 with it).
 */
export const LOSS_SCALE = 16_384;

/** Logits that exist at the same time, in numbers: 80 MB. */
const LOGITS = 128 * 160_000;
const FEWEST_ROWS = 128;
/** Keeps the logarithm of a vanished probability finite. */
const LEAST_PROBABILITY = 1e-30;

interface LossInputs {
	/** I32 [rows]: for each row that counts, its target's index within the logits of its chunk: target + vocabulary·(row mod chunk). */
	readonly targets: Tensor;
	/** F32 [1, rows]: weight of each row's loss, already divided by the sum over the step. */
	readonly weights: Tensor;
}

interface LossTerms {
	readonly logitScale: number;
	/** cap·tanh(x / cap) of the logits; 0 = none. */
	readonly softCap: number;
	readonly lossScale: number;
}

interface LossResult {
	/** [1]: Σ weight·(−log p(target)). */
	readonly loss: Tensor;
	/** [1, rows]: log p(target) of each row. */
	readonly logProbabilities: Tensor;
	/** The gradient of x, times the loss scale; undefined where no gradient was asked for. */
	readonly gradient: Tensor | undefined;
}

/** Positions whose logits exist at the same time: 128 of 150,000 numbers, more of fewer, since long products are faster. */
export function lossRows(vocabulary: number): number {
	return Math.max(1, Math.floor(LOGITS / vocabulary / FEWEST_ROWS)) * FEWEST_ROWS;
}

/** The index that `LossInputs.targets` wants. */
export function targetIndex(row: number, target: number, vocabulary: number): number {
	return target + vocabulary * (row % lossRows(vocabulary));
}

/**
 * x [width, rows] → loss. With p = softmax(logits): d logits = weight·(p − onehot(target)).
 * The weight of a row is multiplied in behind the product with the vocabulary, where a row is short.
 */
export function lossHead(
	tape: Tape,
	x: Variable,
	matrix: Matrix,
	inputs: LossInputs,
	terms: LossTerms,
	withGradient: boolean,
): LossResult {
	const { graph } = tape;
	const [width, rows] = x.tensor.shape;
	const { weight } = matrix;
	const vocabulary = weight.tensor.shape[1];
	const trained = weight.needsGradient;
	const left = leftOf(tape, matrix);
	const back = withGradient ? (matrix.transposed ?? tape.leftTransposed(weight.tensor)) : undefined;
	let loss: Tensor | undefined;
	let gradient: Tensor | undefined;
	let all: Tensor | undefined;
	const most = lossRows(vocabulary);
	for (let from = 0; from < rows; from += most) {
		const count = Math.min(most, rows - from);
		const part = graph.part(x.tensor, 1, from, count);
		const weights = graph.reshape(graph.part(inputs.weights, 1, from, count), [1, count]);
		const targets = graph.part(inputs.targets, 0, from, count);
		const product = graph.matrixProduct(left, part);
		const scaled = terms.logitScale === 1 ? product : graph.scale(product, terms.logitScale);
		const tanh = terms.softCap === 0 ? undefined : graph.tanh(graph.scale(scaled, 1 / terms.softCap));
		const logits = tanh === undefined ? scaled : graph.scale(tanh, terms.softCap);
		const probabilities = graph.softMax(logits, undefined, 1);
		const lifted = withGradient ? graph.scale(probabilities, terms.lossScale) : probabilities;
		const lift = withGradient ? terms.lossScale : 1;
		const flat = graph.reshape(lifted, [1, vocabulary * count]);
		const ofTargets = graph.rows(flat, targets);
		const logarithms = graph.logarithm(graph.scale(ofTargets, 1 / lift, LEAST_PROBABILITY));
		const sum = graph.sum(graph.multiply(logarithms, weights));
		loss = loss === undefined ? sum : graph.add(loss, sum);
		all = all === undefined ? logarithms : graph.concatenate(all, logarithms, 1);
		if (back === undefined) {
			continue;
		}
		const written = graph.setRows(flat, graph.scale(ofTargets, 1, -lift), targets);
		let dLogits = graph.reshape(written, [vocabulary, count]);
		if (tanh !== undefined) {
			dLogits = graph.multiply(dLogits, softCapSlope(tape, tanh));
		}
		if (trained) {
			const weighted = graph.multiply(dLogits, weights);
			tape.give(weight, () => graph.scale(tape.outerOfWeights(part, weighted), terms.logitScale));
		}
		const dPart = graph.multiply(graph.matrixProduct(back, dLogits), weights);
		const dScaled = terms.logitScale === 1 ? dPart : graph.scale(dPart, terms.logitScale);
		gradient = gradient === undefined ? dScaled : graph.concatenate(gradient, dScaled, 1);
	}
	if (loss === undefined || all === undefined) {
		throw new Error(`A loss needs at least one row of ${width} numbers.`);
	}
	return { loss: graph.negate(loss), logProbabilities: all, gradient };
}
