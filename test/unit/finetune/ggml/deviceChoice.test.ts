/** Which device a run computes on, of those that ggml may find. */
import assert from 'node:assert/strict';
import { chooseDevice, isCpu, isGpu, type KnownDevice } from '../../../../src/finetune/ggml/deviceChoice';
import type { Backend } from '../../../../src/inference/model';

const cpu: KnownDevice = { type: 0, registry: 'CPU', description: 'Intel Xeon' };
const blas: KnownDevice = { type: 3, registry: 'BLAS', description: 'OpenBLAS' };
const cuda: KnownDevice = { type: 1, registry: 'CUDA', description: 'NVIDIA H200' };
const integrated: KnownDevice = { type: 2, registry: 'Vulkan', description: 'AMD Radeon 780M' };
const metal: KnownDevice = { type: 1, registry: 'MTL', description: 'Apple M3' };
const llvmpipe: KnownDevice = {
	type: 1,
	registry: 'Vulkan',
	description: 'llvmpipe (LLVM 15.0.6, 256 bits)',
};
/** As a driver may call itself that is honest. */
const swiftShader: KnownDevice = { type: 0, registry: 'Vulkan', description: 'SwiftShader Device' };

describe('finetune/ggml/deviceChoice', () => {
	const cases: readonly (readonly [string, readonly KnownDevice[], Backend, KnownDevice | undefined])[] = [
		['the GPU before the CPU', [cpu, cuda], 'auto', cuda],
		['a GPU in the processor too', [blas, integrated, cpu], 'auto', integrated],
		['the CPU where there is nothing else', [blas, cpu], 'auto', cpu],
		['the CPU before software that poses as a GPU', [llvmpipe, cpu], 'auto', cpu],
		['the CPU before software that says what it is', [swiftShader, cpu], 'auto', cpu],
		['the GPU that stands behind software', [llvmpipe, integrated, cpu], 'auto', integrated],
		['software that was asked for by name', [cpu, llvmpipe], 'vulkan', llvmpipe],
		['software that is no GPU, asked for by name', [cpu, swiftShader], 'vulkan', swiftShader],
		['the kind that was asked for', [cuda, integrated, cpu], 'vulkan', integrated],
		['Metal by its own name', [cpu, metal], 'metal', metal],
		['nothing where the kind is missing', [cpu, cuda], 'vulkan', undefined],
		['the CPU itself, and no software beside it', [swiftShader, cuda, cpu], 'cpu', cpu],
		['nothing of nothing', [], 'auto', undefined],
	];
	for (const [name, devices, backend, chosen] of cases) {
		it(`${backend} takes ${name}`, () => assert.equal(chooseDevice(devices, backend), chosen));
	}

	it('tells what computes', () => {
		const all = [cpu, blas, cuda, integrated, metal, llvmpipe, swiftShader];
		assert.deepEqual(all.filter(isCpu), [cpu]);
		assert.deepEqual(all.filter(isGpu), [cuda, integrated, metal]);
	});
});
