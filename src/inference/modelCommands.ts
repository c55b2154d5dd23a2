/** Face: chooses, loads and restarts the model, and turns a problem into one notification with buttons that help. */

import * as os from 'node:os';
import * as path from 'node:path';
import * as vscode from 'vscode';
import { commands, settings as keys } from '../manifest';
import { ChosenFiles } from './chosenFiles';
import { ChosenModels, type ChosenModelsOptions } from './chosenModels';
import { showFailure } from './failureMessage';
import { freeMemory } from './fit/freeMemory';
import type { ModelState, Problem, Remedy } from './model';
import { modelFileFacts, refusalOf } from './modelFile';
import type { Role } from './models/library';
import type { ModelShop } from './models/shop';
import { remedyTitle } from './remedyTitle';

interface ModelCommandsDependencies extends ChosenModelsOptions {
	readonly extensionVersion: string;
	readonly secrets: vscode.SecretStorage;
	/** Remembers models that were chosen before. */
	readonly memory: vscode.Memento;
}

/** Key of the access token for the hub, among the secrets. */
const TOKEN = 'familiar.huggingFaceToken';

/** What settles which models are in memory, and how. */
const CHOOSING = [
	...[keys.modelPath, keys.chatModel, keys.embeddingModel],
	...[keys.backend, keys.gpuLayers, keys.contextSize, keys.keepAlive],
];

export class ModelCommands implements vscode.Disposable {
	private readonly subscriptions: vscode.Disposable[];
	private closing = new AbortController();
	private shop: Promise<ModelShop> | undefined;
	private readonly shownProblems = new Map<'completion' | 'chat', string>();
	/** What is in memory. */
	readonly chosen: ChosenModels;
	/** What the settings name. */
	readonly files: ChosenFiles;

	constructor(private readonly dependencies: ModelCommandsDependencies) {
		this.chosen = new ChosenModels(dependencies);
		this.files = new ChosenFiles({
			...dependencies,
			settings: () => dependencies.settings(),
			write: writeSetting,
			isStarter: () => this.chosen.isStarter,
			again: () => this.apply(),
		});
		const register = vscode.commands.registerCommand;
		this.subscriptions = [
			dependencies.model.onDidChangeState((state) => this.noticeProblem('completion', state)),
			dependencies.chat.onDidChangeState(() => this.noticeProblem('chat', dependencies.chat.ownState)),
			register(commands.selectModel, () => this.select()),
			register(commands.useStarterModel, () => this.useStarter()),
			register(commands.restartModel, () => this.restart()),
			register(commands.getAcceleration, () => this.accelerate()),
		];
	}

	/** Whether the model in use is the starter. */
	get isStarter(): boolean {
		return this.chosen.isStarter;
	}

	/** How the model that plays a role is loaded; undefined where there is none. */
	loadOptions(role: 'completion' | 'chat'): ChosenModels['completing'] {
		return role === 'chat' ? this.chosen.chatting : this.chosen.completing;
	}

	/** The settings have changed. `affects`: whether the one of a key has. */
	configure(affects: (key: string) => boolean): void {
		if (CHOOSING.some(({ key }) => affects(key))) {
			void this.apply();
		}
		if (affects(keys.nodePath.key)) {
			void this.restart();
		}
	}

	/** As `ChosenModels.apply`. */
	apply(): Promise<void> {
		return this.chosen.apply();
	}

	/** Runs what a button of a problem stands for. Never rejects: settings that cannot be written are reported. */
	async remedy(remedy: Remedy): Promise<void> {
		try {
			await this.run(remedy);
		} catch (error) {
			showFailure(`${remedy} failed`, error, this.dependencies.log);
		}
	}

	/** The same for a problem that the chat shows. */
	async chatRemedy(remedy: Remedy): Promise<void> {
		if (remedy === 'select-model' && this.dependencies.chat.ownState !== undefined) {
			await vscode.commands.executeCommand('workbench.action.openSettings', keys.chatModel.key);
		} else {
			await this.remedy(remedy);
		}
	}

	private async run(remedy: Remedy): Promise<void> {
		switch (remedy) {
			case 'select-model':
				return this.select();
			case 'use-starter':
				return this.useStarter();
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
			case 'connect-server':
				await vscode.commands.executeCommand(commands.connectServer);
				return;
			case 'disconnect-server':
				await vscode.commands.executeCommand(commands.disconnectServer);
				return;
		}
	}

	/** A new host process with the same models. */
	async restart(): Promise<void> {
		const { model, chat, log } = this.dependencies;
		this.shownProblems.clear();
		const { type } = model.state;
		if (type === 'failed' || type === 'none' || chat.ownState?.type === 'failed') {
			// What was wrong with the file or the setting may be mended by now; what was unloaded comes back.
			const isChatMeant = type === 'none' && chat.ownState?.type === 'ready';
			await this.apply();
			return isChatMeant ? chat.restart() : undefined;
		}
		await Promise.all([model.restart(), chat.restart()]).catch((error: unknown) => {
			log.error('the model could not be restarted', error);
		});
	}

