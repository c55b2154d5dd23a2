/** Brings a model and its first context into memory, trying less of the GPU where it does not fit. */

import * as fs from 'node:fs';
import type { Llama, LlamaModel } from 'node-llama-cpp';
import { lookForCuda, whyNotFaster } from '../acceleration/notFaster';
import { findInPacks } from '../acceleration/packHook';
import { systemQueries } from '../acceleration/systemQueries';
import { messageOf } from '../failure';
import { freeMemory } from '../fit/freeMemory';
import { SEQUENCES } from '../fit/memory';
import { type ModelShape, shapeOf } from '../fit/shape';
import { readWholeHeader } from '../gguf/wholeHeader';
import type { LoadOptions, NotFaster } from '../model';
import { BatchThreads } from './batchThreads';
import { URGENT } from './claim';
import { type ContextPlan, mostTokens, planContext, trainedContextOf } from './contextPlan';
import { type ContextSlot, SlotMaker } from './contextSlot';
import type { LlamaShare } from './llamaShare';
import { adviseOnMemory, explainShrinking, isMemoryError } from './loadAdvice';
import { type Attempt, explainFallback, planAttempts } from './loadPlan';

export interface LoadedFile {
	readonly llama: Llama;
	readonly model: LlamaModel;
	readonly threads: BatchThreads;
	readonly maker: SlotMaker;
	/** Without adapters. */
	readonly slot: ContextSlot;
	readonly shape: ModelShape;
	/** What is not as it was asked for, and why. */
	readonly fallbackReason: string | undefined;
	readonly notFaster: NotFaster | undefined;
}

export class ModelLoader {
	constructor(
		private readonly share: LlamaShare,
		private readonly log: (line: string) => void,
	) {}

	/**
	 * @param onProgress gets fractions from 0 to 1.
	 * @throws whatever kept the last attempt from working; nothing is left in memory then.
	 */
	async load(
		options: LoadOptions,
		onProgress: (fraction: number) => void,
		signal: AbortSignal,
	): Promise<LoadedFile> {
		if (options.packsFolder !== undefined && fs.existsSync(options.packsFolder)) {
			findInPacks(options.packsFolder);
		}
		const header = readWholeHeader(options.path);
		const shape = shapeOf(header);
		const plan = planContext(options.contextSize, trainedContextOf(header));
		let { llama, reason } = await this.share.open(options.backend);
		const cuda =
			options.backend === 'auto' && llama.gpu !== 'cuda' ? lookForCuda(systemQueries, signal) : undefined;
		// Where loading fails before it is known how many were tried, all were.
		let layersBefore = shape.layers + 1;
		const attempts = planAttempts(options, llama.gpu !== false);
		for (const [index, attempt] of attempts.entries()) {
			let model: LlamaModel | undefined;
			try {
				if (attempt === 'cpu') {
					({ llama } = await this.share.open('cpu'));
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
				// Other models may be computing.
				const slot = await this.share.gate.step(
					URGENT,
					() => maker.make(plan.size, [], signal),
					new AbortController().signal,
				);
				const notFaster = whyNotFaster(
					{
						asked: options.backend,
						used: llama.gpu === false ? 'cpu' : llama.gpu,
						packsFolder: options.packsFolder,
						fallbackReason: reason,
					},
					await cuda,
				);
				const shrunk = explainShrinking({
					layers: {
						wanted:
							attempt === 'chosen' && llama.gpu !== false && options.gpuLayers < 0 ? shape.layers + 1 : 0,
						given: model.gpuLayers,
					},
					context: {
						wanted: typeof plan.size === 'number' ? 0 : plan.size.max,
						given: slot.contextSize,
					},
				});
				const fallbackReason = joined(reason, plan.reason, shrunk);
				return { llama, model, threads, maker, slot, shape, fallbackReason, notFaster };
			} catch (error) {
				await model?.dispose();
				if (signal.aborted || index === attempts.length - 1) {
					const advice =
						signal.aborted || !isMemoryError(error)
							? undefined
							: adviseOnMemory(
									shape,
									options,
									mostTokens(plan),
									await freeBytes(llama).catch(() => undefined),
								);
					throw advice === undefined ? error : new Error(`${messageOf(error)}. ${advice}`, { cause: error });
				}
				reason = explainFallback(attempts[index + 1] ?? 'cpu', messageOf(error));
				this.log(reason);
			}
		}
		throw new Error('No way of loading was left.');
	}
}

async function freeBytes(llama: Llama): Promise<{ readonly host: number; readonly gpu: number }> {
	return { host: freeMemory(), gpu: llama.gpu === false ? 0 : (await llama.getVramState()).free };
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
