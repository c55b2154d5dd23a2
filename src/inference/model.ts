/** The port: what a model can do for the rooms, in types alone. Over 300 lines because it is one contract. */

import type { AdapterFacts } from './gguf/adapterKeys';

/** Answer of a capability that this model, this build or this workspace does not have. Data, not an error. */
export interface Unsupported {
	readonly type: 'unsupported';
	/** One sentence a user can read: what is missing and why. */
	readonly reason: string;
}

/**
 * `interactive`: somebody waits at the cursor. `background`: chat and everything else; it yields to
 * interactive work between any two batches of the model.
 */
export type Priority = 'interactive' | 'background';

/** A file, or a part of one, that stands before the current file in a fill-in-the-middle prompt. */
export interface ContextFile {
	/** Path relative to the repository, with `/`. */
	readonly path: string;
	readonly text: string;
}

/**
 * The plain pieces of a fill-in-the-middle prompt. `prefix + typed` is the text before the cursor: it is cut
 * at the anchor (the start of the line or of the edit), and what was typed since then stands *after* the
 * middle token, so that a keystroke adds one or two tokens and keeps the rest of the KV cache.
 */
export interface FillRequest {
	/** Name of the repository for models that have a token for it. */
	readonly repository: string | undefined;
	/** Path of the current file relative to the repository, with `/`. */
	readonly path: string;
	/** Context from other files, the most relevant last. */
	readonly files: readonly ContextFile[];
	/** Text of the current file up to the anchor. */
	readonly prefix: string;
	/** Text from the anchor to the cursor. */
	readonly typed: string;
	/** Text after the cursor. */
	readonly suffix: string;
	/** Upper limit of generated tokens. */
	readonly maxTokens: number;
	/** Upper limit of prompt tokens; the model's own context may lower it. */
	readonly maxPromptTokens: number;
	/** Whether a model that cannot fill in the middle may continue `prefix + typed` left to right. */
	readonly leftToRight: boolean;
	readonly priority: Priority;
	/**
	 * Which of the other ways to begin: n takes the n-th likeliest first token that is neither the likeliest nor the
	 * end, and goes on greedily. Default 0: the likeliest.
	 */
	readonly alternative?: number;
	/**
	 * `prefix + typed` is continued left to right, also by a model that can fill in the middle; `suffix` is not read.
	 * Default: no.
	 */
	readonly continues?: boolean;
	/** Sampling temperature, without alternatives. Default 0: greedy. */
	readonly temperature?: number;
	/** Whether tokens may be guessed and evaluated at once. Default: yes; no where the time of one token is asked for. */
	readonly guesses?: boolean;
}

/** As JSON Schema writes it. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/** A function that a model may call. */
export interface ToolOffer {
	readonly name: string;
	/** For the model: what it does, and when to call it. */
	readonly description: string;
	/** Of its arguments: an object's. */
	readonly parameters: JsonSchema;
}

export interface ToolCall {
	readonly name: string;
	readonly arguments: Readonly<Record<string, unknown>>;
}

export interface ChatMessage {
	/** `tool`: what a call brought; the messages after one with calls, in their order. */
	readonly role: 'system' | 'user' | 'assistant' | 'tool';
	readonly content: string;
	/** What an assistant's message ends with. Default: nothing. */
	readonly calls?: readonly ToolCall[];
}

/**
 * `may`: the model chooses. `must`: its answer is a call. `not`: it answers, though it is told of the tools: what it has
 * read so far stays in the KV cache.
 */
export type Calling = 'may' | 'must' | 'not';

export interface ChatRequest {
	/** Whole conversation, oldest first; the last message is the user's, or what a call brought. */
	readonly messages: readonly ChatMessage[];
	/** Where a model can call none, the request is `unsupported`. Default: nothing. */
	readonly tools?: readonly ToolOffer[];
	/** Default: `may`. */
	readonly calling?: Calling;
	/** The whole answer is JSON that is valid for it. Not together with tools. Default: it is free. */
	readonly schema?: JsonSchema;
	/** Upper limit of generated tokens. */
	readonly maxTokens: number;
	/** Sampling temperature; 0 is greedy. */
	readonly temperature: number;
	readonly priority: Priority;
	/** As of `FillRequest`. */
	readonly guesses?: boolean;
}

/** Why a generation ended by itself. (A consumer that leaves the loop, or a signal, ends it silently.) */
export type EndReason = 'end-of-text' | 'length';

