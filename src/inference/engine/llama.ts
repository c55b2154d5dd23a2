/**
 * The engine on llama.cpp, for the host process. Over 300 lines because it alone may import node-llama-cpp: what
 * can be said without that library is in the files it imports.
 */

import { randomInt } from 'node:crypto';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import {
	type ChatHistoryItem,
	ChatMLChatWrapper,
	type ChatWrapper,
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
	type Llama,
	Llama2ChatWrapper,
	Llama3ChatWrapper,
	type LlamaContext,
	type LlamaContextSequence,
	LlamaLogLevel,
	type LlamaModel,
	LlamaVocabularyType,
	MistralChatWrapper,
	QwenChatWrapper,
	SeedChatWrapper,
	type Token,
} from 'node-llama-cpp';
import { abortError, isAbort, throwIfAborted } from '../cancel';
import {
	type Adapter,
	type AdapterInUse,
	type Backend,
	type ChatMessage,
	type ChatRequest,
	type Embedding,
	type FillRequest,
	type GenerationEvent,
	type LoadOptions,
	type ModelDescription,
	ModelUnavailable,
	type Priority,
	type Problem,
	type ScoreRequest,
	type Scores,
	type Tokens,
	type Unsupported,
} from '../model';
import { explainCpu, type GpuProbe, whyNot } from './backends';
import { EVALUATION_PRIORITY, isPrefill, isPrefillSize, prioritize } from './batching';
import { type Calibration, calibrate, type Threads } from './calibration';
import { type ChatFormat, chooseChatFormat, fitConversation, renderOwnFormat } from './chatFormat';
import type { Engine } from './engine';
import { describeFill, type FillFormat, type Vocabulary } from './fillFamilies';
import { renderFill, renderLeftToRight } from './fillFormat';
import { Gate, Lock } from './gate';
import { type Generation, generate, type Sampling } from './generation';
import { inertTokenizer } from './inertText';
import { type Attempt, explainFailure, explainFallback, messageOf, planAttempts } from './loadPlan';
import { Running, untilAborted } from './running';
import { type ScoredChunk, type ScoringLane, score } from './scoring';
import { ThreadGovernor } from './threadGovernor';
import { availableCores } from './threads';

/** Tokens of context that are taken when nobody chose: what completion and chat need, within little memory. */
const DEFAULT_CONTEXT = 8_192;
/** Below this many tokens no useful prompt fits; loading fails instead. */
const SMALLEST_CONTEXT = 512;
/** One sequence for completion, one for chat. */
const SEQUENCES = 2;
/** Tokens of one batch: no chunk of ours is larger. */
const BATCH = 128;
/** Share of the context that an answer may keep free for itself. */
const ANSWER_SHARE = 1 / 2;
const CHAT_TOP_P = 0.95;
const CHAT_TOP_K = 40;
/** The library's own seed is the time in seconds, so that a regenerated answer could be the same. */
const MOST_SEED = 2 ** 31;

/** Text that is fed for measuring; what it says does not matter. */
const SAMPLE = 'export function sum(values: readonly number[]): number {\n\tlet total = 0;\n'.repeat(16);

/** A context with its two sequences, for one adapter. */
interface Slot {
	readonly adapter: Adapter | undefined;
	readonly context: LlamaContext;
	readonly completion: SequenceLane;
	readonly chat: SequenceLane;
}

interface RenderedPrompt {
	readonly tokens: readonly number[];
	readonly stopTokens: readonly number[];
	readonly stopTexts: readonly string[];
}

/** Everything of a loaded model that does not change with the adapter. */
interface Loaded {
	readonly llama: Llama;
	readonly model: LlamaModel;
	readonly vocabulary: Vocabulary;
	readonly fill: FillFormat | Unsupported;
	readonly chatFormat: ChatFormat;
	readonly tokenize: (text: string) => readonly number[];
	readonly contextSize: number;
	readonly calibration: Calibration;
}

