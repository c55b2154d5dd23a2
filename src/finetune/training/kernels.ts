/** Which number formats this machine computes fastest in: measured before a run, for processors differ by factors. */

import * as fs from 'node:fs/promises';
import * as path from 'node:path';
import { readJson } from '../../inference/jsonFile';
import { isRecord } from '../../inference/record';
import { writeWhole } from '../../inference/wholeFile';
import { type Check, literal, object } from '../../inference/wire/shapes';
import type { ModelShape } from '../architectures/architecture';
import { Arena, type Tensor, type TypeName } from '../ggml/arena';
import type { Device } from '../ggml/device';
import { Graph } from '../ggml/graph';
import { Placements } from './placement';

export interface Kernels {
	/** Type of the transposed copies. */
	readonly copies: 'Q8_0' | 'BF16';
	/** Type of the left side of attention's products. */
	readonly products: 'F32' | 'BF16';
}

/** Milliseconds of a product, by type of the matrix. */
export interface ProductTimes {
	readonly copies: Readonly<Record<Kernels['copies'], number>>;
	readonly products: Readonly<Record<Kernels['products'], number>>;
}

/** What every device computes well enough, and what a run that cannot measure takes. */
export const DEFAULT_KERNELS: Kernels = { copies: 'Q8_0', products: 'F32' };

/** BF16 takes twice the memory of Q8_0, and rounds attention: it must be this much faster to be worth it. */
const WORTH = 1.15;
/** Positions in a measured product. */
const COLUMNS = 256;
const ROUNDS = 5;
/** Numbers of a quantised block; a row is a whole number of them. */
const BLOCK = 32;

/** As it is kept in the cache: by device and version of ggml. */
const known: Check<Readonly<Record<string, Kernels>>> = (value): value is Readonly<Record<string, Kernels>> =>
	isRecord(value) && Object.values(value).every((one) => isKernels(one));

/** Whether a checkpoint or a cache says something that can be followed. */
export const isKernels = object<Kernels>({
	copies: literal('Q8_0', 'BF16'),
	products: literal('F32', 'BF16'),
});

/**
 * What was measured on this device before, or is measured now; on a GPU the defaults. Kept, so that two runs of the same seed compute alike.
 * @param cacheFolder absolute path; a cache that cannot be read or written is done without.
 * @param measure as `productTimes` does.
 * @param began what a run that goes on began with: a CPU keeps to it.
 */
export async function kernelsOf(
	device: Pick<Device, 'description' | 'isCpu'> & { readonly ggml: Pick<Device['ggml'], 'version'> },
	shape: ModelShape,
	cacheFolder: string,
	began: Kernels | undefined,
	measure: () => ProductTimes,
): Promise<Kernels> {
	if (!device.isCpu) {
		return DEFAULT_KERNELS;
	}
	if (began !== undefined) {
		return began;
	}
	const file = path.join(cacheFolder, 'kernels.json');
	const key = `${device.description}, ggml ${device.ggml.version}, ${shape.feedForward} × ${shape.width}, ${shape.headSize}`;
	const before = (await readJson(file, known).catch(() => undefined)) ?? {};
	const found = before[key] ?? fastest(measure());
	if (before[key] === undefined) {
		await fs
			.mkdir(cacheFolder, { recursive: true })
			.then(() => writeWhole(file, JSON.stringify({ ...before, [key]: found })))
			.catch(() => undefined);
	}
	return found;
}

function fastest({ copies, products }: ProductTimes): Kernels {
	return {
		copies: copies.Q8_0 > WORTH * copies.BF16 ? 'BF16' : 'Q8_0',
		products: products.F32 > WORTH * products.BF16 ? 'BF16' : 'F32',
	};
}

/** A few products of the model's own sizes, about a tenth of a second. */
export function productTimes(device: Device, shape: ModelShape): ProductTimes {
	const placements = new Placements(device, true);
	const inputs = Math.ceil(shape.feedForward / BLOCK) * BLOCK;
	const copy = (type: TypeName) =>
		timeOf(device, (arena) => {
			const { buffers } = placements.of(type, inputs, shape.width);
			return { weight: arena.tensor(type, [inputs, shape.width]), buffers };
		});
	const product = (type: TypeName) =>
		timeOf(device, (arena) => ({
			weight: arena.tensor(type, [COLUMNS, shape.headSize]),
			buffers: device.defaultBuffers,
		}));
	return {
		copies: { Q8_0: copy('Q8_0'), BF16: copy('BF16') },
		products: { F32: product('F32'), BF16: product('BF16') },
	};
}

/** Milliseconds of the fastest of a few products with a matrix of zeros. */
function timeOf(
	device: Device,
	make: (arena: Arena) => { readonly weight: Tensor; readonly buffers: Device['defaultBuffers'] },
): number {
	const weights = new Arena(device.ggml, 1);
	const inputs = new Arena(device.ggml, 1);
	const { weight, buffers } = make(weights);
	const columns = inputs.tensor('F32', [weight.shape[0], COLUMNS]);
	const memories = [device.allocate(weights, buffers), device.allocate(inputs)];
	const graph = new Graph(device, 8);
	try {
		// Repacking buffers cannot be cleared before they were written as a whole.
		device.write(weight, new Uint8Array(device.bytesOf(weight)));
		memories[1]?.clear();
		graph.output(graph.matrixProduct(weight, columns));
		graph.allocate();
		let best = Number.POSITIVE_INFINITY;
		for (let round = 0; round < ROUNDS; round++) {
			const begun = performance.now();
			device.computeNow(graph.handle);
			best = Math.min(best, performance.now() - begun);
		}
		return best;
	} finally {
		graph.dispose();
		for (const memory of memories) {
			memory.dispose();
		}
		weights.dispose();
		inputs.dispose();
	}
}