export interface GenerationStatistics {
	/** Tokens of the prompt. */
	readonly promptTokens: number;
	/** Prompt tokens that were still in the KV cache and were not evaluated again. */
	readonly reusedTokens: number;
	readonly generatedTokens: number;
	/** Milliseconds from the start of the request until the prompt was evaluated. */
	readonly prefillMilliseconds: number;
	/** Milliseconds from there to the end. */
	readonly decodeMilliseconds: number;
}

/** The prompt is in the KV cache. A stream says so once, before its first text, so that whoever leaves early knows it. */
export interface PromptEvaluated
	extends Pick<GenerationStatistics, 'promptTokens' | 'reusedTokens' | 'prefillMilliseconds'> {
	readonly type: 'prefilled';
}

/** A piece of text. */
export interface TextEvent {
	readonly type: 'text';
	readonly text: string;
	/**
	 * Natural logarithm of the probability that the model gave to the tokens of this piece, one after the other. Only
	 * `fill` tells, and only the 64 likeliest tokens count, so that it may be a little too high.
	 */
	readonly logProbability?: number;
	/** Tokens of this piece; only `fill` tells. */
	readonly tokens?: number;
}

/** The model wants to know what a function gives; its answer ends with it. */
export interface CallEvent {
	readonly type: 'call';
	/** Of a function that was offered, with arguments that fit its schema as far as a grammar can say it. */
	readonly call: ToolCall;
}

export type GenerationEvent =
	| PromptEvaluated
	| TextEvent
	| CallEvent
	| { readonly type: 'end'; readonly reason: EndReason; readonly statistics: GenerationStatistics }
	| Unsupported;

/**
 * Milliseconds that the tokens may take which a model is fed at once: what follows an abort waits at most 150, with
 * room for the rest.
 */
export const CHUNK_MILLISECONDS = 100;

/** Most tokens of a text that `embed` reads: a chunk of code has a few hundred. Of a longer one only the beginning counts. */
export const MOST_EMBEDDED_TOKENS = 1_021;

/** What `prefill` has done. */
export interface Prefilled {
	readonly type: 'prefilled';
	/** Tokens of the prompt, the last one included, which is left for `fill`. */
	readonly promptTokens: number;
	/** Those that were in the KV cache before. */
	readonly reusedTokens: number;
	/** Milliseconds from the start of the request. */
	readonly milliseconds: number;
}

export interface ScoreRequest {
	/** What stands before; it is not scored. */
	readonly context: string;
	/** What is scored. */
	readonly text: string;
	readonly priority: Priority;
}

export interface Tokens {
	readonly type: 'tokens';
	readonly tokens: readonly number[];
}

export interface Scores {
	readonly type: 'scores';
	/** Natural logarithm of the probability of each token of the text, in order. */
	readonly logProbabilities: readonly number[];
}

export interface Embedding {
	readonly type: 'embedding';
	readonly vector: readonly number[];
}

export interface Adapter {
	/** Absolute path of a LoRA adapter in GGUF. */
	readonly path: string;
	/** Strength, 1 = as trained. */
	readonly scale: number;
}

/** Adapters on top of each other, each with its own strength; empty = the base model alone. */
export interface AdaptersInUse {
	readonly type: 'adapters';
	readonly adapters: readonly Adapter[];
}

/** What a file of an adapter says of itself, and whether the loaded model can use it. */
export interface InspectedAdapter {
	readonly type: 'facts';
	readonly facts: AdapterFacts;
	/** Why the loaded model cannot use it, as a user can read it; undefined where it can. */
	readonly problem: string | undefined;
	/** What may make it worse than it was when it was trained; undefined where nothing does. */
	readonly warning: string | undefined;
}

/** Samples for training, rendered exactly as `fill` would be asked for their middles. */
export interface EncodeRequest {
	readonly fills: readonly FillToEncode[];
	/** Texts without any hole, as they stand in a file; what is behind `maxTokens` (all counted) is cut off. */
	readonly plains: readonly { readonly text: string; readonly maxTokens: number }[];
}

export interface FillToEncode
	extends Pick<
		FillRequest,
		'repository' | 'path' | 'files' | 'prefix' | 'typed' | 'suffix' | 'maxPromptTokens'
	> {
	/** What the model should write. */
	readonly middle: string;
	/** Whether the model should stop after it: the end token of `fill` follows. */
	readonly ends: boolean;
}