export class LlamaEngine implements Engine {
	readonly #gate = new Gate();
	readonly #adapterLock = new Lock();
	readonly #running = new Running();
	#governors: Governors = governorsFor({ prefill: 1, decode: 1 });
	#loaded: Loaded | undefined;
	#slot: Slot | undefined;
	/** The end of the context before, which may still answer. */
	#retired: Promise<void> = Promise.resolve();
	#disposed: Promise<void> | undefined;

	/** @param log lines of the native libraries and of this engine; the default is standard error. */
	constructor(private readonly log: (line: string) => void = (line) => process.stderr.write(`${line}\n`)) {}

	async load(
		options: LoadOptions,
		onProgress: (fraction: number) => void,
		signal: AbortSignal,
	): Promise<ModelDescription> {
		if (this.#loaded !== undefined || this.#disposed !== undefined) {
			throw new ModelUnavailable(
				problem('model-load-failed', 'This engine has loaded its model already.', []),
			);
		}
		const start = performance.now();
		try {
			return await this.#load(options, onProgress, start, signal);
		} catch (error) {
			throwIfAborted(signal);
			throw ModelUnavailable.is(error)
				? error
				: new ModelUnavailable(explainFailure(error, path.basename(options.path), options));
		}
	}

	async *fill(request: FillRequest, signal: AbortSignal): AsyncGenerator<GenerationEvent, void> {
		const { fill, vocabulary, tokenize, contextSize } = this.#require();
		if (fill.type === 'unsupported' && !request.leftToRight) {
			yield fill;
			return;
		}
		const limit = Math.min(request.maxPromptTokens, contextSize - reserved(request.maxTokens, contextSize));
		const prompt =
			fill.type === 'fill'
				? renderFill(fill, request, tokenize, limit)
				: renderLeftToRight(vocabulary.begin, request, tokenize, limit);
		if (prompt.length === 0) {
			yield { type: 'unsupported', reason: 'There is no text that this model could continue.' };
			return;
		}
		yield* this.#generate(
			({ completion }) => completion,
			{
				prompt,
				maxTokens: request.maxTokens,
				temperature: 0,
				priority: request.priority,
				stopTokens: new Set(fill.type === 'fill' ? fill.stops : vocabulary.ends),
				stopTexts: [],
			},
			signal,
		);
	}

	async *chat(request: ChatRequest, signal: AbortSignal): AsyncGenerator<GenerationEvent, void> {
		const { contextSize, vocabulary, fill } = this.#require();
		const limit = contextSize - reserved(request.maxTokens, contextSize);
		const messages = fitConversation(
			request.messages,
			(messages) => this.#renderChat(messages).tokens.length,
			limit,
		);
		const rendered = this.#renderChat(messages);
		const prompt = rendered.tokens.slice(0, limit);
		if (prompt.length === 0) {
			yield { type: 'unsupported', reason: 'The conversation is empty.' };
			return;
		}
		const stops = [...vocabulary.ends, ...rendered.stopTokens, ...(fill.type === 'fill' ? fill.stops : [])];
		yield* this.#generate(
			({ chat }) => chat,
			{
				prompt,
				maxTokens: request.maxTokens,
				temperature: request.temperature,
				priority: request.priority,
				stopTokens: new Set(stops),
				stopTexts: rendered.stopTexts,
			},
			signal,
		);
	}

	async tokenize(text: string, signal: AbortSignal): Promise<Tokens | Unsupported> {
		throwIfAborted(signal);
		return { type: 'tokens', tokens: this.#require().tokenize(text) };
	}

	/** Uses chat's sequence, whose cached conversation is lost: a third one would cost every user its memory. */
	async score(request: ScoreRequest, signal: AbortSignal): Promise<Scores | Unsupported> {
		const { tokenize, vocabulary, contextSize, calibration } = this.#require();
		const lane = this.#requireSlot().chat;
		const text = tokenize(request.text);
		const before = [vocabulary.begin, ...tokenize(request.context)].filter((token) => token !== undefined);
		const start = before.length > 0 ? before : vocabulary.ends.slice(0, 1);
		const room = contextSize - 1 - text.length;
		if (room < 1 || start.length === 0) {
			return { type: 'unsupported', reason: 'The text is longer than the context of this model.' };
		}
		const running = this.#running.track(signal);
		try {
			const scoring = {
				context: start.slice(-room),
				text,
				chunk: calibration.chunk,
				priority: request.priority,
			};
			const logProbabilities = await score(lane, this.#gate, scoring, running.signal);
			return { type: 'scores', logProbabilities };
		} finally {
			running.dispose();
		}
	}

	async embed(_text: string, signal: AbortSignal): Promise<Embedding | Unsupported> {
		throwIfAborted(signal);
		return { type: 'unsupported', reason: 'Embeddings need a model of their own, which is not there yet.' };
	}

	async useAdapter(adapter: Adapter | undefined, signal: AbortSignal): Promise<AdapterInUse | Unsupported> {
		const loaded = this.#require();
		const release = await this.#adapterLock.acquire(signal);
		try {
			const old = this.#requireSlot();
			if (old.adapter?.path === adapter?.path && old.adapter?.scale === adapter?.scale) {
				return { type: 'adapter', adapter };
			}
			// Two contexts at most: the one before last has to end first.
			await untilAborted(this.#retired, signal);
			const create = async () => {
				const slot = await this.#createSlot(loaded.model, loaded.contextSize, adapter);
				if (signal.aborted || this.#disposed !== undefined) {
					await slot.context.dispose();
					throw abortError();
				}
				return slot;
			};
			const slot = await this.#gate.step('interactive', create, signal);
			this.#slot = slot;
			this.#retired = this.#retire(old).catch((error: unknown) => this.log(messageOf(error)));
			return { type: 'adapter', adapter };
		} catch (error) {
			if (isAbort(error)) {
				throw error;
			}
			const name = adapter === undefined ? 'without an adapter' : `with ${path.basename(adapter.path)}`;
			return { type: 'unsupported', reason: `The model cannot be used ${name}: ${messageOf(error)}` };
		} finally {
			release();
		}
	}

	dispose(): Promise<void> {
		this.#disposed ??= this.#dispose();
		return this.#disposed;
	}

	async #dispose(): Promise<void> {
		this.#running.abortAll();
		const slot = this.#slot;
		this.#slot = undefined;
		await Promise.allSettled([this.#retired, slot === undefined ? undefined : this.#retire(slot)]);
		await this.#loaded?.model.dispose();
		await this.#loaded?.llama.dispose();
		this.#loaded = undefined;
	}

	async #load(
		options: LoadOptions,
		onProgress: (fraction: number) => void,
		start: number,
		signal: AbortSignal,
	): Promise<ModelDescription> {
		const { llama, model, slot, fallbackReason } = await this.#loadWithFallback(options, onProgress, signal);
		const contextSize = slot.context.contextSize;
		const vocabulary = vocabularyOf(model);
		const fill = describeFill(vocabulary);
		const { metadata } = model.fileInfo;
		const isOnGpu = model.gpuLayers >= model.fileInsights.totalLayers;
		const tokenize = inertTokenizer(rawTokenizer(model), reservedTokens(model, vocabulary, fill));
		const sample = tokenize(SAMPLE);
		const calibration = await calibrate(
			{
				clear: async () => void (await slot.completion.keep([])),
				feed: (tokens) => slot.completion.feed(tokens, 'interactive'),
				useThreads: (threads) => {
					this.#governors = governorsFor(threads);
				},
			},
			sample.length > 0 ? sample : [0],
			isOnGpu ? 1 : countCores(),
			signal,
		).catch(async (error: unknown) => {
			await llama.dispose();
			throw error;
		});
		const name = metadata.general.name ?? path.basename(options.path, '.gguf');
		const chatFormat = chooseChatFormat({
			name: `${name} ${path.basename(options.path)}`,
			template: metadata.tokenizer?.chat_template,
			has: (token) => vocabulary.find(token) !== undefined,
		});
		this.#governors = governorsFor(calibration.threads, calibration);
		this.#loaded = { llama, model, vocabulary, fill, chatFormat, tokenize, contextSize, calibration };
		this.#slot = slot;
		onProgress(1);
		const { gpuVram } = await llama.getLlamaMemoryUsage();
		return {
			path: options.path,
			name,
			architecture: metadata.general.architecture,
			parameters: parametersOf(model),
			quantisation: quantisationOf(model),
			fileBytes: fs.statSync(options.path).size,
			trainedContext: model.trainContextSize,
			contextSize,
			fill:
				fill.type === 'unsupported'
					? fill
					: {
							type: 'fill',
							family: fill.family,
							source: fill.source,
							repositoryLevel: fill.file !== undefined,
						},
			chat: { type: 'chat', wrapper: chatFormat },
			backend: llama.gpu === false ? 'cpu' : llama.gpu,
			devices: llama.gpu === false ? [os.cpus()[0]?.model ?? 'CPU'] : await llama.getGpuDeviceNames(),
			gpuLayers: model.gpuLayers,
			totalLayers: model.fileInsights.totalLayers,
			fallbackReason,
			memory: { host: process.memoryUsage.rss(), gpu: gpuVram },
			threads: calibration.threads,
			prefillTokensPerSecond: calibration.prefillTokensPerSecond,
			decodeTokensPerSecond: calibration.decodeTokensPerSecond,
			prefillChunk: calibration.chunk,
			loadMilliseconds: performance.now() - start,
			engineVersion: `llama.cpp ${llama.llamaCppRelease.release}, node-llama-cpp ${await getModuleVersion()}`,
			adapter: undefined,
		};
	}

	async #loadWithFallback(options: LoadOptions, onProgress: (fraction: number) => void, signal: AbortSignal) {
		const first = await this.#backend(options.backend);
		let { llama, reason } = first;
		const attempts = planAttempts(options, llama.gpu !== false);
		for (const [index, attempt] of attempts.entries()) {
			let model: LlamaModel | undefined;
			try {
				if (attempt === 'cpu') {
					await llama.dispose();
					llama = await this.#getLlama(false);
				}
				model = await llama.loadModel({
					modelPath: options.path,
					gpuLayers: gpuLayersFor(attempt, options, first.layers),
					defaultContextSwaFullCache: true,
					onLoadProgress: (fraction) => onProgress(fraction * 0.9),
					loadSignal: signal,
				});
				first.layers = model.gpuLayers;
				const slot = await this.#createSlot(model, options.contextSize, undefined);
				return { llama, model, slot, fallbackReason: reason };
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

	/** The backend that was asked for, or for `auto` the best one that works, and why that is no GPU. */
	async #backend(backend: Backend): Promise<{ llama: Llama; reason: string | undefined; layers: number }> {
		if (backend === 'cpu') {
			return { llama: await this.#getLlama(false), reason: undefined, layers: 0 };
		}
		if (backend === 'auto') {
			const llama = await this.#getLlama('auto');
			const reason = llama.gpu === false ? explainCpu(await probeGpus()) : undefined;
			return { llama, reason, layers: 0 };
		}
		try {
			const llama = await this.#getLlama(backend);
			if (llama.gpu === backend) {
				return { llama, reason: undefined, layers: 0 };
			}
			await llama.dispose();
		} catch (error) {
			this.log(messageOf(error));
		}
		const probe = (await probeGpus()).find((candidate) => candidate.backend === backend);
		const why = whyNot(probe ?? { backend, isInstalled: false, isSupported: false });
		const message = `The chosen backend cannot be used. ${why}.`;
		throw new ModelUnavailable(problem('backend-unavailable', message, ['use-cpu', 'show-log']));
	}

	#getLlama(gpu: 'auto' | 'cuda' | 'vulkan' | 'metal' | false): Promise<Llama> {
		return getLlama({
			gpu,
			// The default would download and compile llama.cpp.
			build: 'never',
			skipDownload: true,
			progressLogs: false,
			logLevel: LlamaLogLevel.warn,
			logger: (_level, message) => this.log(message.trimEnd()),
		});
	}

	/** @param contextSize 0 chooses. */
	async #createSlot(model: LlamaModel, contextSize: number, adapter: Adapter | undefined): Promise<Slot> {
		const { llama } = model;
		// Contexts take their share of the threads at creation; each batch is given fewer where fewer are faster.
		llama.maxThreads = countCores();
		const most = Math.min(model.trainContextSize || DEFAULT_CONTEXT, DEFAULT_CONTEXT);
		const context = await model.createContext({
			sequences: SEQUENCES,
			batchSize: BATCH,
			contextSize: contextSize > 0 ? contextSize : { min: Math.min(SMALLEST_CONTEXT, most), max: most },
			threads: { ideal: llama.maxThreads, min: 1 },
			swaFullCache: true,
			flashAttention: wantsFlashAttention(model) ? 'auto' : false,
			batching: {
				itemPrioritizationStrategy: ({ items, size }) => {
					const shares = prioritize(items, size);
					llama.maxThreads = this.#governors[isPrefill(shares) ? 'prefill' : 'decode'].threads;
					return shares;
				},
			},
			...(adapter === undefined
				? {}
				: { lora: { adapters: [{ filePath: adapter.path, scale: adapter.scale }] } }),
		});
		const observe = (kind: keyof Governors, tokens: number, milliseconds: number) =>
			this.#governors[kind].observe(tokens, milliseconds);
		return {
			adapter,
			context,
			completion: new SequenceLane(context.getSequence(), observe),
			chat: new SequenceLane(context.getSequence(), observe),
		};
	}

	/** Frees a context when the requests that own or wait for its sequences have ended. */
	async #retire(slot: Slot): Promise<void> {
		const never = new AbortController().signal;
		await Promise.all([slot.completion.lock.acquire(never), slot.chat.lock.acquire(never)]);
		await this.#gate.step('interactive', () => slot.context.dispose(), never);
	}

	async *#generate(
		choose: (slot: Slot) => SequenceLane,
		generation: Omit<Generation, 'chunk'>,
		signal: AbortSignal,
	): AsyncGenerator<GenerationEvent, void> {
		const { model, calibration, contextSize } = this.#require();
		if (generation.prompt.length >= contextSize) {
			yield { type: 'unsupported', reason: 'The request is longer than the context of this model.' };
			return;
		}
		const running = this.#running.track(signal);
		try {
			yield* generate(
				choose(this.#requireSlot()),
				this.#gate,
				{ ...generation, chunk: calibration.chunk },
				(tokens, before) => model.detokenize(asTokens(tokens), false, asTokens(before)),
				running.signal,
			);
		} finally {
			running.dispose();
		}
	}

	#renderChat(messages: readonly ChatMessage[]): RenderedPrompt {
		const { model, chatFormat, tokenize, vocabulary } = this.#require();
		if (
			chatFormat === 'granite' ||
			chatFormat === 'phi' ||
			chatFormat === 'instruction' ||
			chatFormat === 'plain'
		) {
			const { segments, stopTexts } = renderOwnFormat(chatFormat, messages);
			const tokens = segments.flatMap(({ type, text }) =>
				type === 'markup' ? model.tokenize(text, true) : tokenize(text),
			);
			const begin = vocabulary.begin === undefined ? [] : [vocabulary.begin];
			return { tokens: [...begin, ...tokens], stopTokens: [], stopTexts };
		}
		const wrapper = createWrapper(chatFormat, model);
		const { contextText, stopGenerationTriggers } = wrapper.generateContextState({
			chatHistory: historyOf(messages),
		});
		const tokens = contextText.tokenize(model.tokenizer);
		const { bos, shouldPrependBosToken } = model.tokens;
		const stops = stopGenerationTriggers.map((trigger) => ({
			tokens: trigger.tokenize(model.tokenizer),
			text: trigger.toString(),
		}));
		return {
			// The wrappers begin with this token for every model, also for those that do not want it.
			tokens: !shouldPrependBosToken && bos !== null && tokens[0] === bos ? tokens.slice(1) : tokens,
			stopTokens: stops.flatMap(({ tokens }) => (tokens.length === 1 ? tokens : [])),
			stopTexts: stops.flatMap(({ tokens, text }) => (tokens.length === 1 || text === '' ? [] : [text])),
		};
	}

	#require(): Loaded {
		if (this.#loaded === undefined || this.#disposed !== undefined) {
			throw new ModelUnavailable(problem('model-not-loaded', 'No model is loaded.', ['restart']));
		}
		return this.#loaded;
	}

	#requireSlot(): Slot {
		if (this.#slot === undefined) {
			throw new ModelUnavailable(problem('model-not-loaded', 'No model is loaded.', ['restart']));
		}
		return this.#slot;
	}
}

