/** How tokens are arranged changes nothing: packed documents, sequences side by side, padding, chunks of the loss. */
import * as assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import type { Batch, StepOptions } from '../../src/finetune/training/stepGraph';
import { TRAINED_SHAPES } from '../support/architectureShapes';
import { writeRandomModel } from '../support/randomModel';
import { readReferenceModel, referenceLoss } from '../support/referenceModel';
import {
	beside,
	countedRows,
	type Pass,
	pack,
	passOf,
	type Rig,
	type RigOptions,
	randomBatch,
	rig,
	totalWeight,
	worstDifference,
} from '../support/training';

/** With a window of 12 tokens in every other layer of gemma2. */
const SHAPES = ['llama', 'qwen2', 'gemma2', 'starcoder2'] as const;

/** Filled up with a token that does not count. */
function pad(batch: Batch, length: number): Batch {
	const rest = length - batch.tokens.length;
	const padding: Batch = {
		tokens: new Int32Array(rest).fill(batch.tokens[0] ?? 0),
		targets: new Int32Array(rest).fill(1),
		weights: new Float32Array(rest),
		positions: Int32Array.from({ length: rest }, (_, index) => index),
		starts: new Int32Array(rest),
	};
	return pack(batch, padding);
}

/** @param limit of gradients; a GELU from ggml's table turns the last digit of its input into a step. */
function assertSame(found: Pass, expected: Pass, limit: number): void {
	assert.ok(Math.abs(found.loss / expected.loss - 1) < 1e-6, `loss ${found.loss}, expected ${expected.loss}`);
	const worst = worstDifference(found.gradients, expected.gradients);
	assert.ok(worst < limit, `gradients differ by ${worst}`);
}