export interface Encoded {
	readonly type: 'encoded';
	readonly fills: readonly EncodedFill[];
	/** Tokens of each plain text, the model's own begin token first where it has one. */
	readonly plains: readonly (readonly number[])[];
}

/** Middles to be scored, each in the prompt that `fill` would have been asked with. */
export interface ScoreFillsRequest {
	readonly fills: readonly FillToEncode[];
	readonly priority: Priority;
}

export interface ScoredFills {
	readonly type: 'scored';
	/** In the order of the request. */
	readonly fills: readonly ScoredFill[];
}

export interface ScoredFill {
	/** Natural logarithm of the probability of each token of the middle, then of its end where it has one. */
	readonly logProbabilities: readonly number[];
}

export interface EncodedFill {
	readonly tokens: readonly number[];
	/** Index of the first token of what was typed after the anchor. */
	readonly typedStart: number;
	/** Index of the first token of the middle. */
	readonly middleStart: number;
}

/** Conversations for training, rendered exactly as `chat` renders its prompts. */
export interface EncodeChatsRequest {
	readonly chats: readonly ChatToEncode[];
	/** Of each conversation, all counted: a longer one has no tokens in the answer. */
	readonly maxTokens: number;
}

export interface ChatToEncode {
	/** Oldest first; the last is the assistant's. Calls of functions and what they brought are not encoded. */
	readonly messages: readonly ChatMessage[];
}

/** As many as were asked for, in their order. */
export interface EncodedChats {
	readonly type: 'encodedChats';
	readonly chats: readonly EncodedChat[];
}

/** No tokens: it is longer than allowed, or does not end with an answer. */
export interface EncodedChat {
	readonly tokens: readonly number[];
	/**
	 * Where an answer stands, the token included with which the model ends it: index of the first, and behind the last. An
	 * earlier answer that the format renders otherwise than it was written has none.
	 */
	readonly answers: readonly (readonly [start: number, end: number])[];
}

export interface ScoreChatsRequest extends EncodeChatsRequest {
	/** Scored with these and no others. Default: those that chat uses. */
	readonly adapters?: readonly Adapter[] | undefined;
}

export interface ChatScores {
	readonly type: 'chatScores';
	/** Natural logarithm of the probability of each token of the answers, in order; empty where there are no tokens. */
	readonly chats: readonly (readonly number[])[];
}

/** What generates. Implemented by the engine in the host process and by the client in the extension host. */
export interface Generator {
	fill(request: FillRequest, signal: AbortSignal): AsyncIterable<GenerationEvent>;
	chat(request: ChatRequest, signal: AbortSignal): AsyncIterable<GenerationEvent>;
	/**
	 * Evaluates the prompt that `fill` would, in the background and without generating, so that `fill` begins sooner.
	 * What was evaluated stays, also after an abort. Rejects with an AbortError when the signal fires, and when an
	 * interactive `fill` wants the model: that one waits for one chunk at most.
	 */
	prefill(request: FillRequest, signal: AbortSignal): Promise<Prefilled | Unsupported>;
	tokenize(text: string, signal: AbortSignal): Promise<Tokens | Unsupported>;
	score(request: ScoreRequest, signal: AbortSignal): Promise<Scores | Unsupported>;
	/**
	 * How probable middles are: rendered as `encode` does, cut further where middle and prompt do not fit into the context
	 * together. `unsupported`: as `encode`, and for a middle that is longer than the context. Costs chat its KV cache.
	 */
	scoreFills(request: ScoreFillsRequest, signal: AbortSignal): Promise<ScoredFills | Unsupported>;
	embed(text: string, signal: AbortSignal): Promise<Embedding | Unsupported>;
	/**
	 * For completions that start later. Where one cannot be used, `unsupported` says why and the old ones stay. Chat has its
	 * own, see `useChatAdapters`.
	 */
	useAdapters(adapters: readonly Adapter[], signal: AbortSignal): Promise<AdaptersInUse | Unsupported>;
	/** `unsupported` for a file that is no adapter; one that does not fit the loaded model has a `problem`. */
	inspectAdapter(path: string, signal: AbortSignal): Promise<InspectedAdapter | Unsupported>;
	/** The same for chats that start later; none at first. */
	useChatAdapters(adapters: readonly Adapter[], signal: AbortSignal): Promise<AdaptersInUse | Unsupported>;
	/** At background priority. `unsupported`: a model that begins each answer with a thought; more than `encode` takes. */
	encodeChats(request: EncodeChatsRequest, signal: AbortSignal): Promise<EncodedChats | Unsupported>;
	/** The same; chat's cached conversation is lost. */
	scoreChats(request: ScoreChatsRequest, signal: AbortSignal): Promise<ChatScores | Unsupported>;
	/** At background priority. `unsupported`: no fill-in-the-middle; over 10,000 samples, 2 million characters or tokens. */
	encode(request: EncodeRequest, signal: AbortSignal): Promise<Encoded | Unsupported>;
}

