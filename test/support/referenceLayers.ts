/** The parts of a transformer in plain loops: matrices with LoRA, norms and activations, in double precision. */
import type { ReferenceConfig } from './referenceConfig';
import type { Matrix } from './referenceTensors';
import { fromHalf } from './tensorDecoding';
import { toHalf } from './tensorEncoding';

/** As `AdapterMatrix`, but in any precision: finite differences need steps that single precision cannot hold. */
export interface ReferenceAdapterMatrix {
	/** Name of the base's matrix, for example `blk.0.attn_q.weight`. */
	readonly name: string;
	readonly rank: number;
	/** rank rows, as long as the base's inputs. */
	readonly a: ArrayLike<number>;
	/** A row of rank numbers for each output. */
	readonly b: ArrayLike<number>;
}

/** ΔW = (alpha / rank)·B·A. */
export interface ReferenceAdapter {
	readonly alpha: number;
	readonly matrices: readonly ReferenceAdapterMatrix[];
}

/** rows × inputs times the transposed matrix: rows × outputs. */
export function multiply(input: Float64Array, { inputs, outputs, values }: Matrix): Float64Array {
	const rows = input.length / inputs;
	const result = new Float64Array(rows * outputs);
	for (let row = 0; row < rows; row++) {
		for (let output = 0; output < outputs; output++) {
			let sum = 0;
			for (let index = 0, x = row * inputs, w = output * inputs; index < inputs; index++) {
				sum += (input[x + index] ?? 0) * (values[w + index] ?? 0);
			}
			result[row * outputs + output] = sum;
		}
	}
	return result;
}

/** `target += factor · addend`; a shorter addend is repeated for every row. */
export function addTo(target: Float64Array, addend: Float64Array, factor = 1): void {
	for (let index = 0; index < target.length; index++) {
		target[index] = (target[index] ?? 0) + factor * (addend[index % addend.length] ?? 0);
	}
}

/** The weights as a pass sees them: the model's and an adapter's. */
export class Weights {
	readonly #adapter: ReadonlyMap<string, { readonly a: Matrix; readonly b: Matrix; readonly scale: number }>;

	constructor(
		private readonly config: ReferenceConfig,
		private readonly tensors: ReadonlyMap<string, Matrix>,
		adapter: ReferenceAdapter | undefined,
	) {
		this.#adapter = new Map(
			(adapter?.matrices ?? []).map(({ name, rank, a, b }) => {
				const down = { inputs: a.length / rank, outputs: rank, values: Float64Array.from(a) };
				const up = { inputs: rank, outputs: b.length / rank, values: Float64Array.from(b) };
				return [name, { a: down, b: up, scale: (adapter?.alpha ?? 0) / rank }];
			}),
		);
		for (const name of this.#adapter.keys()) {
			this.matrix(name);
		}
	}

	has(name: string): boolean {
		return this.tensors.has(name);
	}

	/** Throws an Error where the model has no such tensor. */
	matrix(name: string): Matrix {
		const matrix = this.tensors.get(name);
		if (matrix === undefined) {
			throw new Error(`The model has no ${name}`);
		}
		return matrix;
	}

	/** W·x + (alpha / rank)·B·(A·x) + bias, for every row; bias and adapter where there are any. */
	linear(input: Float64Array, name: string): Float64Array {
		const result = multiply(input, this.matrix(`${name}.weight`));
		const adapter = this.#adapter.get(`${name}.weight`);
		if (adapter !== undefined) {
			addTo(result, multiply(multiply(input, adapter.a), adapter.b), adapter.scale);
		}
		const bias = this.tensors.get(`${name}.bias`);
		if (bias !== undefined) {
			addTo(result, bias.values);
		}
		return result;
	}

	/** Of pieces as long as the weight: rows of the residual stream, or heads. */
	norm(input: Float64Array, name: string): Float64Array {
		const { values, inputs: size } = this.matrix(`${name}.weight`);
		const bias = this.tensors.get(`${name}.bias`)?.values;
		const result = new Float64Array(input.length);
		for (let start = 0; start < input.length; start += size) {
			const piece = input.subarray(start, start + size);
			const mean = this.config.norm === 'layer' ? piece.reduce((sum, value) => sum + value, 0) / size : 0;
			const square = piece.reduce((sum, value) => sum + (value - mean) ** 2, 0) / size;
			const scale = 1 / Math.sqrt(square + this.config.normEpsilon);
			for (let index = 0; index < size; index++) {
				const unit = ((piece[index] ?? 0) - mean) * scale;
				result[start + index] = unit * (values[index] ?? 0) + (bias?.[index] ?? 0);
			}
		}
		return result;
	}
}

export function activate(kind: ReferenceConfig['activation'], value: number): number {
	switch (kind) {
		case 'silu':
			return value / (1 + Math.exp(-value));
		case 'gelu':
			return gelu(value);
		case 'gelu-half':
			// ggml does not look up what is far from 0.
			return Math.abs(value) < 10 ? fromHalf(toHalf(gelu(fromHalf(toHalf(value))))) : Math.max(0, value);
	}
}

/** Hendrycks and Gimpel 2016, the approximation with tanh. */
function gelu(value: number): number {
	return 0.5 * value * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (value + 0.044715 * value ** 3)));
}

export function softCap(value: number, cap: number): number {
	return cap === Number.POSITIVE_INFINITY ? value : cap * Math.tanh(value / cap);
}