	private async select(): Promise<void> {
		try {
			await (await this.theShop()).open();
		} catch (error) {
			showFailure('the list of models failed', error, this.dependencies.log);
		}
	}

	/** Where models are chosen and downloaded: read from disk when it is first wanted. */
	theShop(): Promise<ModelShop> {
		this.shop ??= this.openShop().catch((error: unknown) => {
			this.shop = undefined;
			throw error;
		});
		return this.shop;
	}

	private async openShop(): Promise<ModelShop> {
		const { storage, secrets } = this.dependencies;
		const { openShop } = await import('./models/openShop');
		return openShop({
			...(await this.errand()),
			folder: path.join(storage, 'models'),
			token: {
				get: () => secrets.get(TOKEN),
				set: (token) => (token === undefined ? secrets.delete(TOKEN) : secrets.store(TOKEN, token)),
			},
			cacheFolder: this.dependencies.cacheFolder,
			machine: () => this.machine,
			inUse: () => this.files.inUse,
			recent: () => this.files.recent,
			use: (file, roles) => this.use(file, roles),
			giveUp: (file) => this.files.giveUp(file),
			isStarterFor: (roles) => this.files.isStarterFor(roles),
		});
	}

	private async accelerate(): Promise<void> {
		const { storage, model, log } = this.dependencies;
		try {
			const { openAcceleration } = await import('./acceleration/openAcceleration');
			const restart = () => this.restart();
			const errand = await this.errand();
			await openAcceleration({ ...errand, storage, restart, state: () => model.state }).open();
		} catch (error) {
			showFailure('the pack for a GPU failed', error, log);
		}
	}

	/** What a way to something on a server needs. */
	private async errand() {
		const { extensionVersion, log } = this.dependencies;
		const { editorDialogues } = await import('./editorDialogues');
		return {
			agent: `Familiar/${extensionVersion}`,
			dialogues: editorDialogues(() => this.closing.signal),
			// What the editor does not do by itself for those who ask servers: see `Web`.
			strictTls: () => vscode.workspace.getConfiguration('http').get('proxyStrictSSL') !== false,
			translate: vscode.l10n.t,
			log,
		};
	}

	/** What the model in use holds is free for the next one. */
	private get machine() {
		const { state } = this.dependencies.model;
		const model = state.type === 'ready' ? state.model : undefined;
		const backend = model?.backend;
		return {
			memory: os.totalmem(),
			free: freeMemory() + (model?.memory.host ?? 0),
			hasGpu: backend !== undefined && backend !== 'cpu',
			backend,
		};
	}

	/** Ends what is under way, and forgets the token. */
	async forget(): Promise<void> {
		this.closing.abort();
		this.closing = new AbortController();
		await this.dependencies.secrets.delete(TOKEN);
	}

	/**
	 * Puts it into the settings, where it can be a model; else says why not.
	 * @param file empty for the starter, or none. @returns whether it is there now.
	 */
	async use(file: string, roles: readonly Role[]): Promise<boolean> {
		const refusal = file === '' ? undefined : refusalOf(file, await modelFileFacts(file), vscode.l10n.t);
		if (refusal !== undefined) {
			void vscode.window.showErrorMessage(refusal);
			return false;
		}
		this.shownProblems.clear();
		await this.files.use(file, roles);
		return true;
	}

	private async useStarter(): Promise<void> {
		await this.use('', ['completion']);
	}

	private noticeProblem(role: 'completion' | 'chat', state: ModelState | undefined): void {
		if (state?.type === 'failed') {
			this.notify(role, state.problem);
		} else if (state === undefined || state.type === 'ready') {
			this.shownProblems.delete(role);
		}
	}

	/** One notification a problem, however often it is reported. */
	private notify(role: 'completion' | 'chat', problem: Problem): void {
		const identity = `${problem.code}\n${problem.message}`;
		if (this.shownProblems.get(role) === identity) {
			return;
		}
		this.shownProblems.set(role, identity);
		this.dependencies.log.warn(`${problem.code}: ${problem.message}`);
		const buttons = problem.remedies.map((remedy) => ({ title: remedyTitle(remedy, vscode.l10n.t), remedy }));
		const text =
			role === 'chat' ? vscode.l10n.t('The chat has no model: {0}', problem.message) : problem.message;
		void vscode.window.showErrorMessage(`Familiar: ${text}`, ...buttons).then((chosen) => {
			if (chosen !== undefined) {
				void (role === 'chat' ? this.chatRemedy(chosen.remedy) : this.remedy(chosen.remedy));
			}
		});
	}

	dispose(): void {
		this.chosen.abort();
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
