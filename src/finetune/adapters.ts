/** Face: chooses, mixes, imports, exports and deletes adapters. */

import * as os from 'node:os';
import * as path from 'node:path';
import * as vscode from 'vscode';
import { isAbort } from '../inference/cancel';
import type { Log, Model } from '../inference/model';
import { commands } from '../manifest';
import type { ActiveAdapters } from './adapters/active';
import { added, type Choice, type Choices, without } from './adapters/choices';
import { adapterWords } from './adapters/describe';
import { freeFolder } from './adapters/exportFolder';
import { type AdapterAct, adapterMenu, strengthMenu } from './adapters/menu';
import type { AdapterStore, StoredAdapter } from './adapters/store';
import { working } from './command';
import { exportAdapter, importAdapter } from './job/convert';
import type { TrainerLaunch } from './job/trainerProcess';
import type { NamedAdapter } from './panel';

export interface AdapterCommandsDependencies {
	readonly model: Model;
	readonly store: AdapterStore;
	readonly active: ActiveAdapters;
	readonly choices: Choices;
	/** How the process that converts is started. */
	launch(): TrainerLaunch;
	/** Absolute path of the folder for caches that may be lost. */
	readonly cacheFolder: string;
	readonly log: Log;
}

type Item = vscode.QuickPickItem & { readonly run?: () => Promise<unknown> };

const separator: Item = { label: '', kind: vscode.QuickPickItemKind.Separator };

export class AdapterCommands implements vscode.Disposable {
	private readonly subscriptions: vscode.Disposable[];

	constructor(private readonly dependencies: AdapterCommandsDependencies) {
		const register = vscode.commands.registerCommand;
		this.subscriptions = [
			register(commands.selectAdapter, () => this.guarded(() => this.select())),
			register(commands.importAdapter, () => this.guarded(() => this.import())),
			register(commands.exportAdapter, () => this.guarded(() => this.chooseToExport())),
		];
	}

	/** Alone, and as trained. */
	use(adapter: NamedAdapter): Promise<void> {
		return this.guarded(() => this.change([{ path: adapter.path, name: adapter.name, scale: 1 }]));
	}

	turnOff(adapter: NamedAdapter): Promise<void> {
		return this.guarded(() => this.change(without(this.dependencies.active.all, adapter.path)));
	}

	setStrength({ path: file, name }: NamedAdapter, scale: number): Promise<void> {
		const { active } = this.dependencies;
		return this.guarded(() => this.change(added(active.all, { path: file, name, scale })));
	}

	/** Writes it as a PEFT folder below one that the user chooses. */
	export(adapter: NamedAdapter): Promise<void> {
		return this.guarded(() => this.exportTo(adapter));
	}

	dispose(): void {
		for (const subscription of this.subscriptions) {
			subscription.dispose();
		}
	}

	private async select(): Promise<void> {
		const { active } = this.dependencies;
		const adapters = await this.list();
		if (adapters === undefined) {
			return;
		}
		const inUse = active.all;
		const off: Item = {
			label: vscode.l10n.t('$(circle-slash) Turn off all adapters'),
			run: () => this.change([]),
		};
		const items: Item[] = [
			...(inUse.length > 0 ? [off, separator] : []),
			...adapters.map((adapter) => ({
				...adapterWords(adapter, inUse, dateOf, vscode.l10n.t),
				run: () => this.actOn(adapter),
			})),
			separator,
			{ label: vscode.l10n.t('$(cloud-download) Import a PEFT adapter…'), run: () => this.import() },
		];
		await choose(items, vscode.l10n.t('Familiar: Select Adapter'), placeholder(adapters.length));
	}

	private async actOn(adapter: StoredAdapter): Promise<void> {
		const items = adapterMenu(adapter, this.dependencies.active.all, vscode.l10n.t);
		await choose(
			items.map((item) => ({ ...item, run: () => this.act(item.act, adapter) })),
			adapter.name,
			adapter.problem ?? adapter.warning ?? '',
		);
	}

	private async act(act: AdapterAct, adapter: StoredAdapter): Promise<unknown> {
		switch (act.type) {
			case 'change':
				return this.change(act.choices);
			case 'export':
				return this.exportTo(adapter);
			case 'delete':
				return this.delete(adapter);
			case 'strength': {
				const items = strengthMenu(act.choice, this.dependencies.active.all, vscode.l10n.t);
				return choose(
					items.map((item) => ({ ...item, run: () => this.act(item.act, adapter) })),
					vscode.l10n.t('Strength of {0}', adapter.name),
					'',
				);
			}
		}
	}

	private async delete(adapter: StoredAdapter): Promise<void> {
		const { active, store, choices } = this.dependencies;
		const confirm = vscode.l10n.t('Delete');
		const answer = await vscode.window.showWarningMessage(
			vscode.l10n.t('Delete the adapter {0}?', adapter.name),
			{ modal: true, detail: vscode.l10n.t('What it has learned is lost. Its file: {0}', adapter.path) },
			confirm,
		);
		if (answer !== confirm) {
			return;
		}
		const isInUse = active.all.some((one) => one.path === adapter.path);
		if (isInUse && !(await this.change(without(active.all, adapter.path)))) {
			return;
		}
		await choices.drop(adapter.path);
		await store.delete(adapter.path);
	}

