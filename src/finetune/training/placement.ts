/** Where a frozen matrix lies best: in a buffer whose kernels want it repacked, or as it is. */

import { Arena, type Tensor, type TypeName } from '../ggml/arena';
import type { Device } from '../ggml/device';
import { Graph } from '../ggml/graph';
import type { Pointer } from '../ggml/prototypes';

interface Placement {
	/** `AMX`, `CPU_REPACK`; undefined = the device's default. */
	readonly name: string | undefined;
	readonly buffers: Pointer<'bufferType'>;
}

/** Shortest rows that are repacked: ggml's AMX kernels give garbage for rows of one block of 32, from 32 columns on. */
const LEAST_INPUTS = 64;

/** Asks once for each type and shape. */
export class Placements {
	readonly #known = new Map<string, Placement>();

	/** @param repack whether repacking buffers may be used. */
	constructor(
		private readonly device: Device,
		private readonly repack: boolean,
	) {}

	/** For a matrix [inputs, outputs] that stands on the left of products. */
	of(type: TypeName, inputs: number, outputs: number): Placement {
		const key = `${type} ${inputs} ${outputs}`;
		const found = this.#known.get(key) ?? this.ask(type, inputs, outputs);
		this.#known.set(key, found);
		return found;
	}

	private ask(type: TypeName, inputs: number, outputs: number): Placement {
		const fallback = { name: undefined, buffers: this.device.defaultBuffers };
		if (!this.repack || inputs < LEAST_INPUTS) {
			return fallback;
		}
		for (const [name, buffers] of this.device.repacking) {
			const arena = new Arena(this.device.ggml, 1);
			const weight = arena.tensor(type, [inputs, outputs]);
			// Only a tensor that lies in such a buffer is asked about. Its pages are never touched.
			const memory = this.device.allocate(arena, buffers);
			const fits = multiplies(this.device, weight);
			memory.dispose();
			arena.dispose();
			if (fits) {
				return { name, buffers };
			}
		}
		return fallback;
	}
}

/** Whether the device multiplies by this matrix where it lies. */
function multiplies(device: Device, weight: Tensor): boolean {
	const graph = new Graph(device, 8);
	try {
		const columns = graph.arena.tensor('F32', [weight.shape[0], 64]);
		return device.supports(graph.matrixProduct(weight, columns));
	} finally {
		graph.dispose();
	}
}
