/** The memory table of an export, against figures reckoned by hand. */
import * as assert from 'node:assert/strict';
import { activationsOf, memoryOf, memoryTable } from '../../../../src/finetune/scaleOut/memory';

/** Qwen2.5-Coder-7B with rank 16 on all matrices. */
const BASE = 7.62e9;
const TRAINED = 40.4e6;

describe('memory of a scaled-out training', () => {
	it('is what the arithmetic of ZeRO gives for a frozen base', () => {
		// 2·7.62 + 16·0.0404 = 15.24 + 0.6464; the optimiser's 12·0.0404 = 0.4848 over 8 = 0.0606.
		const memory = memoryOf(BASE, TRAINED, 8);
		const close = (found: number, expected: number) =>
			assert.ok(Math.abs(found / 1e9 - expected) < 0.001, `${found}`);
		close(memory.DDP, 15.8864);
		close(memory['ZeRO-1'], 15.24 + 0.1616 + 0.0606);
		close(memory['ZeRO-2'], 15.24 + 0.0808 + 0.0707);
		close(memory['ZeRO-3 or FSDP'], 15.8864 / 8);
		close(memory['4 bits, DDP'], 4.191 + 0.6464);
	});

	it('is the same for all but the four bits on one GPU', () => {
		const { '4 bits, DDP': _, ...others } = memoryOf(BASE, TRAINED, 1);
		assert.deepEqual(new Set(Object.values(others).map(Math.round)), new Set([15_886_400_000]));
	});

	it('shows that ZeRO-1 and ZeRO-2 save less than 4 % for a LoRA', () => {
		const memory = memoryOf(BASE, TRAINED, 64);
		assert.ok(memory['ZeRO-2'] / memory.DDP > 0.96);
	});

	it('adds the activations of one batch', () => {
		// 100 tokens · (2·2·10 + 34·10 + 10·1000) bytes.
		const shape = { layers: 2, width: 10, vocabulary: 1_000, tokens: 50, sequences: 2 };
		assert.equal(activationsOf(shape), 1_038_000);
	});

	it('makes a table with a column for each number of GPUs, the chosen one among them', () => {
		const table = memoryTable(BASE, TRAINED, 3, 2.5e9).split('\n');
		assert.equal(table[0], '| GB on each GPU | 1 GPU | 2 GPUs | 3 GPUs | 4 GPUs | 8 GPUs |');
		assert.equal(table[2], '| DDP | 15.9 | 15.9 | 15.9 | 15.9 | 15.9 |');
		assert.equal(table[5], '| ZeRO-3 or FSDP | 15.9 | 7.94 | 5.30 | 3.97 | 1.99 |');
		assert.equal(table.at(-1), '| activations on top | 2.50 | 2.50 | 2.50 | 2.50 | 2.50 |');
	});
});
