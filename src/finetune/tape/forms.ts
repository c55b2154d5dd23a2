/** Which form of an operation a device computes: ggml's own backward operations, or plain ones that all have. */

import type { Tensor } from '../ggml/arena';
import type { Device } from '../ggml/device';
import { Graph } from '../ggml/graph';

/** `true`: ggml's own operation. Metal lacks most of them. */
export interface Forms {
	readonly rmsNormBack: boolean;
	readonly siluBack: boolean;
	readonly ropeBack: boolean;
	readonly outerProduct: boolean;
	/** `wrong`: not in place; only the test of that trap asks for it. */
	readonly softMaxBack: boolean | 'wrong';
	readonly gatedUnit: boolean;
}

export const PLAIN_FORMS: Forms = {
	rmsNormBack: false,
	siluBack: false,
	ropeBack: false,
	outerProduct: false,
	softMaxBack: false,
	gatedUnit: false,
};

/** Asks the device about each operation, on small tensors of the kind that training uses. */
export function formsOf(device: Device): Forms {
	const graph = new Graph(device, 64);
	try {
		const x = graph.arena.tensor('F32', [64, 8]);
		const heads = graph.arena.tensor('F32', [64, 2, 8]);
		const positions = graph.arena.tensor('I32', [8]);
		const rope = {
			dimensions: 64,
			kind: 2,
			originalContext: 0,
			base: 10_000,
			frequencyScale: 1,
			extrapolation: 0,
			attentionFactor: 1,
			betaFast: 32,
			betaSlow: 1,
		} as const;
		const has = (node: Tensor) => device.supports(node);
		return {
			rmsNormBack: has(graph.rmsNormBack(x, x, 1e-6)),
			siluBack: has(graph.siluBack(x, x)),
			ropeBack: has(graph.ropeBack(heads, positions, undefined, rope)),
			outerProduct: has(graph.outerProduct(x, x)),
			softMaxBack: has(graph.softMaxBackInto(x, x, 1)),
			gatedUnit: has(graph.swiglu(x, x)) && has(graph.geglu(x, x)),
		};
	} finally {
		graph.dispose();
	}
}
