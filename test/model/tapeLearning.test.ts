/** Steps make the model learn: one batch is learned by heart, the same to the digit in every run. */
import * as assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { Device } from '../../src/finetune/ggml/device';
import { rateFactor } from '../../src/finetune/training/schedule';
import { TRAINED_SHAPES } from '../support/architectureShapes';
import { TINY_MODEL, writeRandomModel } from '../support/randomModel';
import { passOf, type RigOptions, randomBatch, rig, testGgml } from '../support/training';

const STEPS = 60;

describe('learning', () => {
	const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'familiar-learning-'));
	const file = path.join(folder, 'model.gguf');
	after(() => fs.rmSync(folder, { recursive: true }));
	const batch = randomBatch(48, 300);

	/** The loss before each step. */
	async function losses(options: RigOptions, steps = STEPS): Promise<readonly number[]> {
		const parts = rig(file, batch, { noise: 0, ...options });
		try {
			const found: number[] = [];
			for (let step = 0; step < steps; step++) {
				found.push((await passOf(parts, batch)).loss);
				const rate = 0.02 * rateFactor(step, steps, 0.04);
				parts.optimizer.update(rate, parts.optimizer.gradientNorm());
			}
			return found;
		} finally {
			parts.dispose();
		}
	}

	for (const name of ['llama', 'qwen2', 'gemma2', 'starcoder2']) {
		for (const [what, options] of [
			['an adapter', { settings: { rank: 8, alpha: 16 } }],
			['all numbers', { base: { trainAll: true } }],
		] as const) {
			it(`${name}: ${what} learns one batch by heart`, async () => {
				const shape = TRAINED_SHAPES[name] ?? assert.fail();
				// A lower cap than that of the real models would keep the loss above 0.5.
				writeRandomModel(file, { ...shape, softCaps: { attention: 5, final: 30 } });
				const found = await losses(options);
				assert.ok((found.at(-1) ?? Number.NaN) < 0.1 * (found[0] ?? 0), found.join(' '));
			});
		}
	}

	// With two threads on busy cores every operation waits for a time slice: a small model, few steps.
	for (const [threads, layers, steps] of [
		[1, 2, 12],
		[2, 1, 3],
	] as const) {
		it(`gives the same digits again with ${threads} ${threads === 1 ? 'thread' : 'threads'}`, async () => {
			writeRandomModel(file, { ...TINY_MODEL, layers, type: 'Q8_0' });
			const run = async (seed: number) => {
				const device = Device.open(testGgml(), 'cpu', threads);
				try {
					return await losses(
						{
							device,
							settings: { dropout: 0.1, seed },
							base: { copies: 'Q8_0', repack: true },
							step: { keepIn: 'BF16', checkpointing: true },
						},
						steps,
					);
				} finally {
					device.dispose();
				}
			};
			const first = await run(3);
			assert.deepEqual(await run(3), first);
			assert.equal(new Set(first).size, first.length);
			assert.notEqual((await run(4)).at(-1), first.at(-1));
		});
	}
});
