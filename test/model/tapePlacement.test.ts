/** Matrices in the layouts that a CPU's own kernels want: they compute what the plain ones compute. */
import * as assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { Device } from '../../src/finetune/ggml/device';
import { Placements } from '../../src/finetune/training/placement';
import { TRAINED_SHAPES } from '../support/architectureShapes';
import { type RandomModelOptions, writeRandomModel } from '../support/randomModel';
import {
	cosine,
	passOf,
	passThrough,
	type RigOptions,
	randomBatch,
	rig,
	testGgml,
} from '../support/training';

describe('repacked matrices', () => {
	const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'familiar-placement-'));
	const file = path.join(folder, 'model.gguf');
	after(() => fs.rmSync(folder, { recursive: true }));
	/** Kernels of few and of many columns differ. */
	const batch = randomBatch(64, 300);

	const shapes: Readonly<Record<string, RandomModelOptions>> = {
		'long rows': { ...shapeOf('llama'), width: 256, headSize: 64, feedForward: 512, vocabulary: 512 },
		// 32 outputs of k and v are 32 inputs of their transposed copies.
		'rows of one block': { ...shapeOf('qwen2'), headSize: 16, heads: 2, keyValueHeads: 2 },
	};
	for (const type of ['Q8_0', 'Q4_0'] as const) {
		for (const copies of ['Q8_0', 'Q4_0']) {
			for (const [name, shape] of Object.entries(shapes)) {
				it(`${type} with copies in ${copies}, ${name}: loss and direction are those of plain ones`, async () => {
					writeRandomModel(file, { ...shape, type });
					const plain = await passThrough(file, batch, { base: { copies } });
					const repacked = await passThrough(file, batch, { base: { copies, repack: true } });
					assert.ok(Math.abs(repacked.loss / plain.loss - 1) < 2e-3, `${repacked.loss}, ${plain.loss}`);
					const found = cosine(repacked.gradients, plain.gradients);
					assert.ok(found > 0.999, String(found));
				});
			}
		}
	}

	it('are told of: how many lie where', async function () {
		writeRandomModel(file, { ...(shapes['long rows'] ?? assert.fail()), type: 'Q4_0' });
		const layoutOf = async (options: RigOptions) => {
			const parts = rig(file, batch, options);
			try {
				await passOf(parts, batch);
				return [...parts.base.layout];
			} finally {
				parts.dispose();
			}
		};
		// 7 in each of 2 layers and the output, each twice.
		assert.deepEqual(await layoutOf({ base: { copies: 'Q4_0' } }), [['Q4_0 plain', 30]]);
		const device = Device.open(testGgml(), 'cpu', 1);
		const { name } = new Placements(device, true).of('Q4_0', 256, 256);
		device.dispose();
		if (name === undefined) {
			// A CPU without kernels of its own for Q4_0.
			this.skip();
		}
		const repacked = await layoutOf({ base: { copies: 'Q4_0', repack: true } });
		assert.deepEqual(repacked, [[`Q4_0 ${name}`, 30]]);
	});
});

function shapeOf(name: string): RandomModelOptions {
	return TRAINED_SHAPES[name] ?? assert.fail();
}
