/** Graphs have room for their nodes: one that has not aborts the process. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { Device } from '../../src/finetune/ggml/device';
import { DEFAULT_SETTINGS } from '../../src/finetune/settings';
import { formsOf, PLAIN_FORMS } from '../../src/finetune/tape/forms';
import { BaseModel } from '../../src/finetune/training/baseModel';
import { DropoutMasks } from '../../src/finetune/training/dropout';
import { Lora } from '../../src/finetune/training/lora';
import { Optimizer } from '../../src/finetune/training/optimizer';
import { randomFrom } from '../../src/finetune/training/random';
import { StepGraph } from '../../src/finetune/training/stepGraph';
import { TensorFile } from '../../src/finetune/training/tensorFile';
import { TRAINED_SHAPES } from '../support/architectureShapes';
import { TINY_MODEL, writeRandomModel } from '../support/randomModel';
import { testGgml } from '../support/training';

describe('graphs', () => {
	const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'familiar-capacity-'));
	after(() => fs.rmSync(folder, { recursive: true }));

	for (const name of ['qwen3', 'gemma2', 'starcoder2'] as const) {
		it(`have room for long rows, computed twice, in any form: ${name}`, () => {
			const file = path.join(folder, `${name}.gguf`);
			writeRandomModel(file, { ...(TRAINED_SHAPES[name] ?? TINY_MODEL), layers: 4 });
			const device = Device.open(testGgml(), 'cpu', 1);
			const tensors = new TensorFile(file);
			const base = BaseModel.load(device, device, tensors, {
				copies: 'F32',
				repack: false,
				firstTrained: 0,
				tokens: [0],
				trainAll: false,
			});
			const lora = new Lora(device, base.shape, { ...DEFAULT_SETTINGS, rank: 4 });
			const optimizer = new Optimizer(device, lora.variables, DEFAULT_SETTINGS);
			for (const length of [128, 8_192]) {
				for (const forms of [formsOf(device), PLAIN_FORMS]) {
					const dropout = new DropoutMasks(device, 0.1, randomFrom(1));
					const step = new StepGraph(
						device,
						{ base, lora, optimizer, dropout },
						{
							forms,
							keepIn: 'BF16',
							products: 'BF16',
							length,
							sequences: 1,
							rows: length,
							checkpointing: true,
						},
					);
					assert.ok(step.graph.nodes > length / 8);
					step.dispose();
					dropout.dispose();
				}
			}
			optimizer.dispose();
			lora.dispose();
			base.dispose();
			tensors.dispose();
			device.dispose();
		});
	}
});