/** Which compute backend is asked for. */
export type Backend = 'auto' | 'cpu' | 'cuda' | 'vulkan' | 'metal';

/** What a model is asked for: where memory is short, completion comes first, then chat. */
export type ModelRole = 'completion' | 'chat' | 'embedding';

export interface LoadOptions {
	/** Absolute path of the GGUF. */
	readonly path: string;
	readonly backend: Backend;
	/** Tokens of context for each sequence; 0 chooses from the model and the memory. */
	readonly contextSize: number;
	/** Layers on the GPU; -1 chooses. */
	readonly gpuLayers: number;
	/** Absolute path of a folder for caches that may be lost (fingerprints of models). */
	readonly cacheFolder: string;
	/** Absolute path of the folder of packs for GPUs, which need not be there; default: none are looked for. */
	readonly packsFolder?: string | undefined;
	/** Default: completion. */
	readonly role?: ModelRole;
	/**
	 * Minutes without a request after which the model leaves memory until the next one; 0 = never, the default. Of several
	 * who use it, the longest counts.
	 */
	readonly keepAliveMinutes?: number;
}

/**
 * Which tokens stand where in a fill-in-the-middle prompt. A token is a number to the engine, and what is written for
 * it to whoever reads the prompt.
 */
export interface FillLayout<Token = number> {
	/** Suffix-first models read the suffix, then the prefix; the middle token, where there is one, stands last. */
	readonly order: 'prefix-first' | 'suffix-first';
	readonly begin: Token | undefined;
	readonly prefix: Token;
	readonly suffix: Token;
	/** Undefined where the middle follows the prefix directly. */
	readonly middle: Token | undefined;
	/** Stands before the repository's name. */
	readonly repository: Token | undefined;
	/** What ends the repository's name. */
	readonly repositoryEnd: '' | '\n';
	/** Stands before each path. */
	readonly file: Token | undefined;
	/** Written before the prefix. */
	readonly prefixLead: '' | ' ';
	/** How another file is headed where there is no token for it: a comment, or Codestral's row of `+`. */
	readonly fileHeader: 'comment' | 'plus';
}

/** How the model fills in the middle. */
export interface FillCapability {
	readonly type: 'fill';
	/** Family whose order of tokens is used, for example `qwen` or `starcoder`. */
	readonly family: string;
	/** Where the special tokens were found: in the file's metadata, or by name in its vocabulary. */
	readonly source: 'metadata' | 'vocabulary';
	/** Whether the model has tokens for repository and file separators. */
	readonly repositoryLevel: boolean;
	/** For whoever reads a prompt: its special tokens as the vocabulary writes them. */
	readonly layout: FillLayout<string>;
}

/** Backends as people write them. */
export const backendNames = {
	cpu: 'the CPU',
	cuda: 'CUDA',
	vulkan: 'Vulkan',
	metal: 'Metal',
} as const satisfies Readonly<Record<Exclude<Backend, 'auto'>, string>>;

/** Why a backend that may be faster does not compute. */
export interface NotFaster {
	/** One or two sentences. */
	readonly reason: string;
	/** What may change it: `Familiar: Get GPU Acceleration…`, which says what is in the way; a setting; nothing. */
	readonly remedy: 'pack' | 'setting' | 'none';
}

/** What is expected of a model on this machine. */
export interface ExpectedFit {
	/** Bytes that it needs. */
	readonly memory: { readonly host: number; readonly gpu: number };
	/** Milliseconds to the first token after a keystroke, with everything else in the KV cache. */
	readonly firstToken: number;
	/** The same where nothing of the prompt is in the KV cache, and tokens of that prompt. */
	readonly coldFirstToken: number;
	readonly coldTokens: number;
}

