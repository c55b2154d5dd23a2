/**
 * Gradients, optimiser steps and a resumed run on the Vulkan device, beside the CPU of the same package: the libraries of one
 * package only can be in a process. The argument is a folder for its files; writes one line of JSON, a `VulkanOutcome`,
 * to file descriptor 3. Without a device it ends with code 2 and the reason on standard error.
 */
import * as fs from 'node:fs';
import * as path from 'node:path';
import { fileURLToPath } from 'node:url';
import { Device } from '../../src/finetune/ggml/device';
import { loadGgml } from '../../src/finetune/ggml/ggml';
import { findLibraries } from '../../src/finetune/ggml/libraries';
import { PLAIN_FORMS } from '../../src/finetune/tape/forms';
import {
	type CheckpointHeader,
	namesOf,
	readCheckpointHeader,
	restoreCheckpoint,
	writeCheckpoint,
} from '../../src/finetune/training/checkpoint';
import { TRAINED_SHAPES } from './architectureShapes';
import { writeRandomModel } from './randomModel';
import { cosine, passOf, type Rig, type RigOptions, randomBatch, rig } from './training';

export interface VulkanOutcome {
	readonly device: string;
	readonly gradients: readonly {
		readonly name: string;
		readonly cosine: number;
		/** Relative to the CPU's. */
		readonly loss: number;
		readonly unsupported: readonly string[];
	}[];
	/** Losses of the steps of one run, on either device, and on Vulkan again with a checkpoint in the middle. */
	readonly losses: {
		readonly cpu: readonly number[];
		readonly vulkan: readonly number[];
		readonly resumed: readonly number[];
	};
}

const STEPS = 6;
const folder = process.argv[2] ?? '.';
const model = path.join(folder, 'model.gguf');
const batch = randomBatch(32, 300);

// Nothing is disposed here: Mesa 22's lavapipe frees twice what was in use, and the process ends soon.
try {
	const [files] = findLibraries(fileURLToPath(import.meta.url), 'vulkan');
	if (files === undefined) {
		throw new Error('no libraries');
	}
	const ggml = loadGgml(files);
	const vulkan = Device.open(ggml, 'vulkan', 1);
	const outcome = await run(vulkan, Device.open(ggml, 'cpu', 1));
	fs.writeSync(3, `${JSON.stringify(outcome)}\n`);
	process.exit(0);
} catch (error) {
	console.error(error instanceof Error ? error.message : String(error));
	process.exit(error instanceof Error && error.name === 'GgmlMissing' ? 2 : 1);
}

async function run(vulkan: Device, cpu: Device): Promise<VulkanOutcome> {
	const gradients: VulkanOutcome['gradients'][number][] = [];
	for (const name of ['llama', 'qwen2', 'qwen3', 'gemma', 'gemma2', 'granite', 'starcoder2']) {
		for (const type of ['F32', 'F16', 'Q8_0', 'Q4_0'] as const) {
			const shape = TRAINED_SHAPES[name];
			if (shape === undefined) {
				throw new Error(`no shape ${name}`);
			}
			writeRandomModel(model, { ...shape, type });
			const base = { copies: type };
			const expected = await passOf(rig(model, batch, { device: cpu, base }), batch);
			for (const forms of [{}, PLAIN_FORMS]) {
				const parts = rig(model, batch, { device: vulkan, base, forms });
				const found = await passOf(parts, batch);
				gradients.push({
					name: `${name} in ${type}, ${forms === PLAIN_FORMS ? 'plain' : 'native'} operations`,
					cosine: cosine(found.gradients, expected.gradients),
					loss: Math.abs(found.loss / expected.loss - 1),
					unsupported: [...parts.step.graph.unsupported().keys()],
				});
			}
		}
	}
	return { device: vulkan.description, gradients, losses: await losses(vulkan, cpu) };
}

async function losses(vulkan: Device, cpu: Device): Promise<VulkanOutcome['losses']> {
	const options: RigOptions = { base: { copies: 'Q4_0' }, noise: 0, settings: { rank: 8, alpha: 16 } };
	const open = (device: Device) => rig(model, batch, { ...options, device });
	const first = open(vulkan);
	const begun = await steps(first, STEPS / 2);
	const header = headerOf(first);
	const file = writeCheckpoint(folder, header, first.device, first.optimizer);
	const second = open(vulkan);
	restoreCheckpoint(file, readCheckpointHeader(file), second.device, second.optimizer);
	return {
		cpu: await steps(open(cpu), STEPS),
		vulkan: await steps(open(vulkan), STEPS),
		resumed: [...begun, ...(await steps(second, STEPS / 2))],
	};
}

async function steps(parts: Rig, count: number): Promise<readonly number[]> {
	const found: number[] = [];
	for (let step = 0; step < count; step++) {
		found.push((await passOf(parts, batch)).loss);
		parts.optimizer.update(0.005, parts.optimizer.gradientNorm());
	}
	return found;
}

function headerOf({ optimizer }: Rig): CheckpointHeader {
	return {
		version: 1,
		base: '',
		dataset: '',
		settings: '{}',
		step: optimizer.step,
		steps: STEPS,
		optimizerStep: optimizer.step,
		epoch: 0,
		row: 0,
		random: 0,
		rate: 1,
		skipped: 0,
		tokens: 0,
		seconds: 0,
		before: { step: 0, loss: 0, tokens: 0, byFile: {} },
		kernels: { copies: 'Q8_0', products: 'F32' },
		checkpointing: false,
		tensors: namesOf(optimizer),
	};
}