/** One sequence of a context. */
class SequenceLane implements ScoringLane {
	readonly lock = new Lock();
	readonly contextSize: number;

	/** @param observe hears how long each batch took. */
	constructor(
		private readonly sequence: LlamaContextSequence,
		private readonly observe: (kind: keyof Governors, tokens: number, milliseconds: number) => void,
	) {
		this.contextSize = sequence.contextSize;
	}

	async keep(tokens: readonly number[]): Promise<number> {
		await this.sequence.adaptStateToTokens(asTokens(tokens), false);
		return this.sequence.nextTokenIndex;
	}

	async feed(tokens: readonly number[], priority: Priority): Promise<void> {
		const start = performance.now();
		await this.sequence.evaluateWithoutGeneratingNewTokens(asTokens(tokens), {
			evaluationPriority: EVALUATION_PRIORITY[priority],
		});
		this.observe(
			isPrefillSize(tokens.length) ? 'prefill' : 'decode',
			tokens.length,
			performance.now() - start,
		);
		// Models whose state cannot be rewound reuse a prefix only from a checkpoint.
		if (this.sequence.needsCheckpoints) {
			await this.sequence.takeCheckpoint();
		}
	}

	async *sample(
		tokens: readonly number[],
		{ temperature, priority }: Sampling,
	): AsyncGenerator<number, void> {
		const sampled = this.sequence.evaluate(asTokens(tokens), {
			temperature,
			...(temperature > 0 ? { topK: CHAT_TOP_K, topP: CHAT_TOP_P, seed: randomInt(MOST_SEED) } : {}),
			evaluationPriority: EVALUATION_PRIORITY[priority],
		});
		try {
			while (true) {
				const start = performance.now();
				const next = await sampled.next();
				if (next.done === true) {
					return;
				}
				this.observe('decode', 1, performance.now() - start);
				yield next.value;
			}
		} finally {
			await sampled.return();
		}
	}

