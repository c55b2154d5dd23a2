/**
 * Answers one caller's requests with a loaded model: what is asked of which lane, within its context.
 * Over 300 lines because it is the port, one method a kind of request.
 */

import * as path from 'node:path';
import { isAbort, throwIfAborted } from '../cancel';
import { messageOf } from '../failure';
import type {
	Adapter,
	AdaptersInUse,
	ChatRequest,
	ChatScores,
	Embedding,
	EncodeChatsRequest,
	Encoded,
	EncodedChats,
	EncodeRequest,
	FillRequest,
	GenerationEvent,
	InspectedAdapter,
	Prefilled,
	Priority,
	ScoreChatsRequest,
	ScoredFills,
	ScoreFillsRequest,
	ScoreRequest,
	Scores,
	Tokens,
	Unsupported,
} from '../model';
import type { AdapterInspector } from './adapterInspector';
import { encodeChats } from './chatEncoding';
import { fitConversation } from './chatFormat';
import { planChat } from './chatPlan';
import type { ChatRenderer } from './chatRenderer';
import { scoreChats } from './chatScoring';
import { ANYBODY, type Caller, claimOf } from './claim';
import type { ContextChoice } from './contextChoice';
import type { Slot } from './contextPlace';
import { encode } from './encoding';
import type { EngineSession } from './engine';
import { fillPrompt, promptRoom } from './fillPrompt';
import { scoreFills } from './fillScoring';
import type { Gate } from './gate';
import { type Generation, generate } from './generation';
import type { Constraint } from './lane';
import { Lock } from './lock';
import type { ModelTokens } from './modelTokens';
import { prefill } from './promptFeeding';
import type { Running } from './running';
import { score } from './scoring';
import type { TextEmbedder } from './textEmbedder';

/** What of a loaded model does not change with its adapters. */
interface LoadedModel {
	readonly tokens: ModelTokens;
	readonly chat: ChatRenderer;
	/** Holds one text to a grammar (GBNF). */
	constrain(grammar: string): Promise<Pick<Constraint, 'state' | 'bias' | 'noBias'>>;
	/** Tokens of each sequence. */
	readonly contextSize: number;
	/** Prompt tokens at once to begin with. */
	readonly chunk: number;
	/** Whether several tokens at once cost so much less than one after the other that guessing pays. */
	readonly guesses: boolean;
}

export class LlamaGenerator implements EngineSession {
	/** Choices of adapters, one after the other: the last one asked for is the one that stays. */
	readonly #adapting = new Lock();
	/** Chat's own, once somebody chats: until then it needs no context without completion's adapters. */
	#chatContexts: ContextChoice | undefined;

	constructor(
		private readonly model: LoadedModel,
		private readonly contexts: ContextChoice,
		private readonly enterChat: () => ContextChoice,
		private readonly gate: Gate,
		private readonly inspector: AdapterInspector,
		private readonly embedder: Pick<TextEmbedder, 'embed'>,
		/** The requests of all callers. */
		private readonly running: Running,
		private readonly caller: Caller = ANYBODY,
	) {}

	async *fill(request: FillRequest, signal: AbortSignal): AsyncGenerator<GenerationEvent, void> {
		const asked = fillPrompt(this.model, request);
		if (asked.type === 'unsupported') {
			yield asked;
			return;
		}
		const { prompt, typedEnd } = asked;
		const { maxTokens, priority, alternative = 0, temperature = 0, guesses = true } = request;
		const stops = { stopTokens: new Set(this.model.tokens.fillStops), stopTexts: [] };
		const generation = { prompt, typedEnd, maxTokens, temperature, priority, alternative, ...stops };
		yield* this.generate('completion', generation, signal, guesses);
	}

	async prefill(request: FillRequest, signal: AbortSignal): Promise<Prefilled | Unsupported> {
		const asked = fillPrompt(this.model, request);
		if (asked.type === 'unsupported') {
			return asked;
		}
		const feeding = { prompt: asked.prompt, chunk: this.model.chunk, caller: this.caller };
		const work = ({ completion }: Slot, signal: AbortSignal) =>
			prefill(completion, this.gate, feeding, signal);
		return this.withContext(this.contexts, 'background', signal, work, 'short');
	}