describe('arrangement of tokens', () => {
	const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'familiar-batches-'));
	const fileOf = (name: string) => path.join(folder, `${name}.gguf`);
	before(() => {
		for (const name of SHAPES) {
			writeRandomModel(fileOf(name), TRAINED_SHAPES[name] ?? assert.fail());
		}
	});
	after(() => fs.rmSync(folder, { recursive: true }));

	for (const name of SHAPES) {
		describe(name, () => {
			const file = fileOf(name);
			const limit = name === 'llama' || name === 'qwen2' ? 1e-5 : 3e-4;
			const [first, second] = [randomBatch(18, 300, 1), randomBatch(30, 300, 2)];
			let parts: Rig | undefined;
			afterEach(() => parts?.dispose());

			/** A pass through a graph for `batch`, over the same numbers for every graph of a test. */
			const pass = (batch: Batch, more: Partial<StepOptions>, ...batches: readonly Batch[]) => {
				const used = batches.length > 0 ? batches : [batch];
				const options = {
					length: batch.tokens.length,
					rows: Math.max(...used.map(countedRows)),
					...more,
				};
				assert.ok(parts);
				return passOf({ ...parts, step: parts.graph(options) }, ...used);
			};
			const open = (batch: Batch, options: RigOptions = {}) => {
				parts = rig(file, batch, options);
			};

			it('two documents in one row give what two rows give', async () => {
				const packed = pack(first, second);
				open(packed);
				const padded = pad(first, 30);
				assertSame(await pass(packed, {}), await pass(second, {}, padded, second), limit);
			});

			it('two documents in one row give what the reference gives', async () => {
				const packed = pack(first, second);
				open(packed, { noise: 0 });
				const { loss } = await pass(packed, {});
				const model = readReferenceModel(file);
				const most = model.config.activation === 'gelu' ? 1e-4 : 1e-6;
				const off = Math.abs(loss / referenceLoss(model, packed).loss - 1);
				assert.ok(off < most, String(off));
			});

			it('a document sees its own beginning only: seen together they give something else', async () => {
				const packed = pack(first, second);
				open(packed);
				const mixed = { ...packed, starts: new Int32Array(48) };
				const [apart, together] = [await pass(packed, {}), await pass(mixed, {})];
				assert.ok(worstDifference(together.gradients, apart.gradients) > 0.1);
			});

			for (const checkpointing of [false, true]) {
				it(`sequences side by side give what each gives alone, checkpointing ${checkpointing ? 'on' : 'off'}`, async () => {
					const rows = [second, pack(first, randomBatch(12, 300, 4)), randomBatch(30, 300, 5)];
					open(pack(...rows));
					const together = beside(...rows);
					const found = await pass(together, { length: 30, sequences: 3, checkpointing });
					assertSame(found, await pass(second, { checkpointing }, ...rows), limit);
				});
			}

			it('rows so long that attention computes them in blocks give what short ones give', async () => {
				// 110 and 146 tokens; one document ends in the first block, one goes on into the second.
				const documents = [randomBatch(110, 300, 6), randomBatch(146, 300, 7)] as const;
				const other = randomBatch(256, 300, 8);
				const packed = pack(...documents);
				open(pack(packed, other));
				const most = Math.max(...[...documents, other].map(countedRows));
				const together = await pass(packed, {});
				const alone = [pad(documents[0], 146), documents[1]];
				assertSame(together, await pass(documents[1], { rows: most }, ...alone), limit);
				const options = { length: 256, sequences: 2, checkpointing: true };
				const found = await pass(beside(packed, other), options);
				const rows = Math.max(countedRows(packed), countedRows(other));
				assertSame(found, await pass(packed, { rows }, packed, other), limit);
				// A row of no whole number of blocks is computed as one.
				assertSame(await pass(pad(packed, 300), {}), together, limit);
			});

			it('what does not count changes nothing: padding, targets of weight 0, room for more rows', async () => {
				const padded = pad(second, 48);
				open(padded);
				const expected = await pass(second, {});
				assertSame(await pass(padded, {}), expected, limit);
				assertSame(await pass(second, { rows: 30 }), expected, limit);
				const others = second.targets.map((target, at) => (second.weights[at] === 0 ? 7 : target));
				assertSame(await pass({ ...second, targets: others }, {}), expected, limit);
				const counting = { ...second, weights: second.weights.map((weight) => weight || 1) };
				assert.ok(Math.abs((await pass(counting, {})).loss / expected.loss - 1) > 1e-4);
			});
		});
	}

	it('more rows than one chunk of the loss give what rows of one chunk give', async () => {
		const file = fileOf('llama');
		const [one, other] = [randomBatch(150, 300, 6), randomBatch(150, 300, 7)];
		const packed = pack(one, other);
		const parts = rig(file, packed);
		try {
			const rows = countedRows(packed);
			assert.ok(rows > 200 && countedRows(one) < 128);
			const length = 150;
			const alone = parts.graph({ length, rows: 128 });
			const expected = await passOf({ ...parts, step: alone }, one, other);
			const found = await passOf({ ...parts, step: parts.graph({ length: 300, rows }) }, packed);
			assertSame(found, expected, 1e-5);
			assert.equal(parts.step.logProbabilities().length, rows);
		} finally {
			parts.dispose();
		}
	});

	it('log probabilities of the rows make up the loss, chunk by chunk in order', async () => {
		const file = fileOf('qwen2');
		const batch = randomBatch(200, 300, 8);
		const parts = rig(file, batch);
		try {
			const { loss } = await passOf(parts, batch);
			const weights = [...batch.weights].filter((weight) => weight !== 0);
			const found = parts.step.logProbabilities();
			const sum = weights.reduce((total, weight, row) => total - weight * (found[row] ?? Number.NaN), 0);
			assert.ok(Math.abs(sum / totalWeight(batch) / loss - 1) < 1e-6);
			assert.ok(found.every((value) => value < 0));
		} finally {
			parts.dispose();
		}
	});

	it('refuses a batch that does not fit its graph, by numbers', async () => {
		const batch = randomBatch(20, 300);
		const parts = rig(fileOf('qwen2'), batch);
		try {
			const few = { ...parts, step: parts.graph({ rows: 3 }) };
			await assert.rejects(
				passOf(few, batch),
				/20 tokens with 16 that count does not fit a graph for 20 and 3/,
			);
			await assert.rejects(passOf(parts, randomBatch(19, 300)), /19 tokens .* for 20 and 16/);
			const unannounced = { ...batch, tokens: batch.tokens.map(() => 301) };
			await assert.rejects(passOf(parts, unannounced), /Token 301 .* not announced/);
		} finally {
			parts.dispose();
		}
	});
});
