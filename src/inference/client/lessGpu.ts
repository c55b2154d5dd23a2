/** What follows when a model dies on the GPU while it works: fewer layers there, then the CPU, and never a loop. */

import type { LoadOptions, ModelDescription } from '../model';
import type { Crash } from './recovery';

/** How native code ends where a device fails it; a host that somebody ended says nothing of the GPU. */
const NATIVE_END = /SIG(?:ABRT|SEGV|BUS|ILL|FPE|TRAP)|code (?:3|134|139|3221225477|3221226505)\b/;
/** What drivers and llama.cpp say when memory is short. */
const OUT_OF_MEMORY =
	/out of (?:device )?memory|failed to allocate|OutOfDeviceMemory|cudaMalloc|unable to allocate/i;

export type LoadedOn = Pick<ModelDescription, 'backend' | 'gpuLayers'>;

/** Whether a crash may be one of a GPU whose memory ran out: VRAM can be taken by others at any time. */
export function isGpuFault(
	{ phase, cause, lines = [] }: Pick<Crash, 'phase' | 'cause' | 'lines'>,
	loaded: LoadedOn | undefined,
): boolean {
	const isAtWork = phase === 'generating' || phase === 'adapting';
	return (
		isAtWork &&
		loaded !== undefined &&
		loaded.backend !== 'cpu' &&
		loaded.gpuLayers > 0 &&
		(NATIVE_END.test(cause) || lines.some((line) => OUT_OF_MEMORY.test(line)))
	);
}

/**
 * The next smaller way to load a model: half of the layers on the GPU, then none.
 * @param requested as the user chose: what they named stays. @param now as it was loaded last.
 * @param layers that were on the GPU; undefined where nobody knows.
 * @returns undefined where nothing automatic is left to shrink
 */
export function lessOfGpu(
	requested: LoadOptions,
	now: LoadOptions,
	layers: number | undefined,
): { readonly options: LoadOptions; readonly sentence: string } | undefined {
	if (
		requested.gpuLayers >= 0 ||
		requested.backend === 'cpu' ||
		now.backend === 'cpu' ||
		now.gpuLayers === 0
	) {
		return undefined;
	}
	const half = Math.floor((layers ?? 0) / 2);
	if (now.gpuLayers < 0 && half > 0) {
		return {
			options: { ...requested, gpuLayers: half },
			sentence: `It was loaded with ${half} instead of ${layers} layers on the GPU.`,
		};
	}
	return {
		options: requested.backend === 'auto' ? { ...requested, backend: 'cpu' } : { ...requested, gpuLayers: 0 },
		sentence: 'It was loaded on the CPU instead.',
	};
}
