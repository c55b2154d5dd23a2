/** Owns the descriptions of tensors: they live until the arena is disposed, their numbers lie in a `Memory`. */

import { tensorTypes } from '../../inference/gguf/ggmlTypes';
import type { Ggml, Shape } from './ggml';
import type { Pointer } from './prototypes';

/** A tensor of ggml. `shape` is in ggml's order: the length of a row first. */
export interface Tensor {
	readonly handle: Pointer<'tensor'>;
	readonly shape: Shape;
}

/** Types that tensors are made in, by the number in `enum ggml_type`. */
export type TypeName = string;

const numbers: ReadonlyMap<string, number> = new Map(
	[...tensorTypes].map(([number, { name }]) => [name, number]),
);

/**
 * Number of a type in `enum ggml_type`.
 * @throws Error for a name that ggml does not have.
 */
export function typeNumber(name: TypeName): number {
	const number = numbers.get(name);
	if (number === undefined) {
		throw new Error(`ggml has no tensor type called ${name}.`);
	}
	return number;
}

/** Bytes that a context keeps beside its tensors. */
const SPARE_BYTES = 4096;
/** Bytes of an object's header in a context, which stands before every tensor. */
const OBJECT_BYTES = 64;

export class Arena {
	readonly context: Pointer<'context'>;
	#isFree = false;

	/**
	 * @param tensors most tensors that will be made here; more abort the process, so count well.
	 * @param graphNodes most nodes of a graph made here; 0 = no graph.
	 */
	constructor(
		readonly ggml: Ggml,
		tensors: number,
		graphNodes = 0,
	) {
		const graph = graphNodes > 0 ? ggml.ggml_graph_overhead_custom(graphNodes, false) : 0;
		this.context = ggml.ggml_init({
			mem_size: tensors * (ggml.ggml_tensor_overhead() + OBJECT_BYTES) + graph + SPARE_BYTES,
			mem_buffer: null,
			no_alloc: true,
		});
	}

	/** A tensor without memory yet; dimensions that are not given are 1. */
	tensor(type: TypeName, shape: readonly number[], name?: string): Tensor {
		const [one = 1, two = 1, three = 1, four = 1] = shape;
		const handle = this.ggml.ggml_new_tensor_4d(this.context, typeNumber(type), one, two, three, four);
		if (name !== undefined) {
			this.ggml.ggml_set_name(handle, name);
		}
		return { handle, shape: [one, two, three, four] };
	}

	dispose(): void {
		if (!this.#isFree) {
			this.#isFree = true;
			this.ggml.ggml_free(this.context);
		}
	}
}

/** Numbers in a tensor. */
export function elementsOf({ shape: [one, two, three, four] }: Tensor): number {
	return one * two * three * four;
}