	async *chat(request: ChatRequest, signal: AbortSignal): AsyncGenerator<GenerationEvent, void> {
		const { fill, fillStops, vocabulary } = this.model.tokens;
		const plan = planChat(request, this.model.chat);
		if ('type' in plan) {
			yield plan;
			return;
		}
		const limit = promptRoom(this.model, request.maxTokens);
		const messages = fitConversation(
			request.messages,
			(messages) => plan.render(messages).tokens.length,
			limit,
		);
		const { tokens, stopTokens, stopTexts } = plan.render(messages);
		const prompt = tokens.slice(0, limit);
		if (prompt.length === 0) {
			yield { type: 'unsupported', reason: 'The conversation is empty.' };
			return;
		}
		const { maxTokens, temperature, priority, guesses = true } = request;
		const stops = [
			...vocabulary.ends,
			...stopTokens,
			...plan.stopTokens,
			...(fill.type === 'fill' ? fillStops : []),
		];
		const shared = { prompt, maxTokens, temperature, priority, alternative: 0 };
		const constrained =
			plan.held === undefined
				? {}
				: { constraint: { ...plan.held, ...(await this.model.constrain(plan.held.grammar)) } };
		const events = this.generate(
			'chat',
			{ ...shared, ...constrained, stopTokens: new Set(stops), stopTexts },
			signal,
			guesses,
		);
		for await (const event of events) {
			yield event;
			if (event.type === 'prefilled' && plan.opening !== '') {
				// The answer begins in the prompt: whoever reads it must not take the rest of a thought for it.
				yield { type: 'text', text: plan.opening };
			}
		}
	}

	async tokenize(text: string, signal: AbortSignal): Promise<Tokens | Unsupported> {
		throwIfAborted(signal);
		return { type: 'tokens', tokens: this.model.tokens.tokenize(text) };
	}

	/** Uses chat's sequence, whose cached conversation is lost: a third one would cost every user its memory. */
	async score(request: ScoreRequest, signal: AbortSignal): Promise<Scores | Unsupported> {
		const { tokenize, vocabulary } = this.model.tokens;
		const text = tokenize(request.text);
		const before = [vocabulary.begin, ...tokenize(request.context)].filter((token) => token !== undefined);
		const start = before.length > 0 ? before : vocabulary.ends.slice(0, 1);
		const room = this.model.contextSize - 1 - text.length;
		if (room < 1 || start.length === 0) {
			return { type: 'unsupported', reason: 'The text is longer than the context of this model.' };
		}
		const scoring = {
			context: start.slice(-room),
			text,
			chunk: this.model.chunk,
			priority: request.priority,
			caller: this.caller,
		};
		return this.withContext(this.contexts, request.priority, signal, async ({ chat }, signal) => ({
			type: 'scores',
			logProbabilities: await score(chat, this.gate, scoring, signal),
		}));
	}

	/** Uses chat's sequence, as `score` does. */
	scoreFills(request: ScoreFillsRequest, signal: AbortSignal): Promise<ScoredFills | Unsupported> {
		const scoring = { ...request, chunk: this.model.chunk };
		return this.withContext(this.contexts, request.priority, signal, ({ chat }, signal) =>
			scoreFills(chat, this.gate, scoring, this.encoder(), signal),
		);
	}

	embed(text: string, signal: AbortSignal): Promise<Embedding | Unsupported> {
		return this.tracked(signal, (signal) => this.embedder.embed(text, this.claim('background'), signal));
	}

	useAdapters(adapters: readonly Adapter[], signal: AbortSignal): Promise<AdaptersInUse | Unsupported> {
		return this.adapt(this.contexts, adapters, signal);
	}

	async useChatAdapters(
		adapters: readonly Adapter[],
		signal: AbortSignal,
	): Promise<AdaptersInUse | Unsupported> {
		return this.adapt(this.chatContexts, adapters, signal);
	}

	encodeChats(request: EncodeChatsRequest, signal: AbortSignal): Promise<EncodedChats | Unsupported> {
		const { ends } = this.model.tokens.vocabulary;
		const encoder = { ...this.model, ends, caller: this.caller };
		return this.tracked(signal, async (signal) => {
			const chats = await encodeChats(request, encoder, this.gate, signal);
			return 'type' in chats ? chats : { type: 'encodedChats', chats };
		});
	}

