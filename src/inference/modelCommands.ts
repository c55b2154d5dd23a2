/** Face: chooses, loads and restarts the model, and turns a problem into one notification with buttons that help. */

import * as os from 'node:os';
import * as vscode from 'vscode';
import { commands, settings as keys, type Settings } from '../manifest';
import { isAbort } from './cancel';
import { editorDialogues } from './editorDialogues';
import { showFailure } from './failureMessage';
import type { LoadOptions, Log, Model, ModelState, Problem, Remedy } from './model';
import { modelFileFacts, refusalOf, resolveModelFile } from './modelFile';
import type { Role } from './models/library';
import type { ModelShop } from './models/shop';

/** What the commands need of the client. */
export interface LoadableModel extends Model {
	load(options: LoadOptions | undefined, signal: AbortSignal): Promise<void>;
	refuse(problem: Problem): void;
	restart(): Promise<void>;
}

interface ModelCommandsDependencies {
	readonly model: LoadableModel;
	/** Absolute path of the model that ships with the extension. */
	readonly starterPath: string;
	/** Absolute path of a folder for caches that may be lost. */
	readonly cacheFolder: string;
	/** Absolute path of the folder for models that are downloaded. */
	readonly modelsFolder: string;
	readonly extensionVersion: string;
	readonly secrets: vscode.SecretStorage;
	/** Remembers models that were chosen before. */
	readonly memory: vscode.Memento;
	readonly log: Log;
	settings(): Settings;
}

/** Key of the remembered paths in the global state. */
const RECENT = 'familiar.recentModels';
const MOST_RECENT = 8;
/** Key of the access token for the hub, among the secrets. */
const TOKEN = 'familiar.huggingFaceToken';

export class ModelCommands implements vscode.Disposable {
	private readonly subscriptions: vscode.Disposable[];
	private loading = new AbortController();
	private closing = new AbortController();
	private shop: ModelShop | undefined;
	private shownProblem: string | undefined;
	private starterInUse = false;

	constructor(private readonly dependencies: ModelCommandsDependencies) {
		const register = vscode.commands.registerCommand;
		this.subscriptions = [
			dependencies.model.onDidChangeState((state) => this.noticeProblem(state)),
			register(commands.selectModel, () => this.select()),
			register(commands.useStarterModel, () => this.setPath('')),
			register(commands.restartModel, () => this.restart()),
		];
	}

	/** Whether the model in use is the starter. */
	get isStarter(): boolean {
		return this.starterInUse;
	}

	/** Loads what the settings name. Problems appear as a state and as a notification, never as an exception. */
	async apply(): Promise<void> {
		this.loading.abort();
		const loading = new AbortController();
		this.loading = loading;
		const { model, starterPath, log } = this.dependencies;
		const settings = this.dependencies.settings();
		const resolved = await resolveModelFile(settings.modelPath, starterPath);
		if (loading.signal.aborted) {
			return;
		}
		this.starterInUse = resolved.type === 'file' && resolved.isStarter;
		if (resolved.type === 'problem') {
			model.refuse(resolved.problem);
			return;
		}
		const options: LoadOptions = {
			path: resolved.path,
			backend: settings.backend,
			contextSize: settings.contextSize,
			gpuLayers: settings.gpuLayers,
			cacheFolder: this.dependencies.cacheFolder,
		};
		await model.load(options, loading.signal).catch((error: unknown) => {
			if (!isAbort(error)) {
				log.error('the model could not be loaded', error);
			}
		});
	}

	/** Runs what a button of a problem stands for. Never rejects: settings that cannot be written are reported. */
	async remedy(remedy: Remedy): Promise<void> {
		try {
			await this.run(remedy);
		} catch (error) {
			showFailure(`${remedy} failed`, error, this.dependencies.log);
		}
	}

	private async run(remedy: Remedy): Promise<void> {
		switch (remedy) {
			case 'select-model':
				return this.select();
			case 'use-starter':
				return this.setPath('');
			case 'use-cpu':
				return writeSetting(keys.backend.key, 'cpu');
			case 'show-log':
				await vscode.commands.executeCommand(commands.showLog);
				return;
			case 'restart':
				return this.restart();
			case 'set-node-path':
				await vscode.commands.executeCommand('workbench.action.openSettings', keys.nodePath.key);
				return;
		}
	}

	/** A new host process with the same model. */
	async restart(): Promise<void> {
		this.shownProblem = undefined;
		if (this.dependencies.model.state.type === 'failed') {
			// What was wrong with the file or the setting may be mended by now.
			return this.apply();
		}
		await this.dependencies.model.restart().catch((error: unknown) => {
			this.dependencies.log.error('the model could not be restarted', error);
		});
	}

