/** What the training benches stand on: models in llama.cpp's mixtures, and the time of every node by kind of work. */
import * as assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { TensorFile } from '../../src/finetune/training/tensorFile';
import { byWork, timeNodes } from '../bench/finetune-nodes';
import { type Mixture, writeQuantised } from '../bench/quantised';
import { type RandomModelOptions, writeRandomModel } from '../support/randomModel';
import { passOf, randomBatch, rig, testGgml } from '../support/training';

/** Rows of `width` numbers do not hold blocks of 256, those of `feedForward` do: as in Qwen2.5's 0.5B. */
const SHAPE: RandomModelOptions = {
	architecture: 'qwen2',
	layers: 8,
	width: 128,
	heads: 4,
	keyValueHeads: 2,
	feedForward: 256,
	vocabulary: 512,
	contextLength: 256,
	type: 'F32',
};

describe('what the training benches stand on', () => {
	let folder = '';
	before(() => {
		folder = fs.mkdtempSync(path.join(os.tmpdir(), 'familiar-'));
	});
	after(() => fs.rmSync(folder, { recursive: true, force: true }));

	function written(mixture: Mixture): TensorFile {
		const file = path.join(folder, `${mixture}.gguf`);
		writeQuantised(testGgml(), file, SHAPE, mixture);
		return new TensorFile(file);
	}

	function typesOf(mixture: Mixture, name: RegExp): readonly string[] {
		const file = written(mixture);
		file.dispose();
		return file.header.tensors.filter((tensor) => name.test(tensor.name)).map(({ type }) => type.name);
	}

	it("mixes types as llama.cpp's quantiser does", () => {
		assert.deepEqual(typesOf('Q8_0', /token_embd|blk\.0\.ffn_up/), ['Q8_0', 'Q8_0']);
		assert.deepEqual(typesOf('Q4_0', /token_embd|blk\.0\.ffn_up/), ['Q8_0', 'Q4_0']);
		// More bits: layer 0 (first eighth), 7 (last), and 3 and 6 (every third between).
		const down = ['Q6_K', 'Q4_K', 'Q4_K', 'Q6_K', 'Q4_K', 'Q4_K', 'Q6_K', 'Q6_K'];
		assert.deepEqual(typesOf('Q4_K_M', /ffn_down/), down);
		const values = ['Q8_0', 'Q5_0', 'Q5_0', 'Q8_0', 'Q5_0', 'Q5_0', 'Q8_0', 'Q8_0'];
		assert.deepEqual(typesOf('Q4_K_M', /attn_v\.weight/), values);
		assert.deepEqual(typesOf('Q4_K_M', /token_embd|blk\.0\.ffn_up/), ['Q8_0', 'Q5_0']);
		assert.deepEqual(typesOf('Q4_K_M', /blk\.0\.attn_q\.bias|output_norm/), ['F32', 'F32']);
	});

	it('writes what can be read back: the losses of a mixture and of the numbers it was made from are alike', async () => {
		const plain = path.join(folder, 'plain.gguf');
		writeRandomModel(plain, SHAPE);
		written('Q4_K_M').dispose();
		const losses: number[] = [];
		for (const file of [plain, path.join(folder, 'Q4_K_M.gguf')]) {
			const batch = randomBatch(64, SHAPE.vocabulary);
			const parts = rig(file, batch);
			losses.push((await passOf(parts, batch)).loss);
			parts.dispose();
		}
		const [exact = 0, quantised = 0] = losses;
		assert.ok(Math.abs(exact - quantised) < 0.02 * exact, `${exact} and ${quantised}`);
	});

	it('knows what every node is for', async () => {
		written('Q8_0').dispose();
		const batch = randomBatch(64, SHAPE.vocabulary);
		const parts = rig(path.join(folder, 'Q8_0.gguf'), batch, { settings: { rank: 16, alpha: 32 } });
		await passOf(parts, batch);
		const kinds = timeNodes(parts.step.graph, { vocabulary: SHAPE.vocabulary, rank: 16 }, 1);
		const count = (work: string) =>
			kinds.reduce((sum, kind) => sum + (kind.work === work ? kind.nodes : 0), 0);
		// Seven matrices a layer. Nothing is trained below the first layer's q, k and v: no gradient passes them.
		assert.equal(count('frozen, forward'), 7 * SHAPE.layers);
		assert.equal(count('frozen, backward'), 7 * SHAPE.layers - 3);
		assert.equal(count('trained, products'), 0);
		for (const work of [
			'LoRA, products',
			'attention, products',
			'attention, softmax',
			'vocabulary, products',
		]) {
			assert.ok(count(work) > 0, work);
		}
		const shares = byWork(kinds).reduce((sum, { share }) => sum + share, 0);
		assert.ok(Math.abs(shares - 1) < 1e-9);
		parts.dispose();
	});
});
