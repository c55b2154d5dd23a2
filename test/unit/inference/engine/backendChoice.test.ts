/** On what llama.cpp is opened, by what there is. */
import assert from 'node:assert/strict';
import { BackendChoice, type BackendLibrary } from '../../../../src/inference/engine/backendChoice';
import type { Gpu } from '../../../../src/inference/engine/llamaLibrary';
import { ModelUnavailable } from '../../../../src/inference/model';

interface Opened {
	readonly gpu: Gpu | false;
	readonly getGpuDeviceNames: () => Promise<string[]>;
	dispose(): Promise<void>;
}

/** A machine with these devices; says what was opened and what was disposed. */
function machine(devices: Partial<Record<Gpu, readonly string[]>>) {
	const events: string[] = [];
	const best = (['cuda', 'vulkan', 'metal'] as const).find((gpu) => devices[gpu] !== undefined) ?? false;
	const library: BackendLibrary<Opened> = {
		open: async (asked) => {
			const gpu = asked === 'auto' ? best : asked;
			if (gpu !== false && devices[gpu] === undefined) {
				throw new Error('NoBinaryFound');
			}
			events.push(`opened ${gpu === false ? 'cpu' : gpu}`);
			return {
				gpu,
				getGpuDeviceNames: async () => [...(gpu === false ? [] : (devices[gpu] ?? []))],
				dispose: async () => {
					events.push(`disposed ${gpu === false ? 'cpu' : gpu}`);
				},
			};
		},
		gpus: async (which) => (which === 'allValid' ? ['cuda', 'vulkan'] : []),
	};
	return { events, choice: new BackendChoice(library, () => undefined) };
}

describe('inference/engine/backendChoice', () => {
	it('takes a GPU of its own accord, and has nothing to explain', async () => {
		const { choice, events } = machine({ vulkan: ['AMD Radeon RX 7900 XTX (RADV NAVI31)'] });
		const { llama, reason } = await choice.open('auto');
		assert.deepEqual([llama.gpu, reason, events], ['vulkan', undefined, ['opened vulkan']]);
	});

	it('prefers the CPU to software that poses as a GPU, and says so', async () => {
		const { choice, events } = machine({ vulkan: ['llvmpipe (LLVM 15.0.6, 256 bits)'] });
		const { llama, reason } = await choice.open('auto');
		assert.equal(llama.gpu, false);
		assert.equal(
			reason,
			'No GPU was found: llvmpipe (LLVM 15.0.6, 256 bits) computes in software. The CPU itself is faster.',
		);
		assert.deepEqual(events, ['opened vulkan', 'disposed vulkan', 'opened cpu']);
	});

	it('takes a GPU beside which there is software', async () => {
		const devices = ['llvmpipe', 'Intel(R) Arc(tm) A770 Graphics (DG2)'];
		const { llama, reason } = await machine({ vulkan: devices }).choice.open('auto');
		assert.deepEqual([llama.gpu, reason], ['vulkan', undefined]);
	});

	it('takes the CPU where a driver has no device that ggml would use', async () => {
		const { llama, reason } = await machine({ vulkan: [] }).choice.open('auto');
		assert.deepEqual(
			[llama.gpu, reason],
			[false, 'No GPU was found: Vulkan has a driver here, and no device.'],
		);
	});

	it('takes software that was asked for by name', async () => {
		const { choice, events } = machine({ vulkan: ['llvmpipe (LLVM 15.0.6, 256 bits)'] });
		const { llama, reason } = await choice.open('vulkan');
		assert.deepEqual([llama.gpu, reason, events], ['vulkan', undefined, ['opened vulkan']]);
	});

	it('says why it is the CPU where there is no GPU at all', async () => {
		const { llama, reason } = await machine({}).choice.open('auto');
		assert.equal(llama.gpu, false);
		assert.match(reason ?? '', /^No GPU that llama\.cpp can use was found\. CUDA: no NVIDIA driver/);
	});

	it('asks nothing where the CPU was chosen', async () => {
		const { choice, events } = machine({ cuda: ['NVIDIA H200'] });
		const { llama, reason } = await choice.open('cpu');
		assert.deepEqual([llama.gpu, reason, events], [false, undefined, ['opened cpu']]);
	});

	it('refuses a backend that was chosen by name and cannot be used', async () => {
		await assert.rejects(machine({}).choice.open('vulkan'), (error) => {
			assert.ok(ModelUnavailable.is(error));
			assert.equal(error.problem.code, 'backend-unavailable');
			assert.match(error.message, /Vulkan: no Vulkan driver/);
			return true;
		});
	});
});
