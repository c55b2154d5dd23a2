/** A scripted model: says what a test tells it to, and remembers what it was asked. */

import { abortError } from '../../src/inference/cancel';
import type { AdapterFacts } from '../../src/inference/gguf/adapterKeys';
import type {
	Adapter,
	AdaptersInUse,
	ChatMessage,
	ChatRequest,
	ChatScores,
	Embedding,
	EncodeChatsRequest,
	Encoded,
	EncodedChat,
	EncodedChats,
	EncodeRequest,
	EndReason,
	FillCapability,
	FillRequest,
	FillToEncode,
	GenerationEvent,
	InspectedAdapter,
	Model,
	ModelDescription,
	ModelState,
	Prefilled,
	PromptEvaluated,
	ScoreChatsRequest,
	ScoredFills,
	ScoreFillsRequest,
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
	/** What the `prefilled` event before the first text says; default one token of prompt, none reused. */
	readonly prompt?: Partial<PromptEvaluated>;
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

/** As Qwen's models fill in the middle. */
export const fakeFill: FillCapability = {
	type: 'fill',
	family: 'qwen',
	source: 'metadata',
	repositoryLevel: true,
	layout: {
		order: 'prefix-first',
		begin: undefined,
		prefix: '<|fim_prefix|>',
		suffix: '<|fim_suffix|>',
		middle: '<|fim_middle|>',
		repository: '<|repo_name|>',
		repositoryEnd: '\n',
		file: '<|file_sep|>',
		prefixLead: '',
		fileHeader: 'comment',
	},
};

export const fakeDescription: ModelDescription = {
	path: '/models/fake.gguf',
	name: 'fake',
	architecture: 'llama',
	parameters: 1_000_000,
	quantisation: 'Q8_0',
	fileBytes: 1_000_000,
	trainedContext: 8_192,
	contextSize: 8_192,
	fill: fakeFill,
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
	adapters: [],
	promptFormat: 1,
};

const evaluated: PromptEvaluated = {
	type: 'prefilled',
	promptTokens: 1,
	reusedTokens: 0,
	prefillMilliseconds: 0,
};

const unsupported: Unsupported = { type: 'unsupported', reason: 'The fake model cannot do this.' };

export class FakeModel implements Model {
	state: ModelState = { type: 'ready', model: fakeDescription };
	readonly fills: Observed<FillRequest>[] = [];
	readonly chats: Observed<ChatRequest>[] = [];
	readonly prefills: Observed<FillRequest>[] = [];
	/** Generations in the model now, and the most there ever were. */
	running = 0;
	mostRunning = 0;
	isDisposed = false;
	readonly encodings: EncodeRequest[] = [];
	/** What `useAdapters` was asked for. */
	readonly adapterCalls: (readonly Adapter[])[] = [];
	/** What `useChatAdapters` and `encodeChats` were asked for. */
	readonly chatAdapterCalls: (readonly Adapter[])[] = [];
	readonly chatEncodings: EncodeChatsRequest[] = [];
	/** What `fill` and `chat` do; a plain string is one piece and the end. */
	onFill: (request: FillRequest) => Script | string = () => '';
	onChat: (request: ChatRequest) => Script | string = () => '';
	/** What `prefill` waits for and answers, unless it is aborted; default at once, one token of prompt. */
	onPrefill: (request: FillRequest) => Promise<Prefilled | Unsupported> = async () => ({
		type: 'prefilled',
		promptTokens: 1,
		reusedTokens: 0,
		milliseconds: 0,
	});
	/** Why adapters cannot be used; undefined where they can. */
	onUseAdapters: (adapters: readonly Adapter[]) => string | undefined = () => undefined;
	/** What `inspectAdapter` says; default: an adapter without facts, that fits. */
	onInspect: (path: string) => InspectedAdapter | Unsupported = (path) => ({
		type: 'facts',
		facts: factsOf(path),
		problem: undefined,
		warning: undefined,
	});
	/** What `embed` answers; default: it cannot. */
	onEmbed: (text: string) => Embedding | Unsupported = () => unsupported;
	private readonly listeners = new Set<(state: ModelState) => void>();

	fill(request: FillRequest, signal: AbortSignal): AsyncIterable<GenerationEvent> {
		return this.play(request, this.onFill(request), this.fills, signal);
	}

	chat(request: ChatRequest, signal: AbortSignal): AsyncIterable<GenerationEvent> {
		return this.play(request, this.onChat(request), this.chats, signal);
	}

	async prefill(request: FillRequest, signal: AbortSignal): Promise<Prefilled | Unsupported> {
		const observed: Observed<FillRequest> = { request, signal, given: [], wasAborted: false, isOver: false };
		this.prefills.push(observed);
		try {
			const answer = await Promise.race([this.onPrefill(request), abortOf(observed)]);
			if (answer === 'aborted') {
				throw abortError();
			}
			return answer;
		} finally {
			observed.isOver = true;
		}
	}

	async tokenize(text: string): Promise<Tokens | Unsupported> {
		return { type: 'tokens', tokens: codePoints(text) };
	}

	async score(_request: ScoreRequest): Promise<Scores | Unsupported> {
		return unsupported;
	}

	/** What `scoreFills` answers for one; default: one nat for each code point, and for the end. */
	onScore: (fill: FillToEncode) => readonly number[] = ({ middle, ends }) =>
		Array.from({ length: codePoints(middle).length + (ends ? 1 : 0) }, () => -1);

	async scoreFills({ fills }: ScoreFillsRequest): Promise<ScoredFills | Unsupported> {
		return { type: 'scored', fills: fills.map((fill) => ({ logProbabilities: this.onScore(fill) })) };
	}

	async embed(text: string): Promise<Embedding | Unsupported> {
		return this.onEmbed(text);
	}

	/** As the client does it, a model that is ready says from then on that it uses them. */
	async useAdapters(adapters: readonly Adapter[]): Promise<AdaptersInUse | Unsupported> {
		this.adapterCalls.push(adapters);
		const reason = this.onUseAdapters(adapters);
		if (reason !== undefined) {
			return { type: 'unsupported', reason };
		}
		if (this.state.type === 'ready') {
			this.change({ type: 'ready', model: { ...this.state.model, adapters } });
		}
		return { type: 'adapters', adapters };
	}

	async inspectAdapter(path: string): Promise<InspectedAdapter | Unsupported> {
		return this.onInspect(path);
	}

	/** Code points as tokens: 1 prefix 2 suffix 3 typed middle, then 4 where it ends; a plain text after 0. */
	async encode(request: EncodeRequest): Promise<Encoded | Unsupported> {
		this.encodings.push(request);
		return {
			type: 'encoded',
			fills: request.fills.map(encodeFill),
			plains: request.plains.map(({ text, maxTokens }) => [0, ...codePoints(text)].slice(0, maxTokens)),
		};
	}

	/** As `useAdapters`, for chat. */
	async useChatAdapters(adapters: readonly Adapter[]): Promise<AdaptersInUse | Unsupported> {
		this.chatAdapterCalls.push(adapters);
		const reason = this.onUseAdapters(adapters);
		if (reason !== undefined) {
			return { type: 'unsupported', reason };
		}
		if (this.state.type === 'ready') {
			this.change({ type: 'ready', model: { ...this.state.model, chatAdapters: adapters } });
		}
		return { type: 'adapters', adapters };
	}

	/** Code points as tokens: each message after 1 and ended by 2; the prompt of an answer ends with 1. */
	async encodeChats(request: EncodeChatsRequest): Promise<EncodedChats | Unsupported> {
		this.chatEncodings.push(request);
		const chats = request.chats.map(({ messages }) => encodeChat(messages, request.maxTokens));
		return { type: 'encodedChats', chats };
	}

	/** What `scoreChats` answers for each token of an answer; default: each is as likely as any other of 10. */
	onScoreChat: (messages: readonly ChatMessage[]) => number = () => -Math.log(10);

	async scoreChats(request: ScoreChatsRequest): Promise<ChatScores | Unsupported> {
		const chats = request.chats.map(({ messages }) =>
			encodeChat(messages, request.maxTokens).answers.flatMap(([start, end]) =>
				Array.from({ length: end - start }, () => this.onScoreChat(messages)),
			),
		);
		return { type: 'chatScores', chats };
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
		const aborted = abortOf(observed);
		const prompt = { ...evaluated, ...script.prompt };
		let hasBegun = false;
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
				if (!hasBegun && (typeof step === 'string' || (!(step instanceof Promise) && step.type === 'text'))) {
					hasBegun = true;
					yield prompt;
				}
				if (typeof step === 'string') {
					generatedTokens++;
					observed.given.push(step);
					yield { type: 'text', text: step };
				} else if (!(step instanceof Promise)) {
					yield step;
				}
			}
			const { type: _type, ...statistics } = prompt;
			yield {
				type: 'end',
				reason: script.endReason ?? 'end-of-text',
				statistics: { ...statistics, generatedTokens, decodeMilliseconds: 0 },
			};
		} finally {
			observed.isOver = true;
			this.running--;
		}
	}
}

