/** The two sides of bench:latency: our engine with the client and its host, and llama.vscode's way over llama-server. */
import { systemClock } from '../../src/completion/clock';
import type { Cursor } from '../../src/completion/cursor';
import { CompletionEngine } from '../../src/completion/engine';
import { TraceWriter } from '../../src/completion/trace';
import type { Log, Model } from '../../src/inference/model';
import { readSettings } from '../../src/manifest';
import type { Answer, Side } from './latencyReplay';
import type { LlamaServer } from './llamaServer';
import { LlamaVscode, type PeerOptions } from './llamaVscode';
import { MeasuredModel } from './measuredModel';

export interface OursOptions {
	/** Tokens of an answer at most. */
	readonly maxTokens: number;
	/** Tokens a second that the model says it reads. Default: what was measured. */
	readonly prefillSpeed?: number;
}

/** All of the path from the document to the item; the pause before the question is the replay's. */
export class Ours implements Side {
	private readonly model: MeasuredModel;
	private readonly engine: CompletionEngine;

	constructor(model: Model, options: OursOptions, log: Log) {
		this.model = new MeasuredModel(model, options.prefillSpeed);
		this.engine = new CompletionEngine({
			model: this.model,
			log,
			settings: { ...readSettings(() => undefined).completion, debounce: 0, maxTokens: options.maxTokens },
		});
	}

	arrive(cursor: Cursor): void {
		this.engine.visit(() => cursor);
	}

	async answer(cursor: Cursor, signal: AbortSignal): Promise<Answer> {
		this.model.forget();
		const start = performance.now();
		const outcome = await this.engine.complete(cursor, 'automatic', new TraceWriter(systemClock), signal);
		const item = performance.now() - start;
		const fill = this.model.fillAt(cursor.before);
		const isInstant = outcome.type === 'text' && (outcome.source === 'ahead' || outcome.source === 'cache');
		const firstToken = fill?.firstToken;
		const wasAsked = !isInstant && firstToken !== undefined && fill !== undefined;
		return {
			from: isInstant ? 'instant' : wasAsked ? 'model' : 'nothing',
			reason: outcome.type === 'text' ? outcome.source : outcome.reason,
			firstToken: wasAsked ? firstToken - start : undefined,
			item,
			promptTokens: wasAsked ? fill.promptTokens : undefined,
			evaluatedTokens:
				wasAsked && fill.promptTokens !== undefined && fill.reusedTokens !== undefined
					? fill.promptTokens - fill.reusedTokens
					: undefined,
		};
	}

	/** What it does in the quiet between two keys is its own affair. */
	async idle(): Promise<void> {}

	dispose(): void {
		this.engine.dispose();
	}
}

export class Theirs implements Side {
	private readonly client: LlamaVscode;

	constructor(server: LlamaServer, options: PeerOptions) {
		this.client = new LlamaVscode(server, options);
	}

	/** It notices that only when somebody types. */
	arrive(): void {}

	async answer(cursor: Cursor, signal: AbortSignal): Promise<Answer> {
		const start = performance.now();
		const { text, source, infilled } = await this.client.complete(cursor, signal);
		return {
			from: infilled !== undefined ? 'model' : text !== undefined ? 'instant' : 'nothing',
			reason: text === undefined ? source : undefined,
			firstToken: infilled?.firstToken,
			item: performance.now() - start,
			promptTokens: infilled?.promptTokens,
			evaluatedTokens: infilled === undefined ? undefined : infilled.promptTokens - infilled.reusedTokens,
		};
	}

	idle(): Promise<void> {
		return this.client.idle();
	}
}
