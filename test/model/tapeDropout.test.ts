/** Dropout: the share and the size of what stays, one mask for a pass and its repetition, the gradient of just that mask. */
import * as assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { Device } from '../../src/finetune/ggml/device';
import { Graph } from '../../src/finetune/ggml/graph';
import { DropoutMasks } from '../../src/finetune/training/dropout';
import { randomFrom } from '../../src/finetune/training/random';
import { TRAINED_SHAPES } from '../support/architectureShapes';
import { writeRandomModel } from '../support/randomModel';
import {
	type Gradients,
	passOf,
	passThrough,
	type RigOptions,
	randomBatch,
	rig,
	testGgml,
	worstDifference,
} from '../support/training';

describe('dropout masks', () => {
	const INPUTS = 64;
	const COLUMNS = 512;
	const SHARE = 0.25;

	/** What the functions of the matrices named give after each of `draws` draws. */
	function masksOf(
		seed: number,
		names: readonly string[],
		draws: number,
	): readonly (readonly Float32Array[])[] {
		const device = Device.open(testGgml(), 'cpu', 1);
		const masks = new DropoutMasks(device, SHARE, randomFrom(seed));
		const graph = new Graph(device, 64);
		try {
			const made = names.map((name) => masks.of(graph, name, INPUTS, COLUMNS));
			// Twice each: in the pass, and where a layer is computed again.
			const tensors = [...made, ...made].map((mask) => graph.output(mask()));
			graph.allocate();
			return Array.from({ length: draws }, () => {
				masks.draw();
				device.computeNow(graph.handle);
				return tensors.map((tensor) => device.readFloats(tensor));
			});
		} finally {
			graph.dispose();
			masks.dispose();
			device.dispose();
		}
	}

	it('hold zeros in their share, and what makes up for them elsewhere', () => {
		const [[mask] = []] = masksOf(1, ['a'], 1);
		assert.ok(mask);
		assert.deepEqual([...new Set(mask)].sort(), [0, Math.fround(1 / (1 - SHARE))]);
		const zeros = mask.filter((value) => value === 0).length / mask.length;
		// 5 deviations, with which positions that share a drawn row are counted in.
		assert.ok(Math.abs(zeros - SHARE) < 0.02, String(zeros));
		const mean = mask.reduce((sum, value) => sum + value, 0) / mask.length;
		assert.ok(Math.abs(mean - 1) < 0.03, String(mean));
	});

	it('are the same within a draw, others for another matrix and after the next draw', () => {
		const [first, second] = masksOf(1, ['a', 'b'], 2);
		assert.ok(first && second);
		const [a, b, again, bAgain] = first;
		assert.deepEqual([a, b], [again, bAgain]);
		assert.notDeepEqual(a, b);
		assert.notDeepEqual(a, second[0]);
	});

	it('follow from the seed, whatever other matrices there are', () => {
		const [[alone] = []] = masksOf(7, ['a'], 1);
		assert.deepEqual(masksOf(7, ['b', 'a'], 1)[0]?.[1], alone);
		assert.notDeepEqual(masksOf(8, ['a'], 1)[0]?.[0], alone);
	});
});

describe('training with dropout', () => {
	const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'familiar-dropout-'));
	const file = path.join(folder, 'model.gguf');
	const batch = randomBatch(32, 300);
	const WITH: RigOptions = { settings: { dropout: 0.3 } };
	before(() => writeRandomModel(file, TRAINED_SHAPES['qwen2'] ?? assert.fail()));
	after(() => fs.rmSync(folder, { recursive: true }));

	it('changes loss and gradients; the same seed gives the same digits', async () => {
		const [without, one, other] = [
			await passThrough(file, batch),
			await passThrough(file, batch, WITH),
			await passThrough(file, batch, WITH),
		];
		assert.deepEqual(one, other);
		assert.ok(Math.abs(one.loss / without.loss - 1) > 1e-4);
		assert.ok(worstDifference(one.gradients, without.gradients) > 0.05);
	});

	it('draws anew for every batch', async () => {
		const parts = rig(file, batch, WITH);
		try {
			const losses = [await passOf(parts, batch), await passOf(parts, batch)].map(({ loss }) => loss);
			assert.notEqual(losses[0], losses[1]);
		} finally {
			parts.dispose();
		}
	});

	it('does nothing as long as B is zero', async () => {
		const without = await passThrough(file, batch, { noise: 0 });
		const { loss } = await passThrough(file, batch, { ...WITH, noise: 0 });
		assert.ok(Math.abs(loss / without.loss - 1) < 1e-7);
	});

	it('has the same masks where layers are computed again', async () => {
		const expected = await passThrough(file, batch, WITH);
		const found = await passThrough(file, batch, { ...WITH, step: { checkpointing: true } });
		assert.equal(found.loss, expected.loss);
		assert.ok(worstDifference(found.gradients, expected.gradients) < 1e-6);
	});

	it('gives the gradient of the loss under its masks', async () => {
		const { gradients } = await passThrough(file, batch, WITH);
		const norm = Math.sqrt(
			[...gradients.values()].flatMap((one) => [...one]).reduce((sum, value) => sum + value ** 2, 0),
		);
		// Along the gradient itself the loss changes most: in single precision other directions drown.
		const step = 0.02;
		const [up, down] = [await lossAlong(gradients, step / norm), await lossAlong(gradients, -step / norm)];
		const slope = (up - down) / (2 * step);
		assert.ok(Math.abs(slope / norm - 1) < 5e-3, `${slope}, expected ${norm}`);
	});

	/** The loss of the first batch, and so under the same masks, with A and B moved by `factor` times their gradients. */
	async function lossAlong(gradients: Gradients, factor: number): Promise<number> {
		const parts = rig(file, batch, WITH);
		try {
			for (const { name, variable } of parts.optimizer.slots) {
				const values = parts.device.readFloats(variable.tensor);
				parts.device.write(
					variable.tensor,
					values.map((value, index) => value + factor * (gradients.get(name)?.[index] ?? Number.NaN)),
				);
			}
			return (await passOf(parts, batch)).loss;
		} finally {
			parts.dispose();
		}
	}
});
