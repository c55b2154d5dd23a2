/**
 * Face: chooses, mixes, imports, judges, exports and deletes adapters.
 * Over 300 lines because all menus and dialogs of adapters are here, and only a face may open them.
 */

import * as os from 'node:os';
import * as path from 'node:path';
import * as vscode from 'vscode';
import { isAbort } from '../inference/cancel';
import type { Log, Model } from '../inference/model';
import { commands } from '../manifest';
import type { RoleAdapters } from './adapters/byRole';
import { added, type Choice, type Choices, without } from './adapters/choices';
import { adapterWords } from './adapters/describe';
import { exportDialog, importKinds, type PathDialog } from './adapters/dialogs';
import type { ChangeReason } from './adapters/history';
import { type AdapterAct, adapterMenu, strengthMenu } from './adapters/menu';
import { roleOf } from './adapters/roleOf';
import type { AdapterStore, StoredAdapter } from './adapters/store';
import { Transfer } from './adapters/transfer';
import { tell, tellError, tellRestricted, working } from './command';
import type { TrainerLaunch } from './job/trainerProcess';
import { judgeImported } from './judge/imported';
import type { NamedAdapter } from './panel';
import type { FineTuneSession } from './panel/session';

interface AdapterCommandsDependencies {
	readonly model: Model;
	readonly store: AdapterStore;
	readonly active: RoleAdapters;
	readonly choices: Pick<Choices, 'drop'>;
	/** As `FineTuneSession.judgeOther`. */
	readonly judge: FineTuneSession['judgeOther'];
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
	private readonly transfer: Transfer;

	constructor(private readonly dependencies: AdapterCommandsDependencies) {
		const { store, launch, cacheFolder } = dependencies;
		this.transfer = new Transfer({
			store,
			launch: () => ({ ...launch(), translate: vscode.l10n.t }),
			cacheFolder,
		});
		const register = vscode.commands.registerCommand;
		this.subscriptions = [
			register(commands.selectAdapter, () => this.guarded(() => this.select())),
			register(commands.importAdapter, () => this.guarded(() => this.import())),
			register(commands.exportAdapter, () => this.guarded(() => this.chooseToExport())),
		];
	}

	/** Alone. */
	use({ path: file, name, scale = 1 }: NamedAdapter): Promise<void> {
		return this.guarded(() => this.change([{ path: file, name, scale }]));
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
			...(active.previous === undefined ? [] : [rollBackItem(active.previous)]),
			{ label: vscode.l10n.t('$(cloud-download) Import an adapter…'), run: () => this.import() },
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
			case 'report':
				return vscode.commands.executeCommand(commands.showReport, adapter.path);
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
		if (isInUse && !(await this.change(without(active.all, adapter.path), 'deleted'))) {
			return;
		}
		await choices.drop(adapter.path);
		await store.delete(adapter.path);
	}