	private async import(): Promise<void> {
		const { model, store, cacheFolder } = this.dependencies;
		if (model.state.type !== 'ready' || !vscode.workspace.isTrusted) {
			tellNoModel();
			return;
		}
		const from = await chooseFolder(
			vscode.l10n.t('Choose a PEFT adapter: a folder with adapter_config.json'),
			vscode.l10n.t('Import'),
		);
		if (from === undefined) {
			return;
		}
		const name = path.basename(from);
		const basePath = model.state.model.path;
		const imported = await working(vscode.l10n.t('Importing {0}', name), (_progress, signal) =>
			importAdapter(
				this.dependencies.launch(),
				{ type: 'import', from, basePath, adapterFolder: store.folder, cacheFolder, name },
				signal,
			),
		);
		const use = vscode.l10n.t('Use');
		const chosen = await vscode.window.showInformationMessage(
			[vscode.l10n.t('{0} is imported.', name), ...imported.notes].join(' '),
			use,
		);
		if (chosen === use) {
			await this.change([{ path: imported.adapterPath, name, scale: 1 }]);
		}
	}

	private async chooseToExport(): Promise<void> {
		const adapters = (await this.list())?.filter((adapter) => adapter.problem === undefined);
		if (adapters === undefined) {
			return;
		}
		const items = adapters.map((adapter) => ({
			...adapterWords(adapter, this.dependencies.active.all, dateOf, vscode.l10n.t),
			run: () => this.exportTo(adapter),
		}));
		await choose(items, vscode.l10n.t('Familiar: Export Adapter'), placeholder(adapters.length));
	}

	private async exportTo(adapter: NamedAdapter): Promise<void> {
		const { model, launch } = this.dependencies;
		if (model.state.type !== 'ready') {
			tellNoModel();
			return;
		}
		const parent = await chooseFolder(
			vscode.l10n.t('Choose where the adapter becomes a folder'),
			vscode.l10n.t('Export Here'),
		);
		if (parent === undefined) {
			return;
		}
		const toFolder = await freeFolder(parent, adapter.name);
		const basePath = model.state.model.path;
		const exported = await working(vscode.l10n.t('Exporting {0}', adapter.name), (_progress, signal) =>
			exportAdapter(launch(), { type: 'export', adapterPath: adapter.path, basePath, toFolder }, signal),
		);
		const show = vscode.l10n.t('Show Folder');
		const chosen = await vscode.window.showInformationMessage(
			vscode.l10n.t('{0} is exported to {1}', adapter.name, exported.folder),
			show,
		);
		if (chosen === show) {
			await vscode.commands.executeCommand('revealFileInOS', vscode.Uri.file(exported.folder));
		}
	}

	/** Undefined, with a message, where no model could look at them. */
	private async list(): Promise<readonly StoredAdapter[] | undefined> {
		if (this.dependencies.model.state.type !== 'ready') {
			tellNoModel();
			return undefined;
		}
		return working(vscode.l10n.t('Looking at the adapters'), (_progress, signal) =>
			this.dependencies.store.list(signal),
		);
	}

	/** Whether they are in use now; where not, the user is told why. */
	private async change(choices: readonly Choice[]): Promise<boolean> {
		const reason = await this.dependencies.active.use(choices);
		if (reason !== undefined) {
			void vscode.window.showWarningMessage(vscode.l10n.t('The adapters stay as they are: {0}', reason));
		}
		return reason === undefined;
	}

	/** Cancellation is silent; everything else is told. */
	private async guarded(action: () => Promise<unknown>): Promise<void> {
		try {
			await action();
		} catch (error) {
			if (isAbort(error)) {
				return;
			}
			this.dependencies.log.error('An adapter command failed', error);
			void vscode.window.showErrorMessage(error instanceof Error ? error.message : String(error));
		}
	}
}

/** They were chosen earlier, and cannot be used now. */
export function tellRefused(names: readonly string[], reason: string): void {
	const select = vscode.l10n.t('Select Adapter…');
	void vscode.window
		.showWarningMessage(vscode.l10n.t('Switched off: {0}. {1}', names.join(', '), reason), select)
		.then((chosen) => {
			if (chosen === select) {
				void vscode.commands.executeCommand(commands.selectAdapter);
			}
		});
}

/** Why nothing can be done with adapters: Restricted Mode, or no model. */
function tellNoModel(): void {
	void vscode.window.showInformationMessage(
		vscode.workspace.isTrusted
			? vscode.l10n.t('Adapters belong to a model: select one, or wait until it is loaded.')
			: vscode.l10n.t('Adapters are imported only in a trusted workspace.'),
	);
}

function placeholder(count: number): string {
	return count === 0
		? vscode.l10n.t('There is no adapter yet')
		: vscode.l10n.t('An adapter changes how the model completes and answers');
}

async function choose(items: readonly Item[], title: string, placeHolder: string): Promise<void> {
	const chosen = await vscode.window.showQuickPick(items, { title, placeHolder, matchOnDetail: true });
	await chosen?.run?.();
}

function dateOf(at: number): string {
	return new Date(at).toLocaleString(vscode.env.language, { dateStyle: 'medium', timeStyle: 'short' });
}

async function chooseFolder(title: string, openLabel: string): Promise<string | undefined> {
	const picked = await vscode.window.showOpenDialog({
		title,
		openLabel,
		canSelectFiles: false,
		canSelectFolders: true,
		defaultUri: vscode.workspace.workspaceFolders?.[0]?.uri ?? vscode.Uri.file(os.homedir()),
	});
	const uri = picked?.[0];
	if (uri !== undefined && uri.scheme !== 'file') {
		throw new Error(
			vscode.l10n.t('{0} is not a folder of this machine. Choose one on its disk.', uri.toString(true)),
		);
	}
	return uri?.fsPath;
}
