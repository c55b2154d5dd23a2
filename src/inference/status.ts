/** Face: the one status bar item, its menu, and the diagnostics document. */

import * as os from 'node:os';
import * as vscode from 'vscode';
import { commands, settings } from '../manifest';
import type { ChatModel } from './chatModel';
import { isCrowded } from './crowding';
import type { Model } from './model';
import type { RemoteUse } from './remoteRoles';
import { type CompletionStatus, type StatusText, statusText, withChat } from './statusText';

/** Of the page of the diagnostics, which is read-only and never on disk. */
const SCHEME = 'familiar-diagnostics';

interface StatusDependencies {
	readonly model: Model;
	/** The process that serves it, and how many windows share that; undefined while none does. */
	host(): { readonly pid: number; readonly clients: number } | undefined;
	readonly chat: Pick<ChatModel, 'ownState' | 'onDidChangeState'>;
	readonly extensionVersion: string;
	isStarter(): boolean;
	completion(): CompletionStatus;
	/** One line about the adapters in use; undefined while there are none. */
	adapters(): string | undefined;
	/** Names of other active inline completion providers. */
	rivals(): readonly string[];
	/** Address of the local API; undefined while it does not run. */
	api(): string | undefined;
	/** Where code goes; undefined while it stays here. */
	remote(): RemoteUse | undefined;
}

interface MenuItem extends vscode.QuickPickItem {
	readonly command?: string;
}

export class Status implements vscode.Disposable {
	private readonly item = vscode.window.createStatusBarItem(
		'familiar.status',
		vscode.StatusBarAlignment.Right,
		100,
	);
	private readonly subscriptions: vscode.Disposable[];
	/** Each visit has a page of its own: one that is open already would be shown as it was. */
	private visits = 0;
	private hasNoticed = false;

	constructor(private readonly dependencies: StatusDependencies) {
		this.item.name = 'Familiar';
		this.item.command = commands.showMenu;
		this.subscriptions = [
			this.item,
			dependencies.model.onDidChangeState(() => this.refresh()),
			dependencies.chat.onDidChangeState(() => this.refresh()),
			vscode.window.onDidChangeActiveTextEditor(() => this.refresh()),
			vscode.commands.registerCommand(commands.showMenu, () => this.showMenu()),
			vscode.commands.registerCommand(commands.showDiagnostics, () => this.showDiagnostics()),
			vscode.commands.registerCommand(commands.copyDiagnostics, async () => {
				await vscode.env.clipboard.writeText(await this.diagnostics());
				void vscode.window.showInformationMessage(vscode.l10n.t('The diagnostics are in the clipboard.'));
			}),
			vscode.workspace.registerTextDocumentContentProvider(SCHEME, {
				provideTextDocumentContent: () => this.diagnostics(),
			}),
		];
		this.refresh();
		this.item.show();
	}

	/** Call it when something that the item shows has changed. */
	refresh(): void {
		this.noticeCrowding();
		const shown = this.shown();
		const tooltip = new vscode.MarkdownString(shown.tooltip, true);
		tooltip.isTrusted = false;
		this.item.text = shown.text;
		this.item.tooltip = tooltip;
		this.item.accessibilityInformation = { label: shown.label, role: 'button' };
		this.item.backgroundColor =
			shown.severity === 'warning' ? new vscode.ThemeColor('statusBarItem.warningBackground') : undefined;
	}

	/** Once a session: whoever wants two models after all has heard what it costs. */
	private noticeCrowding(): void {
		const { model, chat } = this.dependencies;
		if (this.hasNoticed || !isCrowded(model.state, chat.ownState)) {
			return;
		}
		this.hasNoticed = true;
		const useOne = vscode.l10n.t('Use one model for both');
		const text = vscode.l10n.t(
			'The models for completions and for the chat do not fit into memory together: each is loaded again whenever it is asked after the other.',
		);
		void vscode.window.showWarningMessage(`Familiar: ${text}`, useOne).then((chosen) => {
			if (chosen === useOne) {
				const { Global } = vscode.ConfigurationTarget;
				return vscode.workspace.getConfiguration().update(settings.chatModel.key, undefined, Global);
			}
			return undefined;
		});
	}

	private shown(): StatusText {
		const { model, chat, completion, isStarter, adapters, api, remote } = this.dependencies;
		const more = { adapters: adapters(), api: api(), remote: remote() };
		const shown = statusText(model.state, completion(), isStarter(), vscode.l10n.t, more);
		return withChat(
			shown,
			remote()?.roles.includes('chat') === true ? undefined : chat.ownState,
			vscode.l10n.t,
		);
	}

	private async showMenu(): Promise<void> {
		const chosen = await vscode.window.showQuickPick(await this.menu(), {
			title: 'Familiar',
			placeHolder: this.shown().label,
		});
		if (chosen?.command !== undefined) {
			await vscode.commands.executeCommand(chosen.command);
		}
	}

	private async menu(): Promise<MenuItem[]> {
		const { statusMenu } = await import('./statusMenu');
		const { completion, api, remote } = this.dependencies;
		const running = { api: api() !== undefined, remote: remote() !== undefined };
		return statusMenu(completion(), running, vscode.l10n.t).map(({ label, command }) =>
			command === undefined ? { label, kind: vscode.QuickPickItemKind.Separator } : { label, command },
		);
	}

	/** The text is asked for before the page is shown: what it says of the active editor is true of the code's. */
	private async showDiagnostics(): Promise<void> {
		const page = vscode.Uri.from({ scheme: SCHEME, path: `/${++this.visits}/Diagnostics.md` });
		const document = await vscode.workspace.openTextDocument(page);
		await vscode.window.showTextDocument(document, { preview: true });
	}

	private async diagnostics(): Promise<string> {
		const { model, completion, isStarter, rivals, remote, extensionVersion } = this.dependencies;
		const { diagnosticsText } = await import('./diagnostics');
		return diagnosticsText(
			{
				extensionVersion,
				editor: `${vscode.env.appName} ${vscode.version}`,
				system: `${os.platform()} ${os.release()} ${os.arch()}, ${os.availableParallelism()} CPU`,
				isTrusted: vscode.workspace.isTrusted,
				remote: vscode.env.remoteName,
				isStarter: isStarter(),
				state: model.state,
				host: this.dependencies.host(),
				completion: completion(),
				rivals: rivals(),
				server: remote(),
				homeFolder: os.homedir(),
			},
			vscode.l10n.t,
		);
	}

	dispose(): void {
		for (const subscription of this.subscriptions) {
			subscription.dispose();
		}
	}
}
