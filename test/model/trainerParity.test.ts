/** The trainer computes what llama.cpp computes, for every architecture, with and without an adapter, in F32 and Q8_0. */
import * as assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { TRAINED_SHAPES } from '../support/architectureShapes';
import { LlamaLogits } from '../support/llamaLogits';
import {
	type RandomModelOptions,
	seededRandom,
	writeRandomAdapter,
	writeRandomModel,
} from '../support/randomModel';
import { headSizeOf } from '../support/randomTensors';
import { logProbability, readReferenceAdapter } from '../support/referenceModel';
import { randomBatch, rig } from '../support/training';

const never = new AbortController().signal;
const LENGTH = 48;
/** Tokens asked about at each position. */
const TARGETS = 24;

type LogProbabilities = readonly ArrayLike<number>[];

/** Root mean square of the difference over the deviation of the expected. */
function distance(found: LogProbabilities, expected: LogProbabilities): number {
	const all = expected.flatMap((row) => Array.from(row));
	const mean = all.reduce((sum, value) => sum + value, 0) / all.length;
	let difference = 0;
	let square = 0;
	for (const [index, row] of expected.entries()) {
		for (const [at, value] of Array.from(row).entries()) {
			difference += ((found[index]?.[at] ?? Number.NaN) - value) ** 2;
			square += (value - mean) ** 2;
		}
	}
	return Math.sqrt(difference / square);
}

describe('log probabilities of the trainer', function () {
	this.timeout(60_000);
	const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'familiar-parity-'));
	const file = path.join(folder, 'model.gguf');
	const adapterFile = path.join(folder, 'adapter.gguf');
	const batch = { ...randomBatch(LENGTH, 300), weights: new Float32Array(LENGTH).fill(1) };
	const random = seededRandom(7);
	/** For each question, a token at each position. */
	const questions = Array.from({ length: TARGETS }, () =>
		Int32Array.from({ length: LENGTH }, () => Math.floor(random() * 320)),
	);
	let llama: LlamaLogits;
	before(async () => {
		llama = await LlamaLogits.open();
	});
	after(async () => {
		await llama.dispose();
		fs.rmSync(folder, { recursive: true, force: true });
	});

	async function ofLlama(adapter?: {
		readonly path: string;
		readonly scale: number;
	}): Promise<LogProbabilities> {
		const logits = await llama.logits(file, [...batch.tokens], adapter);
		return questions.map((targets) =>
			logits.map((row, position) => logProbability(row, targets[position] ?? 0)),
		);
	}

	async function ofTrainer(withAdapter: boolean): Promise<LogProbabilities> {
		const adapter = readReferenceAdapter(adapterFile);
		const parts = rig(file, batch, { settings: { rank: 4, alpha: adapter.alpha }, noise: 0 });
		try {
			if (withAdapter) {
				parts.lora?.load(
					adapter.matrices.map(({ name, rank, a, b }) => ({
						name,
						rank,
						inputs: a.length / rank,
						outputs: b.length / rank,
						a: Float32Array.from(a),
						b: Float32Array.from(b),
					})),
				);
			}
			const step = parts.graph({}, false);
			const rows: Float32Array[] = [];
			for (const targets of questions) {
				await step.run({ ...batch, targets }, LENGTH, never);
				rows.push(step.logProbabilities());
			}
			return rows;
		} finally {
			parts.dispose();
		}
	}

	for (const [name, shape] of Object.entries(TRAINED_SHAPES)) {
		for (const type of ['F32', 'Q8_0'] as const) {
			it(`${name} in ${type}: are those of llama.cpp, with and without an adapter`, async () => {
				const written = type === 'F32' ? shape : withoutShortRows(shape);
				writeRandomModel(file, { ...written, type });
				writeRandomAdapter(adapterFile, { ...written, rank: 4, alpha: 6 });
				const limit = limitOf(shape, type);
				const plain = await ofLlama();
				const found = distance(await ofTrainer(false), plain);
				assert.ok(found < limit, `without an adapter ${found}`);
				const adapted = await ofLlama({ path: adapterFile, scale: 1 });
				const foundAdapted = distance(await ofTrainer(true), adapted);
				assert.ok(foundAdapted < limit, `with an adapter ${foundAdapted}`);
				assert.ok(distance(plain, adapted) > 0.5);
			});
		}
	}
});

/** Rows of one block are what llama.cpp's AMX kernels compute wrongly. */
function withoutShortRows(shape: RandomModelOptions): RandomModelOptions {
	return headSizeOf(shape) * shape.heads < 64 ? { ...shape, headSize: 64 / shape.heads } : shape;
}

/** What the order of sums, ggml's table of GELUs and, in Q8_0, activations of 8 bits come to. */
function limitOf({ architecture, layers }: RandomModelOptions, type: 'F32' | 'Q8_0'): number {
	if (type === 'Q8_0') {
		return 2e-2;
	}
	return /gemma|starcoder/.test(architecture) ? (layers > 2 ? 2e-3 : 2e-4) : 1e-5;
}