	private async select(): Promise<void> {
		try {
			this.shop ??= await this.openShop();
			await this.shop.open();
		} catch (error) {
			showFailure('the list of models failed', error, this.dependencies.log);
		}
	}

	/** What only this command needs is read from disk when it is first wanted. */
	private async openShop(): Promise<ModelShop> {
		const { modelsFolder, secrets, extensionVersion, log } = this.dependencies;
		const { openShop } = await import('./models/openShop');
		return openShop({
			folder: modelsFolder,
			agent: `Familiar/${extensionVersion}`,
			dialogues: editorDialogues(() => this.closing.signal),
			// What the editor does not do by itself for those who ask servers: see `Web`.
			strictTls: () => vscode.workspace.getConfiguration('http').get('proxyStrictSSL') !== false,
			token: {
				get: () => secrets.get(TOKEN),
				set: (token) => (token === undefined ? secrets.delete(TOKEN) : secrets.store(TOKEN, token)),
			},
			machine: () => ({ memory: os.totalmem(), hasGpu: this.hasGpu }),
			translate: vscode.l10n.t,
			log,
			inUse: () => {
				const { modelPath, chat } = this.dependencies.settings();
				return [modelPath, ...(chat.embeddingModel === '' ? [] : [chat.embeddingModel])];
			},
			recent: () => this.recent(),
			use: (file, roles) => this.use(file, roles),
		});
	}

	private get hasGpu(): boolean {
		const { state } = this.dependencies.model;
		return state.type === 'ready' && state.model.backend !== 'cpu';
	}

	/** Ends what is under way, and forgets the token. */
	async forget(): Promise<void> {
		this.closing.abort();
		this.closing = new AbortController();
		await this.dependencies.secrets.delete(TOKEN);
	}

	private async use(file: string, roles: readonly Role[]): Promise<void> {
		const refusal = file === '' ? undefined : refusalOf(file, await modelFileFacts(file), vscode.l10n.t);
		if (refusal !== undefined) {
			void vscode.window.showErrorMessage(refusal);
			return;
		}
		await (roles.includes('embedding') ? writeSetting(keys.embeddingModel.key, file) : this.setPath(file));
	}

	private recent(): readonly string[] {
		return this.dependencies.memory.get<readonly string[]>(RECENT, []);
	}

	private async setPath(file: string): Promise<void> {
		this.shownProblem = undefined;
		if (file !== '') {
			const recent = [file, ...this.recent().filter((other) => other !== file)].slice(0, MOST_RECENT);
			await this.dependencies.memory.update(RECENT, recent);
		}
		const before = this.dependencies.settings().modelPath;
		await writeSetting(keys.modelPath.key, file);
		if (before === file) {
			// No change of the setting, so nothing else would try again.
			await this.apply();
		}
	}

	private noticeProblem(state: ModelState): void {
		if (state.type === 'ready') {
			this.shownProblem = undefined;
		} else if (state.type === 'failed') {
			this.notify(state.problem);
		}
	}

	/** One notification a problem, however often it is reported. */
	private notify(problem: Problem): void {
		const identity = `${problem.code}\n${problem.message}`;
		if (this.shownProblem === identity) {
			return;
		}
		this.shownProblem = identity;
		this.dependencies.log.warn(`${problem.code}: ${problem.message}`);
		const buttons = problem.remedies.map((remedy) => ({ title: remedyTitle(remedy), remedy }));
		void vscode.window.showErrorMessage(`Familiar: ${problem.message}`, ...buttons).then((chosen) => {
			if (chosen !== undefined) {
				void this.remedy(chosen.remedy);
			}
		});
	}

	dispose(): void {
		this.loading.abort();
		this.closing.abort();
		for (const subscription of this.subscriptions) {
			subscription.dispose();
		}
	}
}

/** For all workspaces; an empty value is the default. */
async function writeSetting(key: string, value: string): Promise<void> {
	await vscode.workspace
		.getConfiguration()
		.update(key, value === '' ? undefined : value, vscode.ConfigurationTarget.Global);
}

/** The words on the button. */
export function remedyTitle(remedy: Remedy): string {
	switch (remedy) {
		case 'select-model':
			return vscode.l10n.t('Select Model…');
		case 'use-starter':
			return vscode.l10n.t('Use the Starter Model');
		case 'use-cpu':
			return vscode.l10n.t('Use the CPU');
		case 'show-log':
			return vscode.l10n.t('Show Log');
		case 'restart':
			return vscode.l10n.t('Restart');
		case 'set-node-path':
			return vscode.l10n.t('Set the Node Path');
	}
}