/** Everything that status, diagnostics and budgets need to know of a loaded model. */
export interface ModelDescription {
	readonly path: string;
	readonly name: string;
	readonly architecture: string;
	readonly parameters: number;
	/** For example `Q8_0`. */
	readonly quantisation: string;
	readonly fileBytes: number;
	/** Tokens of context that the model was trained with. */
	readonly trainedContext: number;
	/** Tokens of context of each sequence. */
	readonly contextSize: number;
	readonly fill: FillCapability | Unsupported;
	/**
	 * Name of the chat wrapper, and whether functions can be called in it (default: no); `unsupported` for a model without
	 * any chat format.
	 */
	readonly chat:
		| { readonly type: 'chat'; readonly wrapper: string; readonly callsTools?: boolean }
		| Unsupported;
	readonly backend: Exclude<Backend, 'auto'>;
	readonly devices: readonly string[];
	readonly gpuLayers: number;
	readonly totalLayers: number;
	/** Why the backend or the context is not what was asked for, or not a GPU; undefined where nothing fell back. */
	readonly fallbackReason: string | undefined;
	/** Undefined where no backend is faster, or `fallbackReason` says it all. */
	readonly notFaster?: NotFaster | undefined;
	/** Resident bytes of the host process after loading, and bytes on the GPU (0 without one). */
	readonly memory: { readonly host: number; readonly gpu: number };
	/** Measured on this machine at load. */
	readonly threads: { readonly prefill: number; readonly decode: number };
	readonly prefillTokensPerSecond: number;
	readonly decodeTokensPerSecond: number;
	/** Tokens fed at once during prefill: at most 128, fewer where those take over 100 ms. */
	readonly prefillChunk: number;
	/** What follows from the shape of the model and the speeds that were measured here; undefined from an older host. */
	readonly expected?: ExpectedFit;
	/** Milliseconds from `load` to ready. */
	readonly loadMilliseconds: number;
	/** Version of llama.cpp and of node-llama-cpp. */
	readonly engineVersion: string;
	readonly adapters: readonly Adapter[];
	/** Those of chat; undefined: none. */
	readonly chatAdapters?: readonly Adapter[] | undefined;
	/** Version of the prompt format that `fill` and `encode` share; datasets and adapters keep it. */
	readonly promptFormat: number;
	/**
	 * Who serves it, where that is not this machine's own host process. What nobody says of such a model is 0 or empty, and
	 * its path is no file.
	 */
	readonly server?: ModelServer;
}

interface ModelServer {
	/** Name and port. */
	readonly host: string;
	/** As its makers call it, with its version where it tells. */
	readonly program: string;
}

/** What helps against a problem; faces turn it into a button. */
export const REMEDIES = [
	'select-model',
	'use-starter',
	'use-cpu',
	'show-log',
	'restart',
	'set-node-path',
	'connect-server',
	'disconnect-server',
] as const;
export type Remedy = (typeof REMEDIES)[number];

/** A failure that a user can do something about. */
export interface Problem {
	/** Stable code, for example `model-missing`, `gguf-truncated`, `out-of-memory`, `host-crashed`. */
	readonly code: string;
	/** What and why, in one or two sentences, naming the file or key. */
	readonly message: string;
	readonly remedies: readonly Remedy[];
}

export type ModelState =
	| { readonly type: 'none' }
	| { readonly type: 'starting' }
	| { readonly type: 'loading'; readonly path: string /** 0 to 1. */; readonly progress: number }
	| {
			readonly type: 'ready';
			readonly model: ModelDescription;
			/** Where the model is not in memory: requests are answered all the same, later. Default: it is in memory. */
			readonly residence?: 'unloaded' | 'reloading';
			/** Absolute path of the model that needed its room in memory. */
			readonly displacedBy?: string;
	  }
	| { readonly type: 'failed'; readonly problem: Problem };

export interface Subscription {
	dispose(): void;
}

/** The model as the rooms see it. */
export interface Model extends Generator {
	readonly state: ModelState;
	onDidChangeState(listener: (state: ModelState) => void): Subscription;
	dispose(): Promise<void>;
}

/** Thrown by a generation when there is no model that could answer. */
export class ModelUnavailable extends Error {
	override readonly name = 'ModelUnavailable';
	constructor(readonly problem: Problem) {
		super(problem.message);
	}
	/** `instanceof` does not cross a process or a bundle, the name does. */
	static is(error: unknown): error is ModelUnavailable {
		return error instanceof Error && error.name === 'ModelUnavailable' && 'problem' in error;
	}
}

/** Lines for the log; never prompt or completion text above `trace`. */
export interface Log {
	trace(message: string): void;
	info(message: string): void;
	warn(message: string): void;
	error(message: string, cause?: unknown): void;
}
