/** The engine on llama.cpp, for the host process: the only file that loads node-llama-cpp. */

import * as path from 'node:path';
import {
	ChatMLChatWrapper,
	DeepSeekChatWrapper,
	Gemma4ChatWrapper,
	GemmaChatWrapper,
	GgmlType,
	GgufFileType,
	getLlama,
	getLlamaGpuTypes,
	getModuleVersion,
	HarmonyChatWrapper,
	JinjaTemplateChatWrapper,
	Llama2ChatWrapper,
	Llama3ChatWrapper,
	LlamaGrammarEvaluationState,
	LlamaLogLevel,
	LlamaVocabularyType,
	MistralChatWrapper,
	QwenChatWrapper,
	SeedChatWrapper,
	TokenBias,
} from 'node-llama-cpp';
import { throwIfAborted } from '../cancel';
import {
	type Adapter,
	type AdaptersInUse,
	type ChatRequest,
	type ChatScores,
	type Embedding,
	type EncodeChatsRequest,
	type Encoded,
	type EncodedChats,
	type EncodeRequest,
	type FillRequest,
	type GenerationEvent,
	type Generator,
	type InspectedAdapter,
	type LoadOptions,
	type ModelDescription,
	ModelUnavailable,
	type Prefilled,
	type Problem,
	type ScoreChatsRequest,
	type ScoredFills,
	type ScoreFillsRequest,
	type ScoreRequest,
	type Scores,
	type Tokens,
	type Unsupported,
} from '../model';
import { ANYBODY, type Caller } from './claim';
import type { Engine, EngineSession } from './engine';
import type { LlamaLibrary } from './llamaLibrary';
import { LlamaShare } from './llamaShare';
import { explainFailure } from './loadPlan';
import { ModelOpener, type OpenModel } from './modelOpener';
import { Running } from './running';
import { asTokens } from './tokenIds';

/** What llama.cpp says for each text that is embedded, and nobody can change. */
const EVERY_EMBEDDING = /embeddings required but some input tokens/;

const library: LlamaLibrary = {
	open: (gpu, log) =>
		getLlama({
			gpu,
			// The default would download and compile llama.cpp.
			build: 'never',
			skipDownload: true,
			progressLogs: false,
			logLevel: LlamaLogLevel.warn,
			logger: (_level, message) => {
				if (!EVERY_EMBEDDING.test(message)) {
					log(message.trimEnd());
				}
			},
		}),
	gpus: async (which) => (await getLlamaGpuTypes(which)).filter((gpu) => gpu !== false),
	version: getModuleVersion,
	wrappers: {
		chatML: () => new ChatMLChatWrapper(),
		qwen: () => new QwenChatWrapper({ thoughts: 'discourage' }),
		deepSeek: () => new DeepSeekChatWrapper(),
		llama3: () => new Llama3ChatWrapper(),
		llama2Chat: () => new Llama2ChatWrapper(),
		mistral: () => new MistralChatWrapper(),
		gemma: () => new GemmaChatWrapper(),
		gemma4: () => new Gemma4ChatWrapper(),
		harmony: () => new HarmonyChatWrapper(),
		seed: () => new SeedChatWrapper(),
	},
	templateWrapper: (template, tokenizer) => new JinjaTemplateChatWrapper({ template, tokenizer }),
	constraint: async (model, grammar, barred) => ({
		state: new LlamaGrammarEvaluationState({ model, grammar: await model.llama.createGrammar({ grammar }) }),
		bias: TokenBias.for(model).set(asTokens(barred), 'never'),
		noBias: TokenBias.for(model),
	}),
	isSentencePiece: (model) => model.vocabularyType === LlamaVocabularyType.spm,
	fileTypeName: (type) => GgufFileType[type],
	tensorTypeName: (type) => GgmlType[type],
};

/**
 * Engines for the models of one process: they take turns, and use one llama.cpp, which is never closed.
 * @param log lines of the native libraries and of the engines; the default is standard error.
 */
export function llamaEngines(log = toStandardError): () => LlamaEngine {
	const share = new LlamaShare(library, log);
	return () => new LlamaEngine(log, true, share);
}

/** One model. As a generator, it has one caller. */
export class LlamaEngine implements Engine, Generator {
	readonly #opener: ModelOpener;
	/** Where no other model shares it. */
	readonly #own: LlamaShare | undefined;
	/** What loads. */
	readonly #running = new Running();
	#opening: Promise<OpenModel> | undefined;
	#open: OpenModel | undefined;
	#session: EngineSession | undefined;
	#disposed: Promise<void> | undefined;

