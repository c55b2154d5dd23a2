/** Which of the devices that ggml found a run computes on. */

import type { Backend } from '../../inference/model';
import { isSoftwareGpu } from '../../inference/softwareGpu';

/** A device as ggml describes it. */
export interface KnownDevice {
	/** `enum ggml_backend_dev_type`. */
	readonly type: number;
	/** Name of its backend: `CPU`, `CUDA`, `Vulkan`, `MTL`. */
	readonly registry: string;
	/** What the maker calls it. */
	readonly description: string;
}

const CPU = 0;
/** A GPU of its own, and one that shares the CPU's memory. */
const ACCELERATORS: readonly number[] = [1, 2];

/** Whether it is the CPU itself; a renderer in software may call itself one, and is reached through another backend. */
export function isCpu({ type, registry }: KnownDevice): boolean {
	return type === CPU && /^cpu/i.test(registry);
}

/** Whether `auto` takes it before the CPU. */
export function isGpu({ type, description }: KnownDevice): boolean {
	return ACCELERATORS.includes(type) && !isSoftwareGpu(description);
}

/**
 * @param backend `auto`: a GPU where there is one, else the CPU; one that is named: what there is of it, in software too.
 * @returns undefined where there is no such device.
 */
export function chooseDevice<D extends KnownDevice>(devices: readonly D[], backend: Backend): D | undefined {
	switch (backend) {
		case 'cpu':
			return devices.find(isCpu);
		case 'auto':
			return devices.find(isGpu) ?? devices.find(isCpu);
		default: {
			const prefix = backend === 'metal' ? 'mtl' : backend;
			return devices.find((device) => device.registry.toLowerCase().startsWith(prefix));
		}
	}
}
