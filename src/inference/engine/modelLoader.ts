/** Brings a model and its first context into memory, trying less of the GPU where it does not fit. */

import type { Llama, LlamaModel } from 'node-llama-cpp';
import { messageOf } from '../failure';
import { readGgufFile } from '../gguf/gguf';
import type { LoadOptions } from '../model';
import { BackendChoice } from './backendChoice';
import { BatchThreads } from './batchThreads';
import { type ContextPlan, mostTokens, planContext, SEQUENCES, trainedContextOf } from './contextPlan';
import { type ContextSlot, SlotMaker } from './contextSlot';
import type { LlamaLibrary } from './llamaLibrary';
import { type Attempt, explainFallback, planAttempts } from './loadPlan';

export interface LoadedFile {
	readonly llama: Llama;
	readonly model: LlamaModel;
	readonly threads: BatchThreads;
	readonly maker: SlotMaker;
	/** Without adapters. */
	readonly slot: ContextSlot;
	/** What is not as it was asked for, and why. */
	readonly fallbackReason: string | undefined;
}

export class ModelLoader {
	readonly #backends: BackendChoice<Llama>;

	constructor(
		library: LlamaLibrary,
		private readonly log: (line: string) => void,
	) {
		this.#backends = new BackendChoice(library, log);
	}

	/**
	 * @param onProgress gets fractions from 0 to 1.
	 * @throws whatever kept the last attempt from working; nothing is left in memory then.
	 */
	async load(
		options: LoadOptions,
		onProgress: (fraction: number) => void,
		signal: AbortSignal,
	): Promise<LoadedFile> {
		const plan = planContext(options.contextSize, trainedContextOf(readGgufFile(options.path)));
		let { llama, reason } = await this.#backends.open(options.backend);
		let layersBefore = 0;
		const attempts = planAttempts(options, llama.gpu !== false);
		for (const [index, attempt] of attempts.entries()) {
			let model: LlamaModel | undefined;
			try {
				if (attempt === 'cpu') {
					await llama.dispose();
					llama = await this.#backends.openCpu();
				}
				model = await llama.loadModel({
					modelPath: options.path,
					gpuLayers: gpuLayersFor(attempt, options, plan, layersBefore),
					defaultContextSwaFullCache: true,
					onLoadProgress: onProgress,
					loadSignal: signal,
				});
				layersBefore = model.gpuLayers;
				const threads = new BatchThreads();
				const maker = new SlotMaker(model, threads);
				const slot = await maker.make(plan.size, [], signal);
				return { llama, model, threads, maker, slot, fallbackReason: joined(reason, plan.reason) };
			} catch (error) {
				await model?.dispose();
				if (signal.aborted || index === attempts.length - 1) {
					await llama.dispose();
					throw error;
				}
				reason = explainFallback(attempts[index + 1] ?? 'cpu', messageOf(error));
				this.log(reason);
			}
		}
		throw new Error('No way of loading was left.');
	}
}

function gpuLayersFor(attempt: Attempt, { gpuLayers }: LoadOptions, plan: ContextPlan, layersBefore: number) {
	if (attempt === 'cpu') {
		return 0;
	}
	if (gpuLayers >= 0) {
		return gpuLayers;
	}
	const fitContext = { contextSize: SEQUENCES * mostTokens(plan) };
	return attempt === 'chosen' ? { fitContext } : { max: Math.floor(layersBefore / 2), fitContext };
}

function joined(...reasons: readonly (string | undefined)[]): string | undefined {
	const known = reasons.filter((reason) => reason !== undefined);
	return known.length === 0 ? undefined : known.join(' ');
}
