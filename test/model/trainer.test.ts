/** A whole run in the real trainer process, and its adapter in the real engine. */
import * as assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import * as path from 'node:path';
import type { Sample } from '../../src/finetune/dataset/sample';
import type { Evaluation, Finished, FromTrainer, RunOrder } from '../../src/finetune/job/messages';
import { readAdapter } from '../../src/finetune/peft/readAdapter';
import type { LlamaEngine } from '../../src/inference/engine/llama';
import { fingerprint } from '../../src/inference/gguf/fingerprint';
import type { InspectedAdapter } from '../../src/inference/model';
import { loadEngine, never, randomModelFile } from '../support/engines';
import { type ChildOutcome, startTrainer, trainInChild } from '../support/trainerChild';
import { orderOf, said, TRAINER_MODEL } from '../support/trainerRun';
import { datasetOf } from '../support/trainingData';

/** What the engine scores: a text behind its context. */
interface Snippet {
	readonly file: number;
	readonly context: string;
	readonly text: string;
}

function snippets(count: number, firstFile: number): readonly Snippet[] {
	return Array.from({ length: count }, (_, index) => ({
		file: firstFile + (index % 2),
		context: `function sum${index}(first, second) {\n`,
		text: `\treturn first + second; // ${'ab'.repeat(index % 3)}\n}\n`,
	}));
}