	async score({ tokens, from, end, first }: ScoredChunk, priority: Priority): Promise<number[]> {
		const all = asTokens(tokens);
		const input = all.slice(from, end).map((token, index) => {
			const next = all[from + index + 1];
			const wanted = from + index >= first && next !== undefined ? [next] : [];
			return [
				token,
				wanted.length === 0
					? {}
					: {
							generateNext: {
								logits: { filter: { tokens: wanted, includeMax: true } },
								totalLogitWeight: true,
							},
						},
			] satisfies [Token, object];
		});
		const output = await this.sequence.controlledEvaluate(input, {
			evaluationPriority: EVALUATION_PRIORITY[priority],
		});
		const scores: number[] = [];
		for (let index = Math.max(0, first - from); index < input.length; index++) {
			const next = output[index]?.next;
			const token = all[from + index + 1];
			const logit = token === undefined ? undefined : next?.logits?.get(token);
			if (logit === undefined || next?.logits === undefined || next.totalLogitWeight === undefined) {
				throw new Error('The model gave no probability for a token.');
			}
			scores.push(logit - Math.max(...next.logits.values()) - Math.log(next.totalLogitWeight));
		}
		return scores;
	}
}

interface Governors {
	readonly prefill: ThreadGovernor;
	readonly decode: ThreadGovernor;
}

