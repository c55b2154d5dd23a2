/**
 * Builds one graph: each method appends one node and returns its tensor. Shapes are ggml's: row length first.
 * Over 300 lines because it is a list: one method an operation of ggml.
 */

import { Arena, type Tensor, type TypeName, typeNumber } from './arena';
import type { Device } from './device';
import type { Ggml } from './ggml';
import type { Pointer } from './prototypes';

/** How `rope` turns pairs of numbers; the arguments of `ggml_rope_ext`. */
export interface RopeParameters {
	/** Numbers of a head that are turned. */
	readonly dimensions: number;
	/** 0: neighbours are a pair. 2 (NeoX): the halves are. */
	readonly kind: 0 | 2;
	readonly originalContext: number;
	readonly base: number;
	readonly frequencyScale: number;
	/** YaRN's mix of interpolation and extrapolation; 0 = none. */
	readonly extrapolation: number;
	readonly attentionFactor: number;
	readonly betaFast: number;
	readonly betaSlow: number;
}

export class Graph {
	readonly arena: Arena;
	readonly handle: Pointer<'graph'>;
	readonly #allocator: Pointer<'allocator'>;

	/** @param capacity most nodes; more abort the process. */
	constructor(
		readonly device: Device,
		capacity: number,
	) {
		this.arena = new Arena(device.ggml, capacity, capacity);
		this.handle = device.ggml.ggml_new_graph_custom(this.arena.context, capacity, false);
		this.#allocator = device.ggml.ggml_gallocr_new(device.defaultBuffers);
	}

