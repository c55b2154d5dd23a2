/** Loads what the settings name and somebody needs: the model that completes, and the chat's own where there is another. */

import type { Settings } from '../manifest';
import { packsFolder } from './acceleration/packsFolder';
import { isAbort } from './cancel';
import type { ChatModel } from './chatModel';
import type { LoadOptions, Log, Model, ModelRole, Problem } from './model';
import { type ModelFile, resolveModelFile } from './modelFile';
import type { SearchModel } from './searchModel';

/** What is needed of a client. */
export interface LoadableModel extends Model {
	load(options: LoadOptions | undefined, signal: AbortSignal): Promise<void>;
	refuse(problem: Problem): void;
	restart(): Promise<void>;
}

export interface ChosenModelsOptions {
	readonly model: LoadableModel;
	readonly chat: ChatModel;
	/** Loads what it is for when it is asked. Default: nothing searches by meaning. */
	readonly search?: Pick<SearchModel, 'load' | 'unload' | 'follow'>;
	/** Absolute path of the model that ships with the extension. */
	readonly starterPath: string;
	/** Absolute path of a folder for caches that may be lost. */
	readonly cacheFolder: string;
	/** Absolute path of the folder for everything Familiar keeps. */
	readonly storage: string;
	readonly log: Log;
	settings(): Settings;
	/** Whether anybody needs a model of this machine for that: not where a server does it. Default: somebody does. */
	isWanted?(role: ModelRole): boolean;
}

/** Who needs models of this machine, though a server may do their work. */
export type Waker = 'training' | 'api' | 'user';

/** What is to be in memory: each a model, or what is wrong with it; undefined where nobody needs one. */
interface Plan {
	readonly isStarter: boolean;
	readonly main: LoadOptions | Problem | undefined;
	/** Of the chat's own. */
	readonly chat: LoadOptions | Problem | undefined;
	readonly search: LoadOptions | Problem | undefined;
}

/** Tokens of context of a model that writes nothing. */
const SEARCH_CONTEXT = 512;

export class ChosenModels {
	private loading = new AbortController();
	private starterInUse = false;
	private readonly awake = new Map<Waker, readonly ModelRole[]>();
	/** How the model that completes is loaded, and that which chats, which may be the same; undefined where there is none. */
	completing: LoadOptions | undefined;
	chatting: LoadOptions | undefined;

	constructor(private readonly options: ChosenModelsOptions) {}

	/** Whether the model that completes is the starter. */
	get isStarter(): boolean {
		return this.starterInUse;
	}

	/** What loads is no longer wanted. */
	abort(): void {
		this.loading.abort();
	}

	/** Loads what these roles need, also where a server plays them, or it was unloaded or has failed; holds until `rest`. */
	async wake(who: Waker, roles: readonly ModelRole[]): Promise<void> {
		const { model, chat, search } = this.options;
		const isThere =
			roles.every((role) => this.isWanted(role)) &&
			[model.state, chat.ownState].every((state) => state?.type !== 'none' && state?.type !== 'failed');
		this.awake.set(who, [...new Set([...(this.awake.get(who) ?? []), ...roles])]);
		if (!isThere) {
			await this.apply();
		}
		if (roles.includes('embedding')) {
			await search?.load().catch(this.report);
		}
	}

	/** Does not need them any more. What nobody needs leaves memory. */
	async rest(who: Waker): Promise<void> {
		const roles = this.awake.get(who) ?? [];
		this.awake.delete(who);
		if (roles.some((role) => role !== 'embedding' && !this.isWanted(role))) {
			await this.apply();
		}
	}

	/** Takes the model of a role out of memory; the next change of a setting, `apply` or `wake` loads it again. */
	async unload(role: ModelRole): Promise<void> {
		const { model, chat, search } = this.options;
		const roles = this.awake.get('user') ?? [];
		this.awake.set(
			'user',
			roles.filter((other) => other !== role),
		);
		if (role === 'embedding') {
			return search?.unload();
		}
		if (role === 'chat') {
			return chat.unload();
		}
		this.loading.abort();
		await model.load(undefined, new AbortController().signal);
	}

	/** Problems appear as states, never as an exception. What was under way is aborted. */
	async apply(): Promise<void> {
		this.loading.abort();
		this.loading = new AbortController();
		const { signal } = this.loading;
		const { model, chat, search } = this.options;
		const { isStarter, main, chat: own } = await this.plan();
		if (signal.aborted) {
			return;
		}
		this.starterInUse = isStarter;
		this.completing = loadable(main);
		this.chatting = own === undefined ? this.completing : loadable(own);
		const load = async () =>
			main === undefined || 'path' in main ? model.load(main, signal) : model.refuse(main);
		await Promise.all([
			load().catch(this.report),
			chat.choose(own, signal).catch(this.report),
			search?.follow().catch(this.report),
		]);
	}

	/** Of the model that searches by meaning; undefined where none is chosen. */
	async searchOptions(): Promise<LoadOptions | Problem | undefined> {
		return (await this.plan()).search;
	}

	private async plan(): Promise<Plan> {
		const settings = this.options.settings();
		const { model: chatFile, embeddingModel } = settings.chat;
		const resolve = (file: string) => resolveModelFile(file, this.options.starterPath);
		const resolved = await resolve(settings.modelPath);
		const forChat = chatFile === '' ? resolved : await resolve(chatFile);
		const forSearch = embeddingModel === '' ? undefined : await resolve(embeddingModel);
		const isShared = chatFile === '' || isSameFile(forChat, resolved);
		const wantsChat = this.isWanted('chat');
		const main =
			this.isWanted('completion') || (isShared && wantsChat)
				? this.chosen(resolved, 'completion', settings)
				: undefined;
		const own = !isShared && wantsChat ? this.chosen(forChat, 'chat', settings) : undefined;
		const others = [main, own].map((one) => (one !== undefined && 'path' in one ? one.path : undefined));
		// Of one file there is one copy in memory for those who ask for the same context.
		const isThere = forSearch?.type === 'file' && others.includes(forSearch.path);
		const contextSize = isThere ? settings.contextSize : SEARCH_CONTEXT;
		return {
			isStarter: resolved.type === 'file' && resolved.isStarter,
			main,
			chat: own,
			search: forSearch && this.chosen(forSearch, 'embedding', { ...settings, contextSize }),
		};
	}

	private isWanted(role: ModelRole): boolean {
		const isAwake = [...this.awake.values()].some((roles) => roles.includes(role));
		return isAwake || (this.options.isWanted?.(role) ?? true);
	}

	private chosen(file: ModelFile, role: ModelRole, settings: Settings): LoadOptions | Problem {
		if (file.type === 'problem') {
			return file.problem;
		}
		const { backend, contextSize, gpuLayers, keepAlive } = settings;
		const { cacheFolder, storage } = this.options;
		return {
			...{ path: file.path, backend, contextSize, gpuLayers, cacheFolder, role },
			keepAliveMinutes: keepAlive,
			packsFolder: packsFolder(storage),
		};
	}

	private readonly report = (error: unknown): void => {
		if (!isAbort(error)) {
			this.options.log.error('the model could not be loaded', error);
		}
	};
}

function loadable(chosen: LoadOptions | Problem | undefined): LoadOptions | undefined {
	return chosen !== undefined && 'path' in chosen ? chosen : undefined;
}

function isSameFile(one: ModelFile, other: ModelFile): boolean {
	return one.type === 'file' && other.type === 'file' && one.path === other.path;
}