	/**
	 * @param log lines of the native libraries and of this engine; the default is standard error.
	 * @param mayGuess whether tokens may be guessed where that pays; only benches say no.
	 * @param share of the models of the process; by default this is the only one.
	 */
	constructor(log = toStandardError, mayGuess = true, share?: LlamaShare) {
		const used = share ?? new LlamaShare(library, log);
		this.#own = share === undefined ? used : undefined;
		this.#opener = new ModelOpener(library, used, log, mayGuess);
	}

	async load(
		options: LoadOptions,
		onProgress: (fraction: number) => void,
		signal: AbortSignal,
	): Promise<ModelDescription> {
		if (this.#opening !== undefined || this.#disposed !== undefined) {
			throw unavailable('model-load-failed', 'This engine has loaded its model already.', []);
		}
		const running = this.#running.track(signal);
		try {
			this.#opening = this.#opener.open(options, onProgress, running.signal);
			this.#open = await this.#opening;
			return this.#open.description;
		} catch (error) {
			this.#opening = undefined;
			throwIfAborted(running.signal);
			throw ModelUnavailable.is(error)
				? error
				: new ModelUnavailable(explainFailure(error, path.basename(options.path), options));
		} finally {
			running.dispose();
		}
	}

	async *fill(request: FillRequest, signal: AbortSignal): AsyncGenerator<GenerationEvent, void> {
		yield* this.#generator().fill(request, signal);
	}

	async *chat(request: ChatRequest, signal: AbortSignal): AsyncGenerator<GenerationEvent, void> {
		yield* this.#generator().chat(request, signal);
	}

	async prefill(request: FillRequest, signal: AbortSignal): Promise<Prefilled | Unsupported> {
		return this.#generator().prefill(request, signal);
	}

	async tokenize(text: string, signal: AbortSignal): Promise<Tokens | Unsupported> {
		return this.#generator().tokenize(text, signal);
	}

	async score(request: ScoreRequest, signal: AbortSignal): Promise<Scores | Unsupported> {
		return this.#generator().score(request, signal);
	}

	async scoreFills(request: ScoreFillsRequest, signal: AbortSignal): Promise<ScoredFills | Unsupported> {
		return this.#generator().scoreFills(request, signal);
	}

	async embed(text: string, signal: AbortSignal): Promise<Embedding | Unsupported> {
		return this.#generator().embed(text, signal);
	}

	async useAdapters(adapters: readonly Adapter[], signal: AbortSignal): Promise<AdaptersInUse | Unsupported> {
		return this.#generator().useAdapters(adapters, signal);
	}

	async inspectAdapter(file: string, signal: AbortSignal): Promise<InspectedAdapter | Unsupported> {
		return this.#generator().inspectAdapter(file, signal);
	}

	async encode(request: EncodeRequest, signal: AbortSignal): Promise<Encoded | Unsupported> {
		return this.#generator().encode(request, signal);
	}

	async useChatAdapters(
		adapters: readonly Adapter[],
		signal: AbortSignal,
	): Promise<AdaptersInUse | Unsupported> {
		return this.#generator().useChatAdapters(adapters, signal);
	}

	async encodeChats(request: EncodeChatsRequest, signal: AbortSignal): Promise<EncodedChats | Unsupported> {
		return this.#generator().encodeChats(request, signal);
	}

	async scoreChats(request: ScoreChatsRequest, signal: AbortSignal): Promise<ChatScores | Unsupported> {
		return this.#generator().scoreChats(request, signal);
	}

	session(caller: Caller): EngineSession {
		return this.#model().session(caller);
	}

	async freeMemory(): Promise<number | undefined> {
		return this.#open?.freeMemory();
	}

	dispose(): Promise<void> {
		this.#disposed ??= this.#dispose();
		return this.#disposed;
	}

	async #dispose(): Promise<void> {
		this.#running.abortAll();
		const [opened] = await Promise.allSettled([this.#opening]);
		if (opened.status === 'fulfilled') {
			await opened.value?.dispose();
		}
		await this.#own?.dispose();
	}

	#generator(): Generator {
		const model = this.#model();
		this.#session ??= model.session(ANYBODY);
		return this.#session;
	}

	#model(): OpenModel {
		if (this.#open === undefined || this.#disposed !== undefined) {
			throw unavailable('model-not-loaded', 'No model is loaded.', ['restart']);
		}
		return this.#open;
	}
}

function toStandardError(line: string): void {
	process.stderr.write(`${line}\n`);
}

function unavailable(code: string, message: string, remedies: Problem['remedies']): ModelUnavailable {
	return new ModelUnavailable({ code, message, remedies });
}
