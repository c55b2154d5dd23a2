/** The model that the chat asks: the one that completes, or one of its own where the settings name another file. */

import type { LoadableModel } from './chosenModels';
import type { LoadOptions, Model, ModelState, Problem, Subscription } from './model';

export class ChatModel implements Model {
	private client: LoadableModel | undefined;
	private followed: Subscription | undefined;
	private readonly listeners = new Set<(state: ModelState) => void>();

	/** @param start a client for a model of its own; nothing is loaded in it yet. */
	constructor(
		private readonly shared: Model,
		private readonly start: () => LoadableModel,
	) {
		shared.onDidChangeState(() => this.tell(this.client === undefined));
	}

	/** State of the model of its own; undefined while there is none. */
	get ownState(): ModelState | undefined {
		const state = this.client?.state;
		if (state?.type !== 'failed') {
			return state;
		}
		const { problem } = state;
		// The starter completes.
		const remedies = problem.remedies.filter((remedy) => remedy !== 'use-starter');
		return { type: 'failed', problem: { ...problem, remedies } };
	}

	get state(): ModelState {
		return this.ownState ?? this.shared.state;
	}

	onDidChangeState(listener: (state: ModelState) => void): Subscription {
		const entry = (state: ModelState) => listener(state);
		this.listeners.add(entry);
		return { dispose: () => this.listeners.delete(entry) };
	}

	/**
	 * Chooses the model of its own, says why there is none, or goes back to the shared one (undefined). Resolves when it
	 * is loaded, or could not be.
	 *
	 * @throws an AbortError when the signal fires.
	 */
	async choose(chosen: LoadOptions | Problem | undefined, signal: AbortSignal): Promise<void> {
		if (chosen === undefined) {
			const before = this.client;
			this.client = undefined;
			this.followed?.dispose();
			this.tell(before !== undefined);
			return before?.dispose();
		}
		if (this.client === undefined) {
			this.client = this.start();
			this.followed = this.client.onDidChangeState(() => this.tell(true));
		}
		if ('path' in chosen) {
			return this.client.load(chosen, signal);
		}
		this.client.refuse(chosen);
	}

	/** As the client of its own does; nothing where there is none. */
	async restart(): Promise<void> {
		await this.client?.restart();
	}

	/** The one of its own leaves memory, and is not replaced by the shared one. */
	async unload(): Promise<void> {
		await this.client?.load(undefined, new AbortController().signal);
	}

	readonly fill: Model['fill'] = (...call) => this.model.fill(...call);
	readonly chat: Model['chat'] = (...call) => this.model.chat(...call);
	readonly prefill: Model['prefill'] = (...call) => this.model.prefill(...call);
	readonly tokenize: Model['tokenize'] = (...call) => this.model.tokenize(...call);
	readonly score: Model['score'] = (...call) => this.model.score(...call);
	readonly scoreFills: Model['scoreFills'] = (...call) => this.model.scoreFills(...call);
	readonly embed: Model['embed'] = (...call) => this.model.embed(...call);
	readonly useAdapters: Model['useAdapters'] = (...call) => this.model.useAdapters(...call);
	readonly inspectAdapter: Model['inspectAdapter'] = (...call) => this.model.inspectAdapter(...call);
	readonly encode: Model['encode'] = (...call) => this.model.encode(...call);
	readonly useChatAdapters: Model['useChatAdapters'] = (...call) => this.model.useChatAdapters(...call);
	readonly encodeChats: Model['encodeChats'] = (...call) => this.model.encodeChats(...call);
	readonly scoreChats: Model['scoreChats'] = (...call) => this.model.scoreChats(...call);

	/** Of the model of its own: the shared one is somebody else's. */
	async dispose(): Promise<void> {
		await this.choose(undefined, new AbortController().signal);
	}

	private get model(): Model {
		return this.client ?? this.shared;
	}

	private tell(isHeard: boolean): void {
		if (isHeard) {
			for (const listener of [...this.listeners]) {
				listener(this.state);
			}
		}
	}
}