	private async import(): Promise<void> {
		const { model } = this.dependencies;
		if (model.state.type !== 'ready' || !vscode.workspace.isTrusted) {
			tellNoModel();
			return;
		}
		const from = await chooseAdapter();
		if (from === undefined) {
			return;
		}
		const basePath = model.state.model.path;
		const { choice, notes } = await working(
			vscode.l10n.t('Importing {0}', path.basename(from)),
			(_progress, signal) => this.transfer.bring(from, basePath, signal),
		);
		const { sentence, hasPassed, strength } = await working(
			vscode.l10n.t('Judging {0}', choice.name),
			(progress, signal) => {
				const say = (done: number, all: number) =>
					progress.report({ message: vscode.l10n.t('{0} of {1} places', done, all) });
				const role = roleOf(choice.path);
				const judge = () => this.dependencies.judge(choice.path, basePath, role, say, signal);
				return judgeImported(judge, role, vscode.l10n.t);
			},
		);
		const judged = [{ ...choice, scale: strength }];
		const isInUse = hasPassed && (await this.change(judged));
		const use = vscode.l10n.t('Use');
		const chosen = await vscode.window.showInformationMessage(
			[vscode.l10n.t('{0} is imported.', choice.name), sentence, ...notes].join(' '),
			...(isInUse ? [] : [use]),
		);
		if (chosen === use) {
			await this.change(judged);
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
		const { model } = this.dependencies;
		if (model.state.type !== 'ready') {
			tellNoModel();
			return;
		}
		const parent = await choosePath(exportDialog(vscode.l10n.t));
		if (parent === undefined) {
			return;
		}
		const basePath = model.state.model.path;
		const folder = await working(vscode.l10n.t('Exporting {0}', adapter.name), (_progress, signal) =>
			this.transfer.take(adapter, parent, basePath, signal),
		);
		const show = vscode.l10n.t('Show Folder');
		const chosen = await vscode.window.showInformationMessage(
			vscode.l10n.t('{0} is exported to {1}', adapter.name, folder),
			show,
		);
		if (chosen === show) {
			await vscode.commands.executeCommand('revealFileInOS', vscode.Uri.file(folder));
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
	private async change(choices: readonly Choice[], why?: ChangeReason): Promise<boolean> {
		const reason = await this.dependencies.active.use(choices, why);
		if (reason !== undefined) {
			tellSelect(vscode.l10n.t('The adapters stay as they are: {0}', reason));
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
			tellError(error);
		}
	}
}

/** They were chosen earlier, and cannot be used now. */
export function tellRefused(names: readonly string[], reason: string): void {
	tellSelect(vscode.l10n.t('Switched off: {0}. {1}', names.join(', '), reason));
}

function tellSelect(message: string): void {
	tell('warning', message, vscode.l10n.t('Select Adapter…'), commands.selectAdapter);
}

/** Why nothing can be done with adapters: Restricted Mode, or no model. */
function tellNoModel(): void {
	if (vscode.workspace.isTrusted) {
		const message = vscode.l10n.t('Adapters belong to a model: select one, or wait until it is loaded.');
		tell('information', message, vscode.l10n.t('Select Model…'), commands.selectModel);
	} else {
		tellRestricted(vscode.l10n.t('Adapters are imported only in a trusted workspace.'));
	}
}

function rollBackItem(previous: readonly Choice[]): Item {
	const names = previous.map(({ name }) => name).join(' + ');
	return {
		label: vscode.l10n.t('$(discard) Roll back'),
		description: names === '' ? vscode.l10n.t('to the model alone') : vscode.l10n.t('to {0}', names),
		run: async () => vscode.commands.executeCommand(commands.rollBackAdapter),
	};
}

function placeholder(count: number): string {
	return count === 0
		? vscode.l10n.t('There is no adapter yet')
		: vscode.l10n.t('An adapter changes how the model completes and answers');
}

async function choose(items: readonly Item[], title: string, placeHolder: string): Promise<void> {
	// The panel's focus comes back between two menus, and would close the second.
	const options = { title, placeHolder, matchOnDetail: true, ignoreFocusOut: true };
	const chosen = await vscode.window.showQuickPick(items, options);
	await chosen?.run?.();
}

function dateOf(at: number): string {
	return new Date(at).toLocaleString(vscode.env.language, { dateStyle: 'medium', timeStyle: 'short' });
}

async function chooseAdapter(): Promise<string | undefined> {
	const chosen = await vscode.window.showQuickPick(importKinds(vscode.l10n.t), {
		title: vscode.l10n.t('Familiar: Import Adapter'),
		placeHolder: vscode.l10n.t('It must have been trained for the model that is loaded'),
		ignoreFocusOut: true,
	});
	return chosen === undefined ? undefined : choosePath(chosen.dialog);
}

async function choosePath(dialog: PathDialog): Promise<string | undefined> {
	const defaultUri = vscode.workspace.workspaceFolders?.[0]?.uri ?? vscode.Uri.file(os.homedir());
	const uri = (await vscode.window.showOpenDialog({ ...dialog, defaultUri }))?.[0];
	if (uri !== undefined && uri.scheme !== 'file') {
		throw new Error(
			vscode.l10n.t('{0} is not on the disk of this machine. Choose what is.', uri.toString(true)),
		);
	}
	return uri?.fsPath;
}
