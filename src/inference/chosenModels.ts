/** Loads what the settings name: the model that completes, and the chat's own where there is another. */

import type { Settings } from '../manifest';
import { packsFolder } from './acceleration/packsFolder';
import { isAbort } from './cancel';
import type { ChatModel } from './chatModel';
import type { LoadOptions, Log, Model, ModelRole, Problem } from './model';
import { resolveModelFile } from './modelFile';

/** What is needed of a client. */
export interface LoadableModel extends Model {
	load(options: LoadOptions | undefined, signal: AbortSignal): Promise<void>;
	refuse(problem: Problem): void;
	restart(): Promise<void>;
}

export interface ChosenModelsOptions {
	readonly model: LoadableModel;
	readonly chat: ChatModel;
	/** Absolute path of the model that ships with the extension. */
	readonly starterPath: string;
	/** Absolute path of a folder for caches that may be lost. */
	readonly cacheFolder: string;
	/** Absolute path of the folder for everything Familiar keeps. */
	readonly storage: string;
	readonly log: Log;
	settings(): Settings;
	/** Whether anybody needs them: not where a server does all that they would. Default: somebody does. */
	isWanted?(): boolean;
}

export class ChosenModels {
	private loading = new AbortController();
	private starterInUse = false;

	constructor(private readonly options: ChosenModelsOptions) {}

	/** Whether the model that completes is the starter. */
	get isStarter(): boolean {
		return this.starterInUse;
	}

	/** What loads is no longer wanted. */
	abort(): void {
		this.loading.abort();
	}

	/** Problems appear as states, never as an exception. What was under way is aborted. */
	async apply(): Promise<void> {
		this.loading.abort();
		this.loading = new AbortController();
		const { signal } = this.loading;
		const { model, chat, starterPath, log } = this.options;
		const report = (error: unknown) => {
			if (!isAbort(error)) {
				log.error('the model could not be loaded', error);
			}
		};
		if (this.options.isWanted?.() === false) {
			const ends = [model.load(undefined, signal), chat.choose(undefined, signal)];
			await Promise.all(ends.map((end) => end.catch(report)));
			return;
		}
		const settings = this.options.settings();
		const resolved = await resolveModelFile(settings.modelPath, starterPath);
		const file = settings.chat.model;
		const forChat = file === '' ? undefined : await resolveModelFile(file, starterPath);
		if (signal.aborted) {
			return;
		}
		this.starterInUse = resolved.type === 'file' && resolved.isStarter;
		const load = async () =>
			resolved.type === 'problem'
				? model.refuse(resolved.problem)
				: model.load(this.loadOptions(resolved.path, 'completion', settings), signal);
		const isShared =
			forChat === undefined ||
			(forChat.type === 'file' && resolved.type === 'file' && forChat.path === resolved.path);
		const own =
			forChat?.type === 'file' ? this.loadOptions(forChat.path, 'chat', settings) : forChat?.problem;
		await Promise.all([load().catch(report), chat.choose(isShared ? undefined : own, signal).catch(report)]);
	}

	private loadOptions(path: string, role: ModelRole, settings: Settings): LoadOptions {
		const { backend, contextSize, gpuLayers, keepAlive } = settings;
		const { cacheFolder, storage } = this.options;
		return {
			...{ path, backend, contextSize, gpuLayers, cacheFolder, role },
			keepAliveMinutes: keepAlive,
			packsFolder: packsFolder(storage),
		};
	}
}