describe('trainer process', function () {
	this.timeout(60_000);
	const basePath = randomModelFile(TRAINER_MODEL);
	const heldOut = snippets(6, 2);
	let engine: LlamaEngine;
	let order: RunOrder;
	let outcome: ChildOutcome;
	let result: Finished;

	async function sampleOf({ file, context, text }: Snippet): Promise<Sample> {
		const [before, after] = [await engine.tokenize(context, never), await engine.tokenize(text, never)];
		assert.ok(before.type === 'tokens' && after.type === 'tokens');
		const weights = [...before.tokens.map(() => 0), ...after.tokens.map(() => 1)];
		return {
			tokens: Int32Array.from([...before.tokens, ...after.tokens]),
			weights: Float32Array.from(weights),
			file,
		};
	}

	/** The held-out loss as the engine computes it, with the adapters in use. */
	async function engineLoss(): Promise<{ readonly loss: number; readonly tokens: number }> {
		const scores: number[] = [];
		for (const { context, text } of heldOut) {
			const scored = await engine.score({ context, text, priority: 'background' }, never);
			assert.ok(scored.type === 'scores');
			scores.push(...scored.logProbabilities);
		}
		return { loss: -scores.reduce((sum, score) => sum + score, 0) / scores.length, tokens: scores.length };
	}

	async function inspected(): Promise<InspectedAdapter> {
		const found = await engine.inspectAdapter(result.adapterPath, never);
		assert.ok(found.type === 'facts', JSON.stringify(found));
		return found;
	}

	before(async () => {
		({ engine } = await loadEngine(basePath));
		const train = await Promise.all(snippets(24, 0).map(sampleOf));
		const data = datasetOf(basePath, train, await Promise.all(heldOut.map(sampleOf)));
		order = await orderOf({ evaluateEvery: 4, epochs: 2 }, basePath, data);
		outcome = await trainInChild(order, false, (message, trainer) => {
			if (message.type === 'progress' && message.progress.step === 5) {
				trainer.send({ type: 'pause', reason: 'user' });
			} else if (message.type === 'paused') {
				trainer.send({ type: 'resume' });
			}
		});
		const [finished] = said(outcome.messages, 'finished');
		assert.ok(finished !== undefined, JSON.stringify(outcome));
		({ result } = finished);
	});
	after(() => engine.dispose());

	/** Index of the first message that is as asked. */
	const first = (isSo: (message: FromTrainer) => boolean) => {
		const index = outcome.messages.findIndex(isSo);
		assert.ok(index >= 0);
		return index;
	};

	it('tells of everything in its order, and ends by itself', () => {
		const phase = (name: string) => first((one) => one.type === 'phase' && one.phase === name);
		const places = [
			phase('checking'),
			first(({ type }) => type === 'estimate'),
			phase('fingerprint'),
			phase('loading'),
			phase('evaluating'),
			first((one) => one.type === 'evaluation' && one.evaluation.step === 0),
			phase('timing'),
			first((one) => one.type === 'estimate' && one.estimate.stepMilliseconds !== undefined),
			phase('training'),
			first(({ type }) => type === 'progress'),
			first(({ type }) => type === 'checkpoint'),
			first(({ type }) => type === 'paused'),
			first(({ type }) => type === 'running'),
			phase('saving'),
			first(({ type }) => type === 'finished'),
		];
		assert.deepEqual(
			places,
			[...places].sort((one, other) => one - other),
		);
		assert.equal(outcome.last?.type, 'finished');
		assert.deepEqual([outcome.end.cause, outcome.end.lastWords], ['ended with code 0', undefined]);
		assert.deepEqual(
			outcome.lines.filter((line) => !line.startsWith('trace')),
			[],
		);
	});

	it('says how long it takes, and takes so many steps and tokens', () => {
		const [, timed] = said(outcome.messages, 'estimate');
		assert.ok(timed !== undefined);
		const { estimate } = timed;
		assert.equal(estimate.steps, result.steps);
		assert.ok(Math.abs(estimate.tokens / result.tokens - 1) < 0.1, `${estimate.tokens} ${result.tokens}`);
		assert.ok((estimate.stepMilliseconds ?? 0) > 0);
		const steps = said(outcome.messages, 'progress').map(({ progress }) => progress);
		assert.deepEqual(
			steps.map(({ step }) => step),
			Array.from({ length: result.steps }, (_, index) => index + 1),
		);
		assert.ok(
			// After the last one there is a look at the held-out loss.
			steps.every((step) => step.tokensPerSecond > 0 && step.learningRate > 0 && step.secondsLeft > 0),
		);
		assert.equal(steps.at(-1)?.tokens, result.tokens);
		assert.equal(estimate.total, estimate.weights + estimate.optimiser + estimate.activations);
	});

	it('lowers the held-out loss, overall and of each file', () => {
		const looks = said(outcome.messages, 'evaluation').map(({ evaluation }) => evaluation);
		assert.deepEqual([looks.at(0), looks.at(-1)], [result.before, result.after]);
		assert.deepEqual(
			looks.map(({ step }) => step),
			[0, ...Array.from({ length: looks.length - 2 }, (_, index) => (index + 1) * 4), result.steps],
		);
		assert.ok(result.after.loss < result.before.loss - 1, `${result.before.loss} ${result.after.loss}`);
		for (const file of ['2', '3']) {
			assert.ok(meanOf(result.after, file) < meanOf(result.before, file));
		}
		const sums = Object.values(result.after.byFile);
		const total = (index: 0 | 1) => sums.reduce((sum, entry) => sum + entry[index], 0);
		assert.ok(Math.abs(total(0) / total(1) - result.after.loss) < 1e-9);
		assert.equal(total(1), result.after.tokens);
	});

	function meanOf({ byFile }: Evaluation, file: string): number {
		const [sum = Number.NaN, weight = Number.NaN] = byFile[file] ?? [];
		return sum / weight;
	}

	it('says the losses that the engine has without and with the adapter', async () => {
		const near = (one: { loss: number; tokens: number }, other: Evaluation) => {
			assert.equal(one.tokens, other.tokens);
			// The engine keeps keys and values in half precision.
			assert.ok(Math.abs(one.loss - other.loss) < 2e-3, `${one.loss} ${other.loss}`);
		};
		near(await engineLoss(), result.before);
		const adapters = [{ path: result.adapterPath, scale: 1 }];
		assert.deepEqual(await engine.useAdapters(adapters, never), { type: 'adapters', adapters });
		near(await engineLoss(), result.after);
		await engine.useAdapters([], never);
	});

	it('writes an adapter that says what it is, named by its content', async () => {
		const { facts, problem } = await inspected();
		assert.equal(problem, undefined);
		const { created, ...run } = facts.run ?? { created: '' };
		assert.ok(Date.now() - Date.parse(created) < 120_000);
		assert.deepEqual(
			{ ...facts, run },
			{
				name: order.name,
				base: await fingerprint(basePath, order.cacheFolder, never),
				baseName: 'random qwen2 2x128',
				promptFormat: 1,
				dataset: createHash('sha256').update(fs.readFileSync(order.datasetPath)).digest('hex'),
				run: {
					lossBefore: result.before.loss,
					lossAfter: result.after.loss,
					steps: result.steps,
					tokens: result.tokens,
					seconds: result.seconds,
					repositories: ['code'],
				},
				settings: JSON.stringify(order.settings),
				versions: facts.versions,
			},
		);
		assert.match(facts.versions ?? '', /^Familiar \d+\.\d+\.\d+, ggml \d+\.\d+\.\d+$/);
		const hash = createHash('sha256').update(fs.readFileSync(result.adapterPath)).digest('hex');
		assert.equal(result.adapterPath, path.join(order.adapterFolder, `${hash.slice(0, 16)}.gguf`));
		assert.deepEqual(fs.readdirSync(order.adapterFolder), [path.basename(result.adapterPath)]);
		const { matrices, alpha } = readAdapter(result.adapterPath);
		assert.deepEqual([matrices.length, alpha], [2 * 7, order.settings.alpha]);
	});

	it('writes one that another base refuses, with the reason', async () => {
		const other = await loadEngine(randomModelFile({ ...TRAINER_MODEL, seed: 9 }));
		try {
			const found = await other.engine.inspectAdapter(result.adapterPath, never);
			assert.ok(found.type === 'facts');
			assert.match(found.problem ?? '', /it was trained on "random qwen2 2x128" with the weights/);
			const used = await other.engine.useAdapters([{ path: result.adapterPath, scale: 1 }], never);
			assert.ok(used.type === 'unsupported');
			assert.equal(used.reason, found.problem);
		} finally {
			await other.engine.dispose();
		}
	});

	it('exports the adapter for PEFT and imports it again, to the bit', async () => {
		const toFolder = path.join(order.runFolder, 'peft');
		const exporter = startTrainer();
		exporter.trainer.send({ type: 'export', adapterPath: result.adapterPath, basePath, toFolder });
		assert.deepEqual((await exporter.outcome).last, { type: 'exported', folder: toFolder });
		const importer = startTrainer();
		const adapterFolder = path.join(order.runFolder, 'imported');
		const { cacheFolder } = order;
		importer.trainer.send({
			type: 'import',
			from: toFolder,
			basePath,
			adapterFolder,
			cacheFolder,
			name: 'back',
		});
		const { last, end } = await importer.outcome;
		assert.ok(last?.type === 'imported', JSON.stringify(last));
		assert.equal(end.cause, 'ended with code 0');
		const [back, original] = [readAdapter(last.adapterPath), readAdapter(result.adapterPath)];
		assert.deepEqual([...back.matrices].sort(byName), [...original.matrices].sort(byName));
		assert.deepEqual([back.alpha, back.architecture], [original.alpha, original.architecture]);
		assert.deepEqual(back.facts, { ...original.facts, name: 'back' });
	});

	function byName(one: { readonly name: string }, other: { readonly name: string }): number {
		return one.name < other.name ? -1 : 1;
	}

	it('says why an import and an export cannot be', async () => {
		const { adapterFolder, cacheFolder, runFolder } = order;
		const importer = startTrainer();
		importer.trainer.send({
			type: 'import',
			from: runFolder,
			basePath,
			adapterFolder,
			cacheFolder,
			name: 'x',
		});
		const { last } = await importer.outcome;
		assert.ok(last?.type === 'failed' && last.code === 'adapter' && !last.resumable, JSON.stringify(last));
		assert.match(last.message, /has no adapter_model\.safetensors: choose the folder that/);
		const exporter = startTrainer();
		exporter.trainer.send({
			type: 'export',
			adapterPath: basePath,
			basePath,
			toFolder: path.join(runFolder, 'no'),
		});
		const refused = (await exporter.outcome).last;
		assert.ok(refused?.type === 'failed' && refused.code === 'adapter', JSON.stringify(refused));
		assert.match(refused.message, /is no LoRA adapter/);
	});
});
