/** Numbers that are not finite: in the base, in a step, three times in a row, in an adapter. */
import * as assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { writeAdapter } from '../../src/finetune/adapter/adapterFile';
import type { AdapterContent, AdapterMatrix } from '../../src/finetune/adapter/content';
import type { Sample } from '../../src/finetune/dataset/sample';
import type { RunOrder } from '../../src/finetune/job/messages';
import { readAdapter } from '../../src/finetune/peft/readAdapter';
import { checkpointsIn } from '../../src/finetune/training/checkpoint';
import { Plan } from '../../src/finetune/training/plan';
import { RunFailure } from '../../src/finetune/training/runFailure';
import { rateFactor } from '../../src/finetune/training/schedule';
import { readGgufFile } from '../../src/inference/gguf/gguf';
import { randomModelFile, temporaryFolder } from '../support/engines';
import {
	logged,
	orderOf,
	said,
	TRAINER_MODEL,
	TRAINER_SETTINGS,
	train,
	trainToEnd,
} from '../support/trainerRun';
import { testGgml } from '../support/training';
import { datasetOf, trainingData } from '../support/trainingData';

/** A token that occurs where a test puts it. */
const POISON = 7;

/** Writes a number over one of a tensor in F32. */
function overwrite(file: string, tensor: string, element: number, value: number): void {
	const { tensors, dataStart } = readGgufFile(file);
	const found = tensors.find(({ name }) => name === tensor);
	assert.ok(found !== undefined && found.type.name === 'F32');
	const descriptor = fs.openSync(file, 'r+');
	fs.writeSync(descriptor, new Float32Array([value]), 0, 4, dataStart + found.offset + element * 4);
	fs.closeSync(descriptor);
}

describe('numbers that are not finite', function () {
	this.timeout(60_000);

	for (const [tensor, value] of [
		['output_norm.weight', Number.NaN],
		['blk.0.attn_norm.weight', Number.POSITIVE_INFINITY],
		['blk.1.ffn_down.weight', Number.NaN],
		['blk.0.attn_q.bias', Number.NEGATIVE_INFINITY],
	] as const) {
		it(`in the base (${value} in ${tensor}) are told of before any training`, async () => {
			const basePath = randomModelFile(TRAINER_MODEL);
			overwrite(basePath, tensor, 3, value);
			const order = await orderOf({}, basePath);
			const { error, messages } = await train(order);
			assert.ok(error instanceof RunFailure, String(error));
			assert.equal(error.code, 'not-finite');
			assert.equal(
				error.message,
				'random qwen2 2x128 gives no finite loss on its own, before any training: the file may be damaged. Choose another model.',
			);
			assert.equal(said(messages, 'evaluation').length, 0);
			assert.equal(said(messages, 'progress').length, 0);
			assert.deepEqual(checkpointsIn(order.runFolder), []);
		});
	}

	/** A base in which one token's embedding is not finite, and samples with it at these places of the list. */
	async function poisoned(isPoisoned: (index: number) => boolean, seed = 1): Promise<RunOrder> {
		const basePath = randomModelFile({ ...TRAINER_MODEL, ownOutput: true });
		overwrite(basePath, 'token_embd.weight', POISON * TRAINER_MODEL.width, Number.NaN);
		const { train: samples, heldOut } = trainingData({ basePath, train: 14, lengths: [100] });
		return orderOf({ rowsPerStep: 1, seed }, basePath, datasetOf(basePath, samples.map(poison), heldOut));

		function poison(sample: Sample, index: number): Sample {
			return isPoisoned(index) ? { ...sample, tokens: sample.tokens.with(50, POISON) } : sample;
		}
	}

	/** Which steps take a poisoned row. */
	function poisonedSteps(isPoisoned: (index: number) => boolean, seed: number): readonly boolean[] {
		const { train: samples } = trainingData({ basePath: '', train: 14, lengths: [100] });
		const rows = new Plan(samples, { ...TRAINER_SETTINGS, rowsPerStep: 1, seed }).rowsOf(0);
		return rows.map(({ documents }) => documents.some(({ sample }) => isPoisoned(sample)));
	}

	it('skip their step, halve the rate and leave the rest of the run finite', async () => {
		const isPoisoned = (index: number) => index === 3 || index === 9;
		const expected = poisonedSteps(isPoisoned, 1);
		const order = await poisoned(isPoisoned);
		const { messages, result } = await trainToEnd(order);
		assert.equal(result.skipped, 2);
		const steps = said(messages, 'progress').map(({ progress }) => progress);
		assert.deepEqual(
			steps.map(({ loss }) => loss === undefined),
			expected,
		);
		let rate: number = order.settings.learningRate;
		for (const [index, { loss, learningRate, gradientNorm }] of steps.entries()) {
			const expectedRate = rate * rateFactor(index, steps.length, order.settings.warmupShare);
			assert.ok(Math.abs(learningRate / expectedRate - 1) < 1e-9, `step ${index + 1}`);
			assert.equal(gradientNorm === 0, loss === undefined);
			rate /= loss === undefined ? 2 : 1;
		}
		assert.equal(
			logged(messages).filter((text) =>
				/gave no finite loss; it is skipped, and the learning rate is halved/.test(text),
			).length,
			2,
		);
		assert.ok(result.after.loss < result.before.loss);
		const { matrices } = readAdapter(result.adapterPath);
		assert.ok(matrices.every(({ a, b }) => [...a, ...b].every(Number.isFinite)));
	});

	it('end the run when they come three times in a row, and the checkpoint before stays', async () => {
		const isPoisoned = (index: number) => index % 2 === 0;
		// A seed that puts three of them together, but not at once.
		const thirdOf = (seed: number) => {
			const steps = poisonedSteps(isPoisoned, seed);
			return steps.findIndex((_, index) => index >= 2 && steps.slice(index - 2, index + 1).every(Boolean));
		};
		const seed = Array.from({ length: 100 }, (_, index) => index + 1).find((one) => thirdOf(one) > 5);
		assert.ok(seed !== undefined);
		const order = await poisoned(isPoisoned, seed);
		const { error, messages } = await train(order, {
			onMessage: (message, { checkpoint }) => {
				if (message.type === 'progress' && message.progress.step === 2) {
					setImmediate(checkpoint);
				}
			},
		});
		assert.ok(error instanceof RunFailure, String(error));
		assert.equal(error.code, 'not-finite');
		assert.match(
			error.message,
			/^3 steps in a row gave no finite loss, .* lower learning rate; the last checkpoint is kept\.$/,
		);
		assert.equal(said(messages, 'progress').at(-1)?.progress.step, thirdOf(seed) + 1);
		assert.deepEqual(
			checkpointsIn(order.runFolder).map(({ step }) => step),
			[2],
		);
		assert.ok(!fs.existsSync(order.adapterFolder));
	});

	it('are remembered by a checkpoint: the halved rate goes on', async () => {
		const isPoisoned = (index: number) => index === 3 || index === 9;
		const first = poisonedSteps(isPoisoned, 1).indexOf(true) + 1;
		const order = await poisoned(isPoisoned);
		const whole = await trainToEnd(order);
		const stopped = await poisoned(isPoisoned);
		await train(stopped, {
			onMessage: (message, { checkpoint, cancel }) => {
				if (message.type === 'progress' && message.progress.step === first) {
					setImmediate(() => {
						checkpoint();
						cancel();
					});
				}
			},
		});
		const resumed = await trainToEnd(stopped, { resume: true });
		assert.equal(resumed.result.skipped, whole.result.skipped);
		assert.deepEqual(
			said(resumed.messages, 'progress').map(({ progress }) => progress.learningRate),
			said(whole.messages, 'progress')
				.map(({ progress }) => progress.learningRate)
				.slice(first),
		);
	});

	it('cannot be learned with the highest rates that the settings take', async () => {
		const wild = { learningRate: 1, clipNorm: 0, learningRateRatioB: 100, alpha: 4096 };
		const { result } = await trainToEnd(await orderOf(wild));
		const { matrices } = readAdapter(result.adapterPath);
		assert.ok(matrices.every(({ a, b }) => [...a, ...b].every(Number.isFinite)));
		assert.ok(Number.isFinite(result.after.loss));
	});
});