/** Without speeds the threads stay as they are. */
function governorsFor(threads: Threads, speeds?: Calibration): Governors {
	const perToken = (tokensPerSecond: number | undefined) =>
		tokensPerSecond === undefined ? Number.POSITIVE_INFINITY : 1000 / tokensPerSecond;
	return {
		prefill: new ThreadGovernor(threads.prefill, perToken(speeds?.prefillTokensPerSecond)),
		decode: new ThreadGovernor(threads.decode, perToken(speeds?.decodeTokensPerSecond)),
	};
}

function isToken(value: number): value is Token {
	return Number.isInteger(value) && value >= 0;
}

function asTokens(tokens: readonly number[]): Token[] {
	return tokens.filter(isToken);
}

/** Text that continues another: vocabularies of SentencePiece would put a space before it. */
function rawTokenizer(model: LlamaModel): (text: string) => readonly number[] {
	return model.vocabularyType === LlamaVocabularyType.spm
		? (text) => model.tokenize(text, false, 'trimLeadingSpace')
		: (text) => model.tokenize(text, false);
}

function vocabularyOf(model: LlamaModel): Vocabulary {
	const { metadata } = model.fileInfo;
	const texts = metadata.tokenizer?.ggml?.tokens ?? [];
	const ids = new Map(texts.map((text, id) => [text, id]));
	const { bos, eos, eot, shouldPrependBosToken } = model.tokens;
	return {
		size: texts.length,
		architecture: metadata.general.architecture,
		begin: shouldPrependBosToken && bos !== null ? bos : undefined,
		ends: [eos, eot].filter((token) => token !== null),
		find: (text) => ids.get(text),
		text: (token) => texts[token],
		number: (key) => numberAt(metadata, key),
	};
}

