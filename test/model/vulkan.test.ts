/** Training on a Vulkan device, where there is one; Mesa's lavapipe (Debian: mesa-vulkan-drivers) does. */
import * as assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { findBuilt } from '../support/fakeHost';
import type { VulkanOutcome } from '../support/vulkanSteps.entry';

/** As far as Vulkan's kernels, with products in half precision, may be from the CPU's, by the type of the weights. */
const LEAST_COSINE = { F32: 0.9999, F16: 0.9999, Q8_0: 0.999, Q4_0: 0.999 } as const;

describe('training on Vulkan', function () {
	this.timeout(120_000);
	const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'familiar-vulkan-'));
	after(() => fs.rmSync(folder, { recursive: true }));
	let outcome: VulkanOutcome;

	before(function () {
		const child = spawnSync(process.execPath, [findBuilt('vulkanSteps.entry.mjs'), folder], {
			stdio: ['ignore', 'ignore', 'pipe', 'pipe'],
			encoding: 'utf8',
			// ggml passes over devices that are not GPUs, unless it is told which to take.
			env: { GGML_VK_VISIBLE_DEVICES: '0', ...process.env },
		});
		if (child.status === 2) {
			console.log(`    skipped: ${child.stderr.trim()}`);
			this.skip();
		}
		assert.equal(child.status, 0, child.stderr);
		outcome = JSON.parse(child.output[3] ?? '');
	});
	it('computes every operation itself', () => {
		assert.deepEqual(
			outcome.gradients.flatMap(({ unsupported }) => unsupported),
			[],
		);
	});

	it('gives the losses and gradients of the CPU', () => {
		assert.equal(outcome.gradients.length, 7 * 4 * 2);
		for (const { name, cosine, loss } of outcome.gradients) {
			const type =
				(['F32', 'F16', 'Q8_0', 'Q4_0'] as const).find((one) => name.includes(one)) ?? assert.fail();
			assert.ok(cosine > LEAST_COSINE[type], `${name}: ${cosine}`);
			assert.ok(loss < 5e-3, `${name}: loss off by ${loss}`);
		}
	});

	it('makes the same steps', () => {
		const { cpu, vulkan } = outcome.losses;
		assert.equal(vulkan.length, cpu.length);
		assert.ok((vulkan.at(-1) ?? Number.NaN) < 0.9 * (vulkan[0] ?? 0), vulkan.join(' '));
		for (const [step, loss] of cpu.entries()) {
			assert.ok(
				Math.abs((vulkan[step] ?? Number.NaN) / loss - 1) < 1e-2,
				`${vulkan.join(' ')}, ${cpu.join(' ')}`,
			);
		}
	});

	it('resumes on the same curve', () => {
		assert.deepEqual(outcome.losses.resumed, outcome.losses.vulkan);
	});
});
