/** The model of one role: the local one, or another that takes its place while the settings say so. */

import { messageOf } from './failure';
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
} from './model';

export class RoleModel implements Model {
	private target: Promise<Model>;
	/** Undefined while another is on its way. */
	private there: Model | undefined;
	private following: Subscription | undefined;
	private failure: ModelState | undefined;
	private readonly listeners = new Set<(state: ModelState) => void>();

	constructor(private readonly local: Model) {
		this.target = Promise.resolve(local);
		this.follow(local);
	}

	get state(): ModelState {
		return this.there?.state ?? this.failure ?? { type: 'starting' };
	}

	/** What is under way goes on with the model of before. @param other undefined: the local one. */
	use(other: Promise<Model> | undefined): void {
		const target = other ?? Promise.resolve(this.local);
		this.target = target;
		this.following?.dispose();
		this.there = undefined;
		this.failure = undefined;
		if (other === undefined) {
			this.follow(this.local);
		}
		this.tell();
		other?.then(
			(model) => {
				if (this.target === target) {
					this.follow(model);
					this.tell();
				}
			},
			(error: unknown) => {
				if (this.target === target) {
					const message = messageOf(error);
					this.failure = {
						type: 'failed',
						problem: { code: 'server-broken', message, remedies: ['show-log'] },
					};
					this.tell();
				}
			},
		);
	}

	onDidChangeState(listener: (state: ModelState) => void): Subscription {
		const entry = (state: ModelState) => listener(state);
		this.listeners.add(entry);
		return { dispose: () => this.listeners.delete(entry) };
	}

	async *fill(request: FillRequest, signal: AbortSignal): AsyncGenerator<GenerationEvent, void, undefined> {
		yield* (this.there ?? (await this.target)).fill(request, signal);
	}

	async *chat(request: ChatRequest, signal: AbortSignal): AsyncGenerator<GenerationEvent, void, undefined> {
		yield* (this.there ?? (await this.target)).chat(request, signal);
	}

	async prefill(request: FillRequest, signal: AbortSignal) {
		return (await this.target).prefill(request, signal);
	}

	async tokenize(text: string, signal: AbortSignal) {
		return (await this.target).tokenize(text, signal);
	}

	async score(request: ScoreRequest, signal: AbortSignal) {
		return (await this.target).score(request, signal);
	}

	async scoreFills(request: ScoreFillsRequest, signal: AbortSignal) {
		return (await this.target).scoreFills(request, signal);
	}

	async embed(text: string, signal: AbortSignal) {
		return (await this.target).embed(text, signal);
	}

	async useAdapters(adapters: readonly Adapter[], signal: AbortSignal) {
		return (await this.target).useAdapters(adapters, signal);
	}

	async inspectAdapter(path: string, signal: AbortSignal) {
		return (await this.target).inspectAdapter(path, signal);
	}

	async encode(request: EncodeRequest, signal: AbortSignal) {
		return (await this.target).encode(request, signal);
	}

	async useChatAdapters(adapters: readonly Adapter[], signal: AbortSignal) {
		return (await this.target).useChatAdapters(adapters, signal);
	}

	async encodeChats(request: EncodeChatsRequest, signal: AbortSignal) {
		return (await this.target).encodeChats(request, signal);
	}

	async scoreChats(request: ScoreChatsRequest, signal: AbortSignal) {
		return (await this.target).scoreChats(request, signal);
	}

	/** Who made the models ends them. */
	async dispose(): Promise<void> {
		this.following?.dispose();
		this.listeners.clear();
	}

	private follow(model: Model): void {
		this.there = model;
		this.following = model.onDidChangeState(() => this.tell());
	}

	private tell(): void {
		for (const listener of [...this.listeners]) {
			listener(this.state);
		}
	}
}
