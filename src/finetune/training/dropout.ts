/** Dropout of what A sees, drawn anew for every batch and every matrix. */

import { Arena, type Tensor } from '../ggml/arena';
import type { Device, Memory } from '../ggml/device';
import type { Graph } from '../ggml/graph';
import { type Random, randomFrom, seedFor } from './random';

/** Drawn rows of zeros and ones for each length of inputs; a position of a matrix takes one of them. */
const POOL = 2_048;

/**
 * Each position of each matrix looks up one of 2,048 drawn rows: to draw every number anew would take longer than the
 * step itself, and rows that repeat at random over positions and matrices do the same.
 */
export class DropoutMasks {
	readonly #pools = new Map<number, Tensor>();
	readonly #choices = new Map<string, Tensor>();
	readonly #owned: { dispose(): void }[] = [];

	/** @param share of zeros; the rest is 1 / (1 − share). */
	constructor(
		private readonly device: Device,
		private readonly share: number,
		private readonly random: Random,
	) {}

	/**
	 * For the pair of one matrix: a function that appends the mask [inputs, columns] to a graph; the same mask again where
	 * a layer is computed again.
	 */
	of(graph: Graph, matrix: string, inputs: number, columns: number): () => Tensor {
		const pool = this.pool(inputs);
		const key = `${matrix} ${columns}`;
		const choice = this.#choices.get(key) ?? this.make('I32', [columns]);
		this.#choices.set(key, choice);
		return () => graph.rows(pool, choice);
	}

	/** New masks everywhere: one number of the run's, so that what was drawn for other lengths before changes nothing. */
	draw(): void {
		const seed = Math.floor(this.random.next() * 2 ** 32);
		for (const [key, choice] of this.#choices) {
			const random = randomFrom(seedFor(seed, key));
			const values = Int32Array.from({ length: choice.shape[0] }, () => Math.floor(random.next() * POOL));
			this.device.write(choice, values);
		}
	}

	dispose(): void {
		for (const one of this.#owned) {
			one.dispose();
		}
	}

	private pool(inputs: number): Tensor {
		const found = this.#pools.get(inputs);
		if (found !== undefined) {
			return found;
		}
		const pool = this.make('F32', [inputs, POOL]);
		const kept = 1 / (1 - this.share);
		// The same in every run, resumed ones included.
		const random = randomFrom(seedFor(inputs, 'dropout'));
		const values = Float32Array.from({ length: inputs * POOL }, () =>
			random.next() < this.share ? 0 : kept,
		);
		this.device.write(pool, values);
		this.#pools.set(inputs, pool);
		return pool;
	}

	private make(type: 'F32' | 'I32', shape: readonly number[]): Tensor {
		const arena = new Arena(this.device.ggml, 1);
		const tensor = arena.tensor(type, shape);
		const memory: Memory = this.device.allocate(arena);
		this.#owned.push(memory, arena);
		return tensor;
	}
}
