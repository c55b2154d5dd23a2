/** A model that remembers when each fill began to answer. */
import type {
	Adapter,
	ChatRequest,
	EncodeChatsRequest,
	EncodeRequest,
	FillRequest,
	GenerationEvent,
	Model,
	ModelState,
	ScoreChatsRequest,
	ScoreFillsRequest,
	ScoreRequest,
	Subscription,
} from '../../src/inference/model';

/** One fill, filled in while it runs. */
export interface Fill {
	readonly request: FillRequest;
	/** By `performance.now()`. */
	readonly started: number;
	/** When the first token was there, be it the end. */
	firstToken?: number;
	/** Of the prompt, once the model told. */
	promptTokens?: number;
	reusedTokens?: number;
}

export class MeasuredModel implements Model {
	private fills: Fill[] = [];

	/** @param prefillSpeed tokens a second that the model says it reads, from which the size of prompts follows. */
	constructor(
		private readonly inner: Model,
		private readonly prefillSpeed?: number,
	) {}

	get state(): ModelState {
		const { state } = this.inner;
		return state.type !== 'ready' || this.prefillSpeed === undefined
			? state
			: { type: 'ready', model: { ...state.model, prefillTokensPerSecond: this.prefillSpeed } };
	}

	/** Forgets the fills of before. */
	forget(): void {
		this.fills = [];
	}

	/** The last fill whose prompt ends with the line that ends there. */
	fillAt(before: string): Fill | undefined {
		return this.fills.findLast(({ request }) => before.endsWith(request.prefix + request.typed));
	}

	async *fill(request: FillRequest, signal: AbortSignal): AsyncGenerator<GenerationEvent, void> {
		const fill: Fill = { request, started: performance.now() };
		this.fills.push(fill);
		for await (const event of this.inner.fill(request, signal)) {
			if (event.type === 'text' || event.type === 'end') {
				fill.firstToken ??= performance.now();
			}
			const told = event.type === 'prefilled' ? event : event.type === 'end' ? event.statistics : undefined;
			if (told !== undefined) {
				fill.promptTokens = told.promptTokens;
				fill.reusedTokens = told.reusedTokens;
			}
			yield event;
		}
	}

	chat(request: ChatRequest, signal: AbortSignal): AsyncIterable<GenerationEvent> {
		return this.inner.chat(request, signal);
	}

	prefill(request: FillRequest, signal: AbortSignal): ReturnType<Model['prefill']> {
		return this.inner.prefill(request, signal);
	}

	tokenize(text: string, signal: AbortSignal): ReturnType<Model['tokenize']> {
		return this.inner.tokenize(text, signal);
	}

	score(request: ScoreRequest, signal: AbortSignal): ReturnType<Model['score']> {
		return this.inner.score(request, signal);
	}

	embed(text: string, signal: AbortSignal): ReturnType<Model['embed']> {
		return this.inner.embed(text, signal);
	}

	useAdapters(adapters: readonly Adapter[], signal: AbortSignal): ReturnType<Model['useAdapters']> {
		return this.inner.useAdapters(adapters, signal);
	}

	inspectAdapter(path: string, signal: AbortSignal): ReturnType<Model['inspectAdapter']> {
		return this.inner.inspectAdapter(path, signal);
	}

	scoreFills(request: ScoreFillsRequest, signal: AbortSignal): ReturnType<Model['scoreFills']> {
		return this.inner.scoreFills(request, signal);
	}

	encode(request: EncodeRequest, signal: AbortSignal): ReturnType<Model['encode']> {
		return this.inner.encode(request, signal);
	}

	useChatAdapters(adapters: readonly Adapter[], signal: AbortSignal): ReturnType<Model['useChatAdapters']> {
		return this.inner.useChatAdapters(adapters, signal);
	}

	encodeChats(request: EncodeChatsRequest, signal: AbortSignal): ReturnType<Model['encodeChats']> {
		return this.inner.encodeChats(request, signal);
	}

	scoreChats(request: ScoreChatsRequest, signal: AbortSignal): ReturnType<Model['scoreChats']> {
		return this.inner.scoreChats(request, signal);
	}

	onDidChangeState(listener: (state: ModelState) => void): Subscription {
		return this.inner.onDidChangeState(listener);
	}

	dispose(): Promise<void> {
		return this.inner.dispose();
	}
}
