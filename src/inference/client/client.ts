/**
 * The model as the rooms see it: a port to the host process that outlives the host's crashes. Over 300 lines because it
 * is the port, one method a kind of request.
 */

import { abortError, throwIfAborted } from '../cancel';
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
	LoadOptions,
	Model,
	ModelState,
	Prefilled,
	Problem,
	ScoreChatsRequest,
	ScoredFills,
	ScoreFillsRequest,
	ScoreRequest,
	Scores,
	Subscription,
	Tokens,
	Unsupported,
} from '../model';
import { adaptersInUse, inspectedAdapter } from '../wire/adapterShapes';
import { chatScores, encodedChats } from '../wire/chatShapes';
import { encoded, scoredFills } from '../wire/encodeShapes';
import { type AdaptersCall, methods } from '../wire/protocol';
import { chatCharacters, embedding, fillCharacters, prefilled, scores, tokens } from '../wire/shapes';
import { Availability } from './availability';
import { Breaker } from './breaker';
import { type ChosenAdapters, NO_ADAPTERS } from './chosenAdapters';
import type { HostLife } from './hostLife';
import { DEFAULT_LIMITS, type HostLimits } from './hostLimits';
import { HostPlace, type HostPlaceOptions } from './hostPlace';
import { Requests } from './requests';
import { Succession } from './succession';
import type { Supervisor } from './supervisor';

export interface ModelClientOptions extends Omit<HostPlaceOptions, 'limits'> {
	readonly limits?: Partial<HostLimits>;
	/** Milliseconds of a clock that only goes forward; default `performance.now`. */
	readonly now?: () => number;
	/** Reads the code that starts and watches a host; default: from its file. */
	readonly readSupervisor?: () => Promise<{ readonly Supervisor: typeof Supervisor }>;
}

export class ModelClient implements Model {
	private readonly availability = new Availability();
	private readonly requests = new Requests({
		ready: (signal) => this.ready(signal),
		model: () => this.succession.target,
	});
	private readonly limits: HostLimits;
	private readonly breaker: Breaker;
	private readonly succession: Succession;
	private life: HostLife | undefined;
	private readonly place: HostPlace;
	private disposal: Promise<void> | undefined;
	/** Calls of `load` that wait for the target; whether one of them has got it. */
	private waiting = 0;
	private isKept = false;
	/** When the user wanted a new host, in milliseconds since 1970, while no host was ended for it. */
	private decided: number | undefined;
	private isFocused: boolean | undefined;

	constructor(options: ModelClientOptions) {
		this.limits = { ...DEFAULT_LIMITS, ...options.limits };
		this.place = new HostPlace({ ...options, limits: this.limits });
		this.breaker = new Breaker(options.now ?? (() => performance.now()), this.limits.restartDelays);
		this.succession = new Succession({
			host: () => this.place.hostOptions,
			log: options.log,
			breaker: this.breaker,
			read: options.readSupervisor ?? (() => import('./supervisor')),
			takeDecision: () => {
				const { decided } = this;
				this.decided = undefined;
				return decided;
			},
			onState: (state, life) => this.setState(state, life),
		});
	}

	get state(): ModelState {
		return this.availability.state;
	}

	/** Process id of the host, for a debugger; undefined while none runs. */
	get hostPid(): number | undefined {
		return this.life?.pid;
	}

	/** Crashes of the host in the last three minutes, of this model and since the user last restarted it. */
	get recentCrashes(): number {
		return this.breaker.recent;
	}

	/** What a start waits for, as the end of a sentence; undefined while there is none. */
	get waitsFor(): string | undefined {
		return this.succession.present?.waitsFor;
	}

	/** Clients that share the host, this one among them; undefined while none runs. */
	get hostClients(): number | undefined {
		return this.life?.link.work.clients;
	}

	/** Whether the window has the focus: a host goes on with what its user waits for first. */
	setFocused(isFocused: boolean): void {
		this.isFocused = isFocused;
		this.life?.link.setFocused(isFocused);
	}

	onDidChangeState(listener: (state: ModelState) => void): Subscription {
		return this.availability.onDidChange(listener);
	}

	/**
	 * Chooses the model, or none. Starts the host on first use; the options hold for every restart until the next
	 * call. The same ones again, after they failed, are another try, as `restart` is. Generations that have not delivered
	 * text go on with the new model, others end with ModelUnavailable.
	 *
	 * Resolves when `state` is ready, failed or none. Where all calls that wait for the first load of these options are
	 * aborted, it is unloaded again.
	 *
	 * @throws an AbortError when the signal fires.
	 */
	async load(options: LoadOptions | undefined, signal: AbortSignal): Promise<void> {
		throwIfAborted(signal);
		if (this.disposal !== undefined) {
			throw abortError();
		}
		const { succession } = this;
		const isSame = options !== undefined && succession.isFor(options);
		const isRetry = isSame && this.state.type === 'failed';
		if (!isSame || isRetry) {
			this.waiting = 0;
			this.isKept = false;
			this.breaker.reset();
			succession.begin(options, { isRetry });
		}
		const { target } = succession;
		this.waiting++;
		try {
			await this.availability.settled(signal);
			this.isKept ||= succession.target === target;
		} catch (error) {
			if (succession.target === target && --this.waiting === 0 && !this.isKept) {
				succession.begin(undefined);
			}
			throw error;
		}
		if (options === undefined) {
			await succession.changes;
		}
	}

