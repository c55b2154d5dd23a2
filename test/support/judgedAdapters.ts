/** Adapters of the starter that have learned places, and what the judge says of them. */
import * as assert from 'node:assert/strict';
import * as path from 'node:path';
import type { Sample } from '../../src/finetune/dataset/sample';
import { CheckWorker } from '../../src/finetune/judge/checkWorker';
import { readGeneralCode } from '../../src/finetune/judge/generalCode';
import { type JudgeOptions, judge } from '../../src/finetune/judge/judge';
import type { JudgedSpan, Judgement } from '../../src/finetune/judge/judgement';
import { BASE, type Loss } from '../../src/finetune/judge/losses';
import { Sides } from '../../src/finetune/judge/sides';
import type { TrainingSettings } from '../../src/finetune/settings';
import type { LlamaEngine } from '../../src/inference/engine/llama';
import { loadEngine, never, starter } from './engines';
import { root } from './root';
import { orderOf, trainToEnd } from './trainerRun';
import { datasetOf } from './trainingData';

const dist = path.join(root, 'dist');

export class JudgedAdapters {
	private readonly checker = new CheckWorker(path.join(dist, 'judgeWorker.js'), dist);

	private constructor(
		private readonly engine: LlamaEngine,
		private readonly general: readonly JudgedSpan[],
	) {}

	static async open(): Promise<JudgedAdapters> {
		const { engine } = await loadEngine(starter);
		return new JudgedAdapters(engine, await readGeneralCode(path.join(dist, 'general.txt')));
	}

	async dispose(): Promise<void> {
		await this.checker.dispose();
		await this.engine.dispose();
	}

	/** Absolute path of an adapter that has learned what stands at these places. */
	async train(places: readonly JudgedSpan[], settings: Partial<TrainingSettings> = {}): Promise<string> {
		const encoded = await this.engine.encode({ fills: places, plains: [] }, never);
		assert.ok(encoded.type === 'encoded');
		const samples = encoded.fills.map(
			({ tokens, middleStart }, file): Sample => ({
				tokens: Int32Array.from(tokens),
				weights: Float32Array.from(tokens, (_, at) => (at < middleStart ? 0 : 1)),
				file,
			}),
		);
		const quick = { learningRate: 2e-3, sequenceLength: 256, threads: 2, ...settings };
		const order = await orderOf(quick, starter, datasetOf(starter, samples, samples.slice(0, 4)));
		return (await trainToEnd(order)).result.adapterPath;
	}

	judge(
		adapterPath: string,
		validation: readonly JudgedSpan[],
		test: readonly JudgedSpan[],
		options: Partial<JudgeOptions> = {},
	): Promise<Judgement> {
		const { engine: model, general, checker } = this;
		return judge(
			{
				...{ model, adapterPath, general, checker },
				spans: { validation, test, train: [] },
				budget: Number.POSITIVE_INFINITY,
				onProgress: () => undefined,
				translate: (text, ...values) =>
					text.replace(/\{(\d+)\}/g, (_, index) => String(values[Number(index)])),
				...options,
			},
			never,
		);
	}

	/** Of the middles, with an adapter, or of the base model. */
	async losses(places: readonly JudgedSpan[], adapterPath: string, strength = 1): Promise<readonly Loss[]> {
		const found = await new Sides(this.engine, adapterPath).losses(strength, places, never);
		return found.filter((loss) => loss !== undefined);
	}

	baseLosses(places: readonly JudgedSpan[], adapterPath: string): Promise<readonly Loss[]> {
		return this.losses(places, adapterPath, BASE);
	}
}
