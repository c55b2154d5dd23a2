/** Which compute backend is used, and in plain words why it is not a GPU. */

import type { Backend } from '../model';

/** What is known of one kind of GPU on this machine. */
export interface GpuProbe {
	readonly backend: Exclude<Backend, 'auto' | 'cpu'>;
	/** Whether its binary is part of this installation. */
	readonly isInstalled: boolean;
	/** Whether its driver and libraries were found. */
	readonly isSupported: boolean;
}

const NAMES = { cuda: 'CUDA', vulkan: 'Vulkan', metal: 'Metal' } as const;

const MISSING = {
	cuda: 'no NVIDIA driver with the CUDA libraries (libcudart and libcublas 12 or 13) was found',
	vulkan: 'no Vulkan driver with a usable device was found',
	metal: 'this is not a Mac with a Metal device',
} as const;

/** Why a backend cannot be used, as the end of a sentence. */
export function whyNot({ backend, isInstalled, isSupported }: GpuProbe): string {
	if (!isSupported) {
		return `${NAMES[backend]}: ${MISSING[backend]}`;
	}
	return isInstalled
		? `${NAMES[backend]}: its binary did not pass the test on this machine`
		: `${NAMES[backend]}: its binary is not part of this installation`;
}

/** The reason for running on the CPU although a GPU would have been taken. */
export function explainCpu(probes: readonly GpuProbe[]): string {
	return probes.length === 0
		? 'llama.cpp has no GPU backend for this platform.'
		: `No GPU that llama.cpp can use was found. ${probes.map(whyNot).join('; ')}.`;
}

/**
 * The reason for running on the CPU although a backend for GPUs works.
 * @param devices that it found, all of them software; none where its driver has only such as ggml passes over.
 */
export function explainNoDevice(backend: GpuProbe['backend'], devices: readonly string[]): string {
	return devices.length === 0
		? `No GPU was found: ${NAMES[backend]} has a driver here, and no device.`
		: `No GPU was found: ${devices.join(', ')} computes in software. The CPU itself is faster.`;
}