	async scoreChats(request: ScoreChatsRequest, signal: AbortSignal): Promise<ChatScores | Unsupported> {
		const encoded = await this.encodeChats(request, signal);
		const { adapters } = request;
		const reason =
			adapters === undefined || encoded.type === 'unsupported'
				? undefined
				: await this.inspector.refusal(adapters, signal);
		if (encoded.type === 'unsupported' || reason !== undefined) {
			return encoded.type === 'unsupported' ? encoded : { type: 'unsupported', reason: reason ?? '' };
		}
		const scoring = { chats: encoded.chats, chunk: this.model.chunk, caller: this.caller };
		const work = async ({ chat }: Slot, signal: AbortSignal): Promise<ChatScores> => ({
			type: 'chatScores',
			chats: await scoreChats(chat, this.gate, scoring, signal),
		});
		// One context for all of them: one that nobody chose is freed as soon as it is released.
		return this.withContext(this.chatContexts, 'background', signal, work, 'long', adapters);
	}

	private async adapt(
		contexts: ContextChoice,
		adapters: readonly Adapter[],
		signal: AbortSignal,
	): Promise<AdaptersInUse | Unsupported> {
		const running = this.running.track(signal);
		let release: () => void = () => undefined;
		try {
			release = await this.#adapting.acquire(this.claim('background'), running.signal);
			const reason = await this.inspector.refusal(adapters, running.signal);
			if (reason !== undefined) {
				return { type: 'unsupported', reason };
			}
			await contexts.use(adapters, running.signal);
			return { type: 'adapters', adapters };
		} catch (error) {
			if (isAbort(error)) {
				throw error;
			}
			const names = adapters.map((adapter) => path.basename(adapter.path)).join(', ');
			const how = names === '' ? 'without adapters' : `with ${names}`;
			return { type: 'unsupported', reason: `The model cannot be used ${how}: ${messageOf(error)}` };
		} finally {
			release();
			running.dispose();
		}
	}

	inspectAdapter(file: string, signal: AbortSignal): Promise<InspectedAdapter | Unsupported> {
		return this.tracked(signal, (signal) => this.inspector.inspect(file, signal));
	}

	encode(request: EncodeRequest, signal: AbortSignal): Promise<Encoded | Unsupported> {
		return this.tracked(signal, (signal) => encode(request, this.encoder(), this.gate, signal));
	}

	leave(): void {
		this.contexts.leave();
		this.#chatContexts?.leave();
	}

	private get chatContexts(): ContextChoice {
		this.#chatContexts ??= this.enterChat();
		return this.#chatContexts;
	}

	private async *generate(
		lane: 'completion' | 'chat',
		generation: Omit<Generation, 'chunk' | 'guesses'>,
		signal: AbortSignal,
		mayGuess = true,
	): AsyncGenerator<GenerationEvent, void> {
		const { chunk, guesses, tokens } = this.model;
		const running = this.running.track(signal);
		let release: () => void = () => undefined;
		try {
			const [contexts, work] =
				lane === 'chat' ? ([this.chatContexts, 'answer'] as const) : ([this.contexts, 'short'] as const);
			const held = await contexts.hold(this.claim(generation.priority), running.signal, work);
			({ release } = held);
			const whole = { ...generation, chunk, guesses: guesses && mayGuess, caller: this.caller };
			yield* generate(held.slot[lane], this.gate, whole, tokens.detokenize, running.signal);
		} finally {
			release();
			running.dispose();
		}
	}

	private withContext<T>(
		contexts: ContextChoice,
		priority: Priority,
		signal: AbortSignal,
		work: (slot: Slot, signal: AbortSignal) => Promise<T>,
		length: 'short' | 'long' = 'long',
		adapters?: readonly Adapter[],
	): Promise<T> {
		return this.tracked(signal, async (signal) => {
			const { slot, release } = await contexts.hold(this.claim(priority), signal, length, adapters);
			try {
				return await work(slot, signal);
			} finally {
				release();
			}
		});
	}

	/** Ends with the model, too. */
	private async tracked<T>(signal: AbortSignal, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
		const running = this.running.track(signal);
		try {
			return await work(running.signal);
		} finally {
			running.dispose();
		}
	}

	private claim(priority: Priority) {
		return claimOf(priority, this.caller);
	}

	private encoder() {
		return { ...this.model, ...this.model.tokens, caller: this.caller };
	}
}