/** A number in nested metadata, by its dotted key. */
function numberAt(metadata: object, key: string): number | undefined {
	let value: unknown = metadata;
	for (const part of key.split('.')) {
		value =
			typeof value === 'object' && value !== null && Object.hasOwn(value, part)
				? Object.getOwnPropertyDescriptor(value, part)?.value
				: undefined;
	}
	return typeof value === 'number' ? value : undefined;
}

/** Tokens that no user text may become. */
function reservedTokens(
	model: LlamaModel,
	vocabulary: Vocabulary,
	fill: FillFormat | Unsupported,
): ReadonlyMap<number, string> {
	const CONTROL = 3;
	const types = model.fileInfo.metadata.tokenizer?.ggml?.token_type ?? [];
	const control = types.flatMap((type, token) => (type === CONTROL ? [token] : []));
	const stops = fill.type === 'fill' ? fill.stops : vocabulary.ends;
	return new Map([...control, ...stops].map((token) => [token, vocabulary.text(token) ?? '']));
}

function createWrapper(
	format: Exclude<ChatFormat, 'granite' | 'phi' | 'instruction' | 'plain'>,
	model: LlamaModel,
): ChatWrapper {
	switch (format) {
		case 'chatML':
			return new ChatMLChatWrapper();
		case 'qwen':
			return new QwenChatWrapper({ thoughts: 'discourage' });
		case 'deepSeek':
			return new DeepSeekChatWrapper();
		case 'llama3':
			return new Llama3ChatWrapper();
		case 'llama2Chat':
			return new Llama2ChatWrapper();
		case 'mistral':
			return new MistralChatWrapper();
		case 'gemma':
			return new GemmaChatWrapper();
		case 'gemma4':
			return new Gemma4ChatWrapper();
		case 'harmony':
			return new HarmonyChatWrapper();
		case 'seed':
			return new SeedChatWrapper();
		case 'template':
			return new JinjaTemplateChatWrapper({
				template: model.fileInfo.metadata.tokenizer?.chat_template ?? '',
				tokenizer: model.tokenizer,
			});
	}
}

