/** A llama.cpp context with its two sequences: one for completion, one for chat. */

import type { LlamaContext, LlamaModel } from 'node-llama-cpp';
import { BATCH, SEQUENCES } from '../fit/memory';
import type { Adapter } from '../model';
import { isPrefill, prioritize } from './batching';
import type { BatchThreads } from './batchThreads';
import type { Slot } from './contextPlace';
import { type ContextPlan, mostTokens } from './contextPlan';
import { countCores } from './cores';
import { headsOf, wantsFlashAttention } from './modelFacts';
import { SequenceLane } from './sequenceLane';

export class ContextSlot implements Slot {
	readonly contextSize: number;
	readonly completion: SequenceLane;
	readonly chat: SequenceLane;

	constructor(
		private readonly context: LlamaContext,
		threads: BatchThreads,
		readonly adapters: readonly Adapter[],
	) {
		this.contextSize = context.contextSize;
		this.completion = new SequenceLane(context.getSequence(), threads);
		this.chat = new SequenceLane(context.getSequence(), threads);
	}

	dispose(): Promise<void> {
		this.completion.dispose();
		this.chat.dispose();
		return this.context.dispose();
	}
}

/** Makes the contexts of one model. */
export class SlotMaker {
	constructor(
		private readonly model: LlamaModel,
		private readonly threads: BatchThreads,
	) {}

	/** @throws AbortError when the signal fires, and the library's error when there is no memory or an adapter is bad. */
	async make(
		contextSize: ContextPlan['size'],
		adapters: readonly Adapter[],
		signal: AbortSignal,
	): Promise<ContextSlot> {
		const { llama, gpuLayers } = this.model;
		const heads = headsOf(this.model);
		const isFlash = wantsFlashAttention({ gpuLayers, heads }, mostTokens({ size: contextSize }), BATCH);
		// Contexts take their share of the threads at creation; each batch is given fewer where fewer are faster.
		llama.maxThreads = countCores();
		const context = await this.model.createContext({
			sequences: SEQUENCES,
			batchSize: BATCH,
			contextSize,
			threads: { ideal: llama.maxThreads, min: 1 },
			swaFullCache: true,
			flashAttention: isFlash ? 'auto' : false,
			batching: {
				itemPrioritizationStrategy: ({ items, size }) => {
					const shares = prioritize(items, size);
					llama.maxThreads = this.threads.next(isPrefill(shares) ? 'prefill' : 'decode');
					return shares;
				},
			},
			createSignal: signal,
			lora: { adapters: adapters.map(({ path, scale }) => ({ filePath: path, scale })) },
		});
		return new ContextSlot(context, this.threads, adapters);
	}
}
