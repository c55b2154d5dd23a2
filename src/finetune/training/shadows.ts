/** Quantised copies of matrices that are trained: products read them, updates go to the numbers behind them. */

import { Arena, type Tensor } from '../ggml/arena';
import type { Device } from '../ggml/device';
import { Graph } from '../ggml/graph';
import type { Matrix } from '../tape/linear';
import type { Variable } from '../tape/variable';
import { Placements } from './placement';

/** Blocks of 32 numbers with one scale: as exact as a backward product needs (cosine with the exact gradient 0.998 to 0.999). */
const TYPE = 'Q8_0';
const BLOCK = 32;
/** Nodes and leaves that a matrix takes in the graph, with room. */
const NODES_EACH = 12;

interface Shadow {
	readonly weight: Variable;
	/** Q8_0 [inputs, outputs]. */
	readonly forward: Tensor;
	/** Q8_0 [outputs, inputs]. */
	readonly transposed: Tensor;
	/** The same two as computed, before they are repacked. */
	readonly made: readonly [Tensor, Tensor];
}

/**
 * Worth it where repacked products of 8 bits are faster than BF16's: with AMX. The gradient passes the rounding as if it
 * were not there (straight-through, Bengio et al. 2013), so that the model is trained as it will be served.
 */
export class Shadows {
	readonly #shadows: readonly Shadow[];
	readonly #byWeight: ReadonlyMap<Variable, Shadow>;
	readonly #graph: Graph;
	readonly #owned: { dispose(): void }[] = [];

	/** Of the matrices among the trained numbers whose sides are whole blocks. */
	constructor(
		private readonly device: Device,
		trained: ReadonlyMap<string, Variable>,
	) {
		const placements = new Placements(device, true);
		const matrices = [...trained.values()].filter(
			({ tensor: { shape } }) => isWhole(shape[0]) && isWhole(shape[1]),
		);
		this.#graph = new Graph(device, matrices.length * NODES_EACH);
		this.#owned.push(this.#graph);
		this.#shadows = matrices.map((weight) => {
			const { tensor: exact } = weight;
			const [inputs, outputs] = exact.shape;
			return {
				weight,
				forward: this.place(placements, inputs, outputs),
				transposed: this.place(placements, outputs, inputs),
				made: [
					this.#graph.output(this.#graph.cast(exact, TYPE)),
					this.#graph.output(this.#graph.cast(this.#graph.transpose(exact), TYPE)),
				],
			};
		});
		this.#byWeight = new Map(this.#shadows.map((shadow) => [shadow.weight, shadow]));
		this.#graph.allocate();
		this.refresh();
	}

	/** Whether the device has faster kernels for them. */
	static areFaster(device: Device): boolean {
		return new Placements(device, true).of(TYPE, 256, 256).name === 'AMX';
	}

	/** The matrix with its shadow, where it has one. */
	over(matrix: Matrix): Matrix {
		const shadow = this.#byWeight.get(matrix.weight);
		return shadow === undefined
			? matrix
			: { ...matrix, shadow: shadow.forward, transposed: shadow.transposed };
	}

	/** Makes them again after an update. */
	refresh(): void {
		this.device.computeNow(this.#graph.handle);
		for (const { forward, transposed, made } of this.#shadows) {
			this.device.write(forward, this.device.readBytes(made[0]));
			this.device.write(transposed, this.device.readBytes(made[1]));
		}
	}

	dispose(): void {
		for (const one of this.#owned) {
			one.dispose();
		}
	}

	private place(placements: Placements, inputs: number, outputs: number): Tensor {
		const arena = new Arena(this.device.ggml, 1);
		const tensor = arena.tensor(TYPE, [inputs, outputs]);
		this.#owned.push(this.device.allocate(arena, placements.of(TYPE, inputs, outputs).buffers), arena);
		return tensor;
	}
}

function isWhole(side: number): boolean {
	return side > 1 && side % BLOCK === 0;
}
