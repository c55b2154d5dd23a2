/** What is tried at load, and what is said when it fails. */
import * as assert from 'node:assert/strict';
import { explainCpu, whyNot } from '../../../../src/inference/engine/backends';
import { explainFailure, planAttempts } from '../../../../src/inference/engine/loadPlan';
import type { LoadOptions } from '../../../../src/inference/model';

const options: LoadOptions = {
	path: '/m/x.gguf',
	backend: 'auto',
	contextSize: 0,
	gpuLayers: -1,
	cacheFolder: '/cache',
};

describe('load plan', () => {
	for (const [backend, gpuLayers, isOnGpu, expected] of [
		['auto', -1, true, ['chosen', 'half', 'cpu']],
		['cuda', -1, true, ['chosen', 'half']],
		['auto', 20, true, ['chosen']],
		['auto', -1, false, ['chosen']],
	] as const) {
		it(`${backend} with ${gpuLayers} layers ${isOnGpu ? 'on' : 'without'} a GPU tries ${expected.join(', ')}`, () => {
			assert.deepEqual(planAttempts({ backend, gpuLayers }, isOnGpu), expected);
		});
	}

	for (const [message, backend, code, remedy] of [
		['A context size of 9 is too large for the available VRAM', 'auto', 'out-of-memory', 'use-cpu'],
		['failed to allocate buffer', 'cpu', 'out-of-memory', 'use-starter'],
		['Failed to load model', 'cpu', 'model-load-failed', 'select-model'],
	] as const) {
		it(`explains "${message}"`, () => {
			const problem = explainFailure(new Error(message), 'x.gguf', { ...options, backend });
			assert.equal(problem.code, code);
			assert.ok(problem.message.includes('x.gguf') && problem.message.includes(message));
			assert.ok(problem.remedies.includes(remedy));
			assert.equal(problem.remedies.includes('use-cpu'), backend !== 'cpu');
		});
	}

	it('says per backend why there is no GPU', () => {
		const reason = explainCpu([
			{ backend: 'cuda', isInstalled: true, isSupported: false },
			{ backend: 'vulkan', isInstalled: false, isSupported: true },
		]);
		assert.match(reason, /CUDA: no NVIDIA driver.*; Vulkan: its binary is not part of this installation\.$/);
		assert.match(whyNot({ backend: 'cuda', isInstalled: true, isSupported: true }), /did not pass the test/);
	});
});
