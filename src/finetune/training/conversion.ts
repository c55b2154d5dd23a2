/** Changes the type of numbers on a CPU, and turns them over: made once for a shape, run as often as such numbers come. */

import { Arena, type Tensor, type TypeName } from '../ggml/arena';
import type { Device } from '../ggml/device';
import { Graph } from '../ggml/graph';

export interface ConversionOptions {
	readonly from: TypeName;
	/** [length of a row, rows] of what comes in. */
	readonly shape: readonly [number, number];
	readonly to: TypeName;
	/** Whether rows become columns. */
	readonly transposes: boolean;
}

/** Nodes of a graph: to F32, the other way round as a view and as a copy, to the type. */
const NODES = 8;

export class Conversion {
	/** Bytes of what comes out. */
	readonly bytes: number;
	readonly #source: Tensor;
	readonly #graph: Graph;
	readonly #result: Tensor;
	readonly #owned: { dispose(): void }[] = [];

	/** @throws OutOfMemory. */
	constructor(
		private readonly stage: Device,
		{ from, shape, to, transposes }: ConversionOptions,
	) {
		try {
			const arena = this.own(new Arena(stage.ggml, 1));
			this.#source = arena.tensor(from, shape);
			this.own(stage.allocate(arena));
			this.#graph = this.own(new Graph(stage, NODES));
			const floats = from === 'F32' ? this.#source : this.#graph.cast(this.#source, 'F32');
			const turned = transposes ? this.#graph.transpose(floats) : floats;
			this.#result = this.#graph.output(to === 'F32' ? turned : this.#graph.cast(turned, to));
			this.#graph.allocate();
			this.bytes = stage.bytesOf(this.#result);
		} catch (error) {
			this.dispose();
			throw error;
		}
	}

	/** @param result takes `bytes` bytes. */
	run(source: Uint8Array, result: Uint8Array): void {
		this.stage.write(this.#source, source);
		this.stage.computeNow(this.#graph.handle);
		this.stage.ggml.ggml_backend_tensor_get(this.#result.handle, result, 0, this.bytes);
	}

	dispose(): void {
		for (const one of this.#owned.reverse()) {
			one.dispose();
		}
	}

	private own<Owned extends { dispose(): void }>(one: Owned): Owned {
		this.#owned.push(one);
		return one;
	}
}
