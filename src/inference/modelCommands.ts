/** Face: chooses, loads and restarts the model, and turns a problem into one notification with buttons that help. */

import * as os from 'node:os';
import * as path from 'node:path';
import * as vscode from 'vscode';
import { commands, settings as keys, type Settings } from '../manifest';
import { isAbort } from './cancel';
import { showFailure } from './failureMessage';
import type { LoadOptions, Log, Model, ModelState, Problem, Remedy } from './model';
import { beginsAsGguf, resolveModelFile } from './modelFile';

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
	/** Remembers models that were chosen before. */
	readonly memory: vscode.Memento;
	readonly log: Log;
	settings(): Settings;
}

/** Key of the remembered paths in the global state. */
const RECENT = 'familiar.recentModels';
const MOST_RECENT = 8;

interface ModelItem extends vscode.QuickPickItem {
	/** Path to set, '' for the starter, undefined to browse. */
	readonly file?: string;
}

export class ModelCommands implements vscode.Disposable {
	private readonly subscriptions: vscode.Disposable[];
	private loading = new AbortController();
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
				await vscode.workspace
					.getConfiguration()
					.update(keys.backend.key, 'cpu', vscode.ConfigurationTarget.Global);
				return;
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
		const current = this.dependencies.settings().modelPath;
		const items: ModelItem[] = [
			{ label: vscode.l10n.t('$(folder-opened) Choose a GGUF file…') },
			{
				label: vscode.l10n.t('$(sparkle) Starter model'),
				description: vscode.l10n.t('ships with Familiar: small, weak, always there'),
				file: '',
				picked: current === '',
			},
			...this.recent().map((file) => ({
				label: path.basename(file),
				description: file === current ? vscode.l10n.t('in use') : path.dirname(file),
				file,
			})),
		];
		const chosen = await vscode.window.showQuickPick(items, {
			title: vscode.l10n.t('Familiar: Select Model'),
			placeHolder: vscode.l10n.t('Choose a GGUF model on this machine'),
		});
		if (chosen === undefined) {
			return;
		}
		const file = chosen.file ?? (await this.browse(current));
		if (file === undefined) {
			return;
		}
		if (file !== '' && !(await beginsAsGguf(file))) {
			void vscode.window.showErrorMessage(
				vscode.l10n.t(
					'{0} is not a GGUF file, so the model in use stays. It may be a web page or a download that broke off: get it again.',
					path.basename(file),
				),
			);
			return;
		}
		await this.setPath(file);
	}

	private async browse(current: string): Promise<string | undefined> {
		const picked = await vscode.window.showOpenDialog({
			title: vscode.l10n.t('Choose a GGUF file'),
			openLabel: vscode.l10n.t('Use This Model'),
			filters: { GGUF: ['gguf'] },
			defaultUri: vscode.Uri.file(current === '' ? os.homedir() : path.dirname(current)),
		});
		const uri = picked?.[0];
		if (uri !== undefined && uri.scheme !== 'file') {
			void vscode.window.showWarningMessage(
				vscode.l10n.t(
					'The model must be on the machine where Familiar runs; {0} is elsewhere. Choose a local file.',
					uri.toString(true),
				),
			);
			return undefined;
		}
		return uri?.fsPath;
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
		await vscode.workspace
			.getConfiguration()
			.update(keys.modelPath.key, file === '' ? undefined : file, vscode.ConfigurationTarget.Global);
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
		for (const subscription of this.subscriptions) {
			subscription.dispose();
		}
	}
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