	/** There is nothing to load, and why: leaves the host; what is asked from now on fails with the problem. */
	refuse(problem: Problem): void {
		if (this.disposal === undefined) {
			this.succession.begin(undefined);
			this.setState({ type: 'failed', problem }, undefined);
		}
	}

	/**
	 * The user asks for another try: forgets past crashes, ends the host for every window, and uses the next one with the
	 * same model.
	 */
	async restart(): Promise<void> {
		const { target, present } = this.succession;
		if (target !== undefined && this.disposal === undefined) {
			this.breaker.reset();
			const decided = Date.now();
			this.decided = decided;
			const end = (life: HostLife) => {
				if (!life.link.isClosed) {
					this.decided = undefined;
				}
				return life.shutDown(decided);
			};
			this.succession.begin(target, { adapters: present?.adapters ?? NO_ADAPTERS, end, isRetry: true });
			await this.availability.settled(new AbortController().signal);
		}
	}

	fill(request: FillRequest, signal: AbortSignal): AsyncIterable<GenerationEvent> {
		return this.requests.generate('fill', request, fillCharacters(request), signal);
	}

	chat(request: ChatRequest, signal: AbortSignal): AsyncIterable<GenerationEvent> {
		return this.requests.generate('chat', request, chatCharacters(request), signal);
	}

	prefill(request: FillRequest, signal: AbortSignal): Promise<Prefilled | Unsupported> {
		return this.requests.ask(methods.prefill, request, fillCharacters(request), prefilled, signal);
	}

	tokenize(text: string, signal: AbortSignal): Promise<Tokens | Unsupported> {
		return this.requests.ask(methods.tokenize, { text }, text.length, tokens, signal);
	}

	score(request: ScoreRequest, signal: AbortSignal): Promise<Scores | Unsupported> {
		const characters = request.context.length + request.text.length;
		return this.requests.ask(methods.score, request, characters, scores, signal);
	}

	scoreFills(request: ScoreFillsRequest, signal: AbortSignal): Promise<ScoredFills | Unsupported> {
		return this.requests.askSamples(methods.scoreFills, request, scoredFills, signal);
	}

	embed(text: string, signal: AbortSignal): Promise<Embedding | Unsupported> {
		return this.requests.ask(methods.embed, { text }, text.length, embedding, signal);
	}

	useAdapters(adapters: readonly Adapter[], signal: AbortSignal): Promise<AdaptersInUse | Unsupported> {
		return this.adapt(methods.useAdapters, adapters, (chosen) => ({ completion: chosen }), signal);
	}

	useChatAdapters(adapters: readonly Adapter[], signal: AbortSignal): Promise<AdaptersInUse | Unsupported> {
		return this.adapt(methods.useChatAdapters, adapters, (chosen) => ({ chat: chosen }), signal);
	}

	encodeChats(request: EncodeChatsRequest, signal: AbortSignal): Promise<EncodedChats | Unsupported> {
		return this.requests.askChats(methods.encodeChats, request, encodedChats, signal);
	}

	scoreChats(request: ScoreChatsRequest, signal: AbortSignal): Promise<ChatScores | Unsupported> {
		return this.requests.askChats(methods.scoreChats, request, chatScores, signal);
	}

	inspectAdapter(path: string, signal: AbortSignal): Promise<InspectedAdapter | Unsupported> {
		return this.requests.ask(methods.inspectAdapter, { path }, path.length, inspectedAdapter, signal);
	}

	encode(request: EncodeRequest, signal: AbortSignal): Promise<Encoded | Unsupported> {
		return this.requests.askSamples(methods.encode, request, encoded, signal);
	}

	/** @param choice which of the adapters they become. */
	private async adapt(
		method: string,
		adapters: readonly Adapter[],
		choice: (adapters: readonly Adapter[]) => Partial<ChosenAdapters>,
		signal: AbortSignal,
	): Promise<AdaptersInUse | Unsupported> {
		const base = this.succession.target?.path ?? '';
		const call: AdaptersCall = { base, adapters };
		const answer = await this.requests.ask(method, call, 0, adaptersInUse, signal);
		const { target, present } = this.succession;
		if (answer.type === 'adapters' && present !== undefined && target?.path === base) {
			const chosen = { ...present.adapters, ...choice(answer.adapters) };
			present.adapters = chosen;
			if (this.state.type === 'ready') {
				const model = { ...this.state.model, adapters: chosen.completion, chatAdapters: chosen.chat };
				this.availability.set({ ...this.state, model }, this.life);
			}
		}
		return answer;
	}

	/**
	 * Leaves the host, which ends some time after its last window. Resolves when it knows; requests under way end as if
	 * aborted.
	 */
	dispose(): Promise<void> {
		this.disposal ??= this.end();
		return this.disposal;
	}

	private async end(): Promise<void> {
		// Nobody else finds a host in a folder that was made for this client alone.
		const grace = this.place.isShared ? this.limits.grace : 0;
		this.succession.begin(undefined, { end: (life) => life.stop(grace) });
		await this.succession.changes;
		this.place.remove();
	}

	private setState(state: ModelState, life: HostLife | undefined): void {
		if (life !== undefined && life !== this.life && this.isFocused !== undefined) {
			life.link.setFocused(this.isFocused);
		}
		this.life = life;
		this.availability.set(state, life);
	}

	/** @throws as `Availability.ready`; an AbortError once this client is disposed. */
	private async ready(signal: AbortSignal): Promise<HostLife> {
		try {
			return await this.availability.ready(signal);
		} catch (error) {
			throw this.disposal === undefined ? error : abortError();
		}
	}
}
