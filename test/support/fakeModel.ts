/** A scripted model: says what a test tells it to, and remembers what it was asked. */

import { abortError } from '../../src/inference/cancel';
import type {
	Adapter,
	AdapterInUse,
	ChatRequest,
	Embedding,
	EndReason,
	FillRequest,
	GenerationEvent,
	Model,
	ModelDescription,
	ModelState,
	ScoreRequest,
	Scores,
	Subscription,
	Tokens,
	Unsupported,
} from '../../src/inference/model';

/** What one generation does next. A promise is waited for; an Error is thrown; a string is a piece of text. */
export type Step = string | Error | Promise<unknown> | GenerationEvent;

/** The steps for a request; `endReason` closes it when no step did. */
export interface Script {
	readonly steps: Iterable<Step>;
	/** Default `end-of-text`. */
	readonly endReason?: EndReason;
	/** A real engine may also end a cancelled stream without an error. Default false: it throws. */
	readonly endsSilently?: boolean;
	/** Settles after an abort only when this does; default at once. */
	readonly holdsOn?: Promise<unknown>;
}

/** One generation as the test sees it. */
export interface Observed<Request> {
	readonly request: Request;
	readonly signal: AbortSignal;
	/** Pieces handed out. */
	given: string[];
	wasAborted: boolean;
	isOver: boolean;
}

export const fakeDescription: ModelDescription = {
	path: '/models/fake.gguf',
	name: 'fake',
	architecture: 'llama',
	parameters: 1_000_000,
	quantisation: 'Q8_0',
	fileBytes: 1_000_000,
	trainedContext: 8_192,
	contextSize: 8_192,
	fill: { type: 'fill', family: 'qwen', source: 'metadata', repositoryLevel: true },
	chat: { type: 'chat', wrapper: 'chatml' },
	backend: 'cpu',
	devices: [],
	gpuLayers: 0,
	totalLayers: 4,
	fallbackReason: undefined,
	memory: { host: 1_000_000, gpu: 0 },
	threads: { prefill: 1, decode: 1 },
	prefillTokensPerSecond: 1_000,
	decodeTokensPerSecond: 100,
	prefillChunk: 128,
	loadMilliseconds: 1,
	engineVersion: 'fake',
	adapter: undefined,
};

const unsupported: Unsupported = { type: 'unsupported', reason: 'The fake model cannot do this.' };

export class FakeModel implements Model {
	state: ModelState = { type: 'ready', model: fakeDescription };
	readonly fills: Observed<FillRequest>[] = [];
	readonly chats: Observed<ChatRequest>[] = [];
	/** Generations in the model now, and the most there ever were. */
	running = 0;
	mostRunning = 0;
	isDisposed = false;
	/** What `fill` and `chat` do; a plain string is one piece and the end. */
	onFill: (request: FillRequest) => Script | string = () => '';
	onChat: (request: ChatRequest) => Script | string = () => '';
	private readonly listeners = new Set<(state: ModelState) => void>();

	fill(request: FillRequest, signal: AbortSignal): AsyncIterable<GenerationEvent> {
		return this.play(request, this.onFill(request), this.fills, signal);
	}

	chat(request: ChatRequest, signal: AbortSignal): AsyncIterable<GenerationEvent> {
		return this.play(request, this.onChat(request), this.chats, signal);
	}

	async tokenize(text: string): Promise<Tokens | Unsupported> {
		return { type: 'tokens', tokens: [...text].map((character) => character.codePointAt(0) ?? 0) };
	}

	async score(_request: ScoreRequest): Promise<Scores | Unsupported> {
		return unsupported;
	}

	async embed(): Promise<Embedding | Unsupported> {
		return unsupported;
	}

	async useAdapter(adapter: Adapter | undefined): Promise<AdapterInUse | Unsupported> {
		return { type: 'adapter', adapter };
	}

	onDidChangeState(listener: (state: ModelState) => void): Subscription {
		this.listeners.add(listener);
		return { dispose: () => this.listeners.delete(listener) };
	}

	change(state: ModelState): void {
		this.state = state;
		for (const listener of this.listeners) {
			listener(state);
		}
	}

	async dispose(): Promise<void> {
		this.isDisposed = true;
	}

	private async *play<Request>(
		request: Request,
		said: Script | string,
		log: Observed<Request>[],
		signal: AbortSignal,
	): AsyncGenerator<GenerationEvent, void, undefined> {
		const script: Script = typeof said === 'string' ? { steps: [said] } : said;
		const observed: Observed<Request> = { request, signal, given: [], wasAborted: false, isOver: false };
		log.push(observed);
		this.running++;
		this.mostRunning = Math.max(this.mostRunning, this.running);
		const aborted = new Promise<'aborted'>((resolve) => {
			const onAbort = () => {
				observed.wasAborted = true;
				resolve('aborted');
			};
			if (signal.aborted) {
				onAbort();
			} else {
				signal.addEventListener('abort', onAbort, { once: true });
			}
		});
		let generatedTokens = 0;
		try {
			for (const step of script.steps) {
				// A real model answers over a pipe: never in the same turn.
				const turn = step instanceof Promise ? step : Promise.resolve();
				if ((await Promise.race([turn.then(() => 'on' as const), aborted])) === 'aborted' || signal.aborted) {
					await script.holdsOn;
					if (script.endsSilently === true) {
						return;
					}
					throw abortError();
				}
				if (step instanceof Error) {
					throw step;
				}
				if (typeof step === 'string') {
					generatedTokens++;
					observed.given.push(step);
					yield { type: 'text', text: step };
				} else if (!(step instanceof Promise)) {
					yield step;
				}
			}
			yield {
				type: 'end',
				reason: script.endReason ?? 'end-of-text',
				statistics: {
					promptTokens: 1,
					reusedTokens: 0,
					generatedTokens,
					prefillMilliseconds: 0,
					decodeMilliseconds: 0,
				},
			};
		} finally {
			observed.isOver = true;
			this.running--;
		}
	}
}

/** A promise that a test settles by hand. */
export function deferred(): { readonly promise: Promise<void>; resolve(): void } {
	let resolve: () => void = () => undefined;
	const promise = new Promise<void>((settle) => {
		resolve = settle;
	});
	return { promise, resolve: () => resolve() };
}
