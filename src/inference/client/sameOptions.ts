/** Whether a choice of model is another one than before. */

import type { LoadOptions } from '../model';

/** Whether they ask for the same of the same model. Where caches lie changes nothing. */
export function sameOptions(one: LoadOptions, other: LoadOptions): boolean {
	return (
		one.path === other.path &&
		one.backend === other.backend &&
		one.contextSize === other.contextSize &&
		one.gpuLayers === other.gpuLayers &&
		one.role === other.role &&
		one.keepAliveMinutes === other.keepAliveMinutes
	);
}