function historyOf(messages: readonly ChatMessage[]): ChatHistoryItem[] {
	const history = messages.map(({ role, content }): ChatHistoryItem => {
		if (role === 'assistant') {
			return { type: 'model', response: [content] };
		}
		return { type: role, text: content };
	});
	return [...history, { type: 'model', response: [] }];
}

/** Tokens kept free for the answer. */
function reserved(maxTokens: number, contextSize: number): number {
	return Math.max(1, Math.min(maxTokens, Math.floor(contextSize * ANSWER_SHARE)));
}

function gpuLayersFor(attempt: Attempt, options: LoadOptions, layersBefore: number) {
	if (attempt === 'cpu') {
		return 0;
	}
	if (options.gpuLayers >= 0) {
		return options.gpuLayers;
	}
	const contextSize = SEQUENCES * (options.contextSize > 0 ? options.contextSize : DEFAULT_CONTEXT);
	const fitContext = { contextSize };
	return attempt === 'chosen' ? { fitContext } : { max: Math.floor(layersBefore / 2), fitContext };
}

async function probeGpus(): Promise<GpuProbe[]> {
	const [valid, supported] = await Promise.all([getLlamaGpuTypes('allValid'), getLlamaGpuTypes('supported')]);
	return valid
		.filter((gpu) => gpu !== false)
		.map((backend) => ({
			backend,
			isInstalled: isPackaged(backend),
			isSupported: supported.includes(backend),
		}));
}

