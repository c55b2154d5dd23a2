/** Devices that call themselves GPUs and compute on the CPU: slower than the CPU's own kernels, and in its memory. */

/** Mesa's llvmpipe (whose Vulkan driver is lavapipe) and softpipe, Google's SwiftShader, Microsoft's WARP. */
const NAMES = /llvmpipe|lavapipe|softpipe|swiftshader|basic render driver/i;

/** @param name as the driver gives it, for example `llvmpipe (LLVM 15.0.6, 256 bits)`. */
export function isSoftwareGpu(name: string): boolean {
	return NAMES.test(name);
}