/** Resolves when the signal of a request fires. */
function abortOf<Request>(observed: Observed<Request>): Promise<'aborted'> {
	return new Promise((resolve) => {
		const onAbort = () => {
			observed.wasAborted = true;
			resolve('aborted');
		};
		if (observed.signal.aborted) {
			onAbort();
		} else {
			observed.signal.addEventListener('abort', onAbort, { once: true });
		}
	});
}

function codePoints(text: string): number[] {
	return [...text].map((character) => character.codePointAt(0) ?? 0);
}

function encodeChat(messages: readonly ChatMessage[], maxTokens: number): EncodedChat {
	const tokens: number[] = [];
	const answers: [number, number][] = [];
	for (const { role, content } of messages) {
		tokens.push(1);
		const start = tokens.length;
		tokens.push(...codePoints(content), 2);
		if (role === 'assistant') {
			answers.push([start, tokens.length]);
		}
	}
	return tokens.length > maxTokens || messages.at(-1)?.role !== 'assistant'
		? { tokens: [], answers: [] }
		: { tokens, answers };
}

/** What does not fit is cut from the start of the prefix. */
function encodeFill({ prefix, suffix, typed, middle, ends, maxPromptTokens }: FillToEncode) {
	const rest = [2, ...codePoints(suffix), 3];
	const room = Math.max(0, maxPromptTokens - 1 - rest.length - codePoints(typed).length);
	const kept = codePoints(prefix);
	const before = [1, ...kept.slice(Math.max(0, kept.length - room)), ...rest];
	const asked = [...before, ...codePoints(typed)];
	return {
		tokens: [...asked, ...codePoints(middle), ...(ends ? [4] : [])],
		typedStart: before.length,
		middleStart: asked.length,
	};
}

/** An adapter from elsewhere: it says nothing of itself. */
export function factsOf(path: string): AdapterFacts {
	return {
		name: path,
		base: undefined,
		baseName: undefined,
		promptFormat: undefined,
		dataset: undefined,
		run: undefined,
		settings: undefined,
		versions: undefined,
	};
}

/** A promise that a test settles by hand. */
export function deferred(): { readonly promise: Promise<void>; resolve(): void } {
	let resolve: () => void = () => undefined;
	const promise = new Promise<void>((settle) => {
		resolve = settle;
	});
	return { promise, resolve: () => resolve() };
}