/** Whether node-llama-cpp's package for a backend lies next to it. */
function isPackaged(backend: string): boolean {
	const platform =
		process.platform === 'darwin' ? 'mac' : process.platform === 'win32' ? 'win' : process.platform;
	const name =
		backend === 'metal' ? `${platform}-${process.arch}-metal` : `${platform}-${process.arch}-${backend}`;
	try {
		return import.meta.resolve(`@node-llama-cpp/${name}`) !== '';
	} catch {
		return false;
	}
}

function countCores(): number {
	return availableCores(os.availableParallelism(), readCgroupQuota());
}

function readCgroupQuota(): string | undefined {
	try {
		return fs.readFileSync('/sys/fs/cgroup/cpu.max', 'utf8');
	} catch {
		// Not in a container, or not Linux.
		return undefined;
	}
}

/**
 * On the CPU, flash attention with heads that are no multiple of 64 is not vectorised: with heads of 32 a token
 * took 14.9 ms instead of 2.8 behind 1,600 others. With heads of 64 it is a quarter faster.
 */
function wantsFlashAttention(model: LlamaModel): boolean {
	const { attention, embedding_length: width } = model.fileInfo.architectureMetadata;
	const heads = typeof attention?.head_count === 'number' ? attention.head_count : 0;
	const size = attention?.key_length ?? (heads > 0 ? (width ?? 0) / heads : 0);
	return model.gpuLayers > 0 || size % 64 === 0;
}

function parametersOf(model: LlamaModel): number {
	const tensors = model.fileInfo.fullTensorInfo ?? [];
	return tensors.reduce(
		(sum, { dimensions }) => sum + dimensions.reduce<number>((product, size) => product * Number(size), 1),
		0,
	);
}

function quantisationOf(model: LlamaModel): string {
	const type = model.fileInfo.metadata.general.file_type;
	const name = type === undefined ? undefined : GgufFileType[type];
	const dominant = model.fileInsights.dominantTensorType;
	return name?.replace(/^(ALL|MOSTLY)_/, '') ?? (dominant === undefined ? 'unknown' : GgmlType[dominant]);
}

function problem(code: string, message: string, remedies: Problem['remedies']): Problem {
	return { code, message, remedies };
}