describe('adapter file', () => {
	const folder = temporaryFolder();
	const random = (length: number, seed: number) =>
		Float32Array.from({ length }, (_, index) => Math.sin(index * 12.9898 + seed));
	const matrixOf = (changes: Partial<AdapterMatrix> = {}): AdapterMatrix => ({
		name: 'blk.0.attn_q.weight',
		inputs: 64,
		outputs: 32,
		rank: 4,
		a: random(4 * 64, 1),
		b: random(32 * 4, 2),
		...changes,
	});
	const contentOf = (...matrices: readonly AdapterMatrix[]): AdapterContent => ({
		architecture: 'llama',
		alpha: 6.5,
		matrices,
		facts: {
			name: 'Größe ✓ of "x"',
			base: 'ab'.repeat(32),
			baseName: 'base',
			promptFormat: 3,
			dataset: 'cd'.repeat(32),
			run: {
				lossBefore: 2.5,
				lossAfter: 1.25,
				steps: 9,
				tokens: 1234,
				seconds: 5.5,
				created: '2026-01-01T00:00:00.000Z',
				repositories: ['one', 'two'],
			},
			settings: JSON.stringify(TRAINER_SETTINGS),
			versions: 'Familiar 1, ggml 2',
		},
	});

	it('holds what was given, to the bit, and is named by it', () => {
		const content = contentOf(matrixOf(), matrixOf({ name: 'blk.1.ffn_down.weight', b: random(32 * 4, 5) }));
		const file = writeAdapter(testGgml(), content, path.join(folder, 'new', 'folder'));
		assert.deepEqual(readAdapter(file), content);
		assert.match(path.basename(file), /^[0-9a-f]{16}\.gguf$/);
		assert.equal(writeAdapter(testGgml(), content, path.dirname(file)), file);
		const other = writeAdapter(testGgml(), { ...content, alpha: 7 }, path.dirname(file));
		assert.notEqual(other, file);
		assert.deepEqual(
			fs.readdirSync(path.dirname(file)).sort(),
			[path.basename(file), path.basename(other)].sort(),
		);
	});

	it('leaves out facts that are not known', () => {
		const facts = { ...contentOf().facts, base: undefined, run: undefined, promptFormat: undefined };
		const content = { ...contentOf(matrixOf()), facts };
		assert.deepEqual(readAdapter(writeAdapter(testGgml(), content, folder)).facts, facts);
	});

	for (const [where, value] of [
		['a', Number.NaN],
		['b', Number.POSITIVE_INFINITY],
	] as const) {
		it(`is refused with ${value} in ${where}, and nothing is left`, () => {
			const own = path.join(folder, where);
			const bad = matrixOf({ name: 'blk.1.ffn_up.weight', [where]: matrixOf()[where].with(17, value) });
			assert.throws(
				() => writeAdapter(testGgml(), contentOf(matrixOf(), bad), own),
				(error) =>
					error instanceof RunFailure &&
					error.code === 'not-finite' &&
					/^The adapter's blk\.1\.ffn_up\.weight holds a number that is not finite; it is not written\./.test(
						error.message,
					),
			);
			assert.ok(!fs.existsSync(own));
		});
	}
});