	/** Bytes of intermediate results that the graph would take, without taking them. */
	measure(): number {
		const size = new BigUint64Array(1);
		this.ggml.ggml_gallocr_reserve_n_size(this.#allocator, this.handle, null, null, size);
		return Number(size[0]);
	}

	/**
	 * Takes memory for the intermediate results: once, when the graph is complete.
	 * @returns its bytes.
	 * @throws OutOfMemory naming the bytes that were asked for.
	 */
	allocate(): number {
		if (!this.ggml.ggml_gallocr_alloc_graph(this.#allocator, this.handle)) {
			const megabytes = Math.ceil(this.measure() / 2 ** 20);
			throw this.device.shortage(`has no room for the ${megabytes} MB of a training step`);
		}
		return this.ggml.ggml_gallocr_get_buffer_size(this.#allocator, 0);
	}

	dispose(): void {
		this.ggml.ggml_gallocr_free(this.#allocator);
		this.arena.dispose();
	}

	/** Nodes so far. */
	get nodes(): number {
		return this.ggml.ggml_graph_n_nodes(this.handle);
	}

	/** Names of the operations that the device does not compute, with their number. */
	unsupported(): ReadonlyMap<string, number> {
		const found = new Map<string, number>();
		for (let index = 0; index < this.nodes; index++) {
			const handle = this.ggml.ggml_graph_node(this.handle, index);
			if (!this.device.supports({ handle, shape: this.ggml.shape(handle) })) {
				const name = this.ggml.ggml_op_desc(handle);
				found.set(name, (found.get(name) ?? 0) + 1);
			}
		}
		return found;
	}

	/** Keeps a tensor's memory until the graph has run, so that it can be read. */
	output(tensor: Tensor): Tensor {
		this.ggml.ggml_set_output(tensor.handle);
		return tensor;
	}

	/**
	 * The result of another graph, which is allocated, as an input of this one: another tensor in the same place, without
	 * the history that this graph would compute again.
	 */
	input(result: Tensor): Tensor {
		const tensor = this.arena.tensor('F32', result.shape);
		const data = this.ggml.ggml_get_data(result.handle);
		this.ggml.ggml_backend_tensor_alloc(this.ggml.buffer(result.handle), tensor.handle, data);
		return tensor;
	}

	private get ggml(): Ggml {
		return this.device.ggml;
	}

	private get context(): Pointer<'context'> {
		return this.arena.context;
	}

	private node(handle: Pointer<'tensor'>): Tensor {
		this.ggml.ggml_build_forward_expand(this.handle, handle);
		return { handle, shape: this.ggml.shape(handle) };
	}

	// ── Element by element; `b` is repeated over `a` where it is smaller ──

	add(a: Tensor, b: Tensor): Tensor {
		return this.node(this.ggml.ggml_add(this.context, a.handle, b.handle));
	}
	/** Adds into `a` itself. */
	addInto(a: Tensor, b: Tensor): Tensor {
		return this.node(this.ggml.ggml_add_inplace(this.context, a.handle, b.handle));
	}
	subtract(a: Tensor, b: Tensor): Tensor {
		return this.node(this.ggml.ggml_sub(this.context, a.handle, b.handle));
	}
	multiply(a: Tensor, b: Tensor): Tensor {
		return this.node(this.ggml.ggml_mul(this.context, a.handle, b.handle));
	}
	/** Multiplies `a` itself. */
	multiplyInto(a: Tensor, b: Tensor): Tensor {
		return this.node(this.ggml.ggml_mul_inplace(this.context, a.handle, b.handle));
	}
	divide(a: Tensor, b: Tensor): Tensor {
		return this.node(this.ggml.ggml_div(this.context, a.handle, b.handle));
	}
	square(a: Tensor): Tensor {
		return this.node(this.ggml.ggml_sqr(this.context, a.handle));
	}
	squareRoot(a: Tensor): Tensor {
		return this.node(this.ggml.ggml_sqrt(this.context, a.handle));
	}
	logarithm(a: Tensor): Tensor {
		return this.node(this.ggml.ggml_log(this.context, a.handle));
	}
	negate(a: Tensor): Tensor {
		return this.node(this.ggml.ggml_neg(this.context, a.handle));
	}
	tanh(a: Tensor): Tensor {
		return this.node(this.ggml.ggml_tanh(this.context, a.handle));
	}
	sigmoid(a: Tensor): Tensor {
		return this.node(this.ggml.ggml_sigmoid(this.context, a.handle));
	}
	silu(a: Tensor): Tensor {
		return this.node(this.ggml.ggml_silu(this.context, a.handle));
	}
	/** The tanh form, as llama.cpp computes it. */
	gelu(a: Tensor): Tensor {
		return this.node(this.ggml.ggml_gelu(this.context, a.handle));
	}
	/** factor·a + bias. */
	scale(a: Tensor, factor: number, bias = 0): Tensor {
		return this.node(
			bias === 0
				? this.ggml.ggml_scale(this.context, a.handle, factor)
				: this.ggml.ggml_scale_bias(this.context, a.handle, factor, bias),
		);
	}
	/** silu(gate)·up. */
	swiglu(gate: Tensor, up: Tensor): Tensor {
		return this.node(this.ggml.ggml_swiglu_split(this.context, gate.handle, up.handle));
	}
	/** gelu(gate)·up. */
	geglu(gate: Tensor, up: Tensor): Tensor {
		return this.node(this.ggml.ggml_geglu_split(this.context, gate.handle, up.handle));
	}
	/** dy·silu'(x). */
	siluBack(dy: Tensor, x: Tensor): Tensor {
		return this.node(this.ggml.ggml_silu_back(this.context, dy.handle, x.handle));
	}

	// ── Sums and norms over rows ──

	/** All numbers → [1]. */
	sum(a: Tensor): Tensor {
		return this.node(this.ggml.ggml_sum(this.context, a.handle));
	}
	/** [n, m] → [1, m]. */
	sumRows(a: Tensor): Tensor {
		return this.node(this.ggml.ggml_sum_rows(this.context, a.handle));
	}
	/** (x − mean) / √(variance + epsilon). */
	layerNorm(x: Tensor, epsilon: number): Tensor {
		return this.node(this.ggml.ggml_norm(this.context, x.handle, epsilon));
	}
	/** x / √(mean(x²) + epsilon). */
	rmsNorm(x: Tensor, epsilon: number): Tensor {
		return this.node(this.ggml.ggml_rms_norm(this.context, x.handle, epsilon));
	}
	rmsNormBack(dy: Tensor, x: Tensor, epsilon: number): Tensor {
		return this.node(this.ggml.ggml_rms_norm_back(this.context, dy.handle, x.handle, epsilon));
	}
	/** softmax(scale·x + mask) over rows. */
	softMax(x: Tensor, mask: Tensor | undefined, scale: number): Tensor {
		return this.node(this.ggml.ggml_soft_max_ext(this.context, x.handle, mask?.handle ?? null, scale, 0));
	}
	/** The result takes the place of dy. */
	softMaxBackInto(dy: Tensor, y: Tensor, scale: number): Tensor {
		return this.node(this.ggml.ggml_soft_max_ext_back_inplace(this.context, dy.handle, y.handle, scale, 0));
	}
	/** Wrong on a CPU where the allocator puts the result over y (ggml issue 1521): for the test of that only. */
	softMaxBack(dy: Tensor, y: Tensor, scale: number): Tensor {
		return this.node(this.ggml.ggml_soft_max_ext_back(this.context, dy.handle, y.handle, scale, 0));
	}

	// ── Matrices ──

	/** a [k, n], b [k, m] → [n, m]: aᵀ·b. Fast for quantised `a`. */
	matrixProduct(a: Tensor, b: Tensor): Tensor {
		return this.node(this.ggml.ggml_mul_mat(this.context, a.handle, b.handle));
	}
	/** a [n, m], b [k, m] → [n, k]: the sum over columns of aᵢ⊗bᵢ. */
	outerProduct(a: Tensor, b: Tensor): Tensor {
		return this.node(this.ggml.ggml_out_prod(this.context, a.handle, b.handle));
	}
	/** A view; [n, m] → [m, n]. */
	transposedView(a: Tensor): Tensor {
		return this.node(this.ggml.ggml_transpose(this.context, a.handle));
	}
	/** A contiguous copy; [n, m] → [m, n]. */
	transpose(a: Tensor): Tensor {
		return this.contiguous(this.transposedView(a));
	}

	// ── Memory layout ──

	contiguous(a: Tensor): Tensor {
		return this.node(this.ggml.ggml_cont(this.context, a.handle));
	}
	/** A copy in another type. */
	cast(a: Tensor, type: TypeName): Tensor {
		return this.node(this.ggml.ggml_cast(this.context, a.handle, typeNumber(type)));
	}
	/** Dimension i of `a` becomes dimension `axes[i]`. A view. */
	permute(a: Tensor, axes: readonly [number, number, number, number]): Tensor {
		return this.node(this.ggml.ggml_permute(this.context, a.handle, ...axes));
	}
	/** Same numbers in the same order. */
	reshape(a: Tensor, shape: readonly number[]): Tensor {
		const [one = 1, two = 1, three = 1, four = 1] = shape;
		return this.node(this.ggml.ggml_reshape_4d(this.context, a.handle, one, two, three, four));
	}
	/** Elements `from` to `from + count` of one dimension. A view. */
	part(a: Tensor, dimension: 0 | 1 | 2 | 3, from: number, count: number): Tensor {
		const [, second, third, fourth] = this.ggml.strides(a.handle);
		const offset = from * this.ggml.strides(a.handle)[dimension];
		const [one, two, three, four] = a.shape.map((size, index) => (index === dimension ? count : size));
		return this.node(
			this.ggml.ggml_view_4d(
				this.context,
				a.handle,
				one ?? 1,
				two ?? 1,
				three ?? 1,
				four ?? 1,
				second,
				third,
				fourth,
				offset,
			),
		);
	}
	concatenate(a: Tensor, b: Tensor, dimension: number): Tensor {
		return this.node(this.ggml.ggml_concat(this.context, a.handle, b.handle, dimension));
	}

	/** `a` with `b` added at the start of each dimension. */
	addAtStart(a: Tensor, b: Tensor): Tensor {
		const [, second, third, fourth] = this.ggml.strides(a.handle);
		return this.node(this.ggml.ggml_acc(this.context, a.handle, b.handle, second, third, fourth, 0));
	}

	// ── Rows by index ──

	/** a [n, rows], indices [m] → [n, m]. */
	rows(a: Tensor, indices: Tensor): Tensor {
		return this.node(this.ggml.ggml_get_rows(this.context, a.handle, indices.handle));
	}
	/** Gradient of `rows` with respect to `like`. */
	rowsBack(dy: Tensor, indices: Tensor, like: Tensor): Tensor {
		return this.node(this.ggml.ggml_get_rows_back(this.context, dy.handle, indices.handle, like.handle));
	}
	/** Writes rows into `target` itself. */
	setRows(target: Tensor, rows: Tensor, indices: Tensor): Tensor {
		return this.node(this.ggml.ggml_set_rows(this.context, target.handle, rows.handle, indices.handle));
	}

	// ── Positions ──

	/** x [head, heads, m], positions [m]. */
	rope(x: Tensor, positions: Tensor, factors: Tensor | undefined, parameters: RopeParameters): Tensor {
		return this.node(
			this.ggml.ggml_rope_ext(
				this.context,
				x.handle,
				positions.handle,
				factors?.handle ?? null,
				...ropeValues(parameters),
			),
		);
	}
	ropeBack(dy: Tensor, positions: Tensor, factors: Tensor | undefined, parameters: RopeParameters): Tensor {
		return this.node(
			this.ggml.ggml_rope_ext_back(
				this.context,
				dy.handle,
				positions.handle,
				factors?.handle ?? null,
				...ropeValues(parameters),
			),
		);
	}

	// ── Optimiser ──

	/** One AdamW step on `weights`, in place; `values` = [rate, beta1, beta2, epsilon, decay, 1/(1−beta1ᵗ), 1/(1−beta2ᵗ)]. */
	adamW(weights: Tensor, gradient: Tensor, first: Tensor, second: Tensor, values: Tensor): Tensor {
		// ggml asserts that a parameter was declared as one.
		this.ggml.ggml_set_param(weights.handle);
		return this.node(
			this.ggml.ggml_opt_step_adamw(
				this.context,
				weights.handle,
				gradient.handle,
				first.handle,
				second.handle,
				values.handle,
			),
		);
	}
}

function ropeValues(
	parameters: RopeParameters,
): [number, number, number, number, number, number, number, number, number] {
	return [
		parameters.dimensions,
		parameters.kind,
		parameters.originalContext,
		parameters.base,
		parameters.frequencyScale,
		parameters.extrapolation,
		parameters.attentionFactor,
		parameters.betaFast,
		parameters.betaSlow,
	];
}
