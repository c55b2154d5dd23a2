/** Ends a host whose GPU has no memory left for a batch: the next one takes less of it, where this one would fail again. */

import { messageOf } from '../failure';
import type { ModelDescription } from '../model';

/** Where memory is short, llama.cpp says so in its log only, and the addon says that a batch failed. */
const BATCH_FAILED = /^Eval has failed|out of memory|failed to allocate|OutOfDeviceMemory/i;
/** As a shell reports an abort: the client takes it for one. */
const ABORTED = 134;

export function isExhausted(
	error: unknown,
	model: Pick<ModelDescription, 'backend' | 'gpuLayers'> | undefined,
): boolean {
	return (
		model !== undefined &&
		model.backend !== 'cpu' &&
		model.gpuLayers > 0 &&
		BATCH_FAILED.test(messageOf(error))
	);
}

/** Whoever waits for an answer sees a crash, and gets it from the next host. */
export function endExhausted(error: unknown): never {
	console.error(`the GPU is out of memory: ${messageOf(error)}`);
	process.exit(ABORTED);
}
