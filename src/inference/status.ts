/** Face: the one status bar item, its menu, and the diagnostics document. */

import * as os from 'node:os';
import * as vscode from 'vscode';
import { commands } from '../manifest';
import { diagnosticsText } from './diagnostics';
import type { Model } from './model';
import { statusMenu } from './statusMenu';
import { type CompletionStatus, type StatusText, statusText } from './statusText';

/** Of the page of the diagnostics, which is read-only and never on disk. */
const SCHEME = 'familiar-diagnostics';

interface StatusDependencies {
	readonly model: Model;
	readonly extensionVersion: string;
	isStarter(): boolean;
	completion(): CompletionStatus;
	/** One line about the adapters in use; undefined while there are none. */
	adapters(): string | undefined;
	/** Names of other active inline completion providers. */
	rivals(): readonly string[];
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

	constructor(private readonly dependencies: StatusDependencies) {
		this.item.name = 'Familiar';
		this.item.command = commands.showMenu;
		this.subscriptions = [
			this.item,
			dependencies.model.onDidChangeState(() => this.refresh()),
			vscode.window.onDidChangeActiveTextEditor(() => this.refresh()),
			vscode.commands.registerCommand(commands.showMenu, () => this.showMenu()),
			vscode.commands.registerCommand(commands.showDiagnostics, () => this.showDiagnostics()),
			vscode.workspace.registerTextDocumentContentProvider(SCHEME, {
				provideTextDocumentContent: () => this.diagnostics(),
			}),
		];
		this.refresh();
		this.item.show();
	}

	/** Call it when something that the item shows has changed. */
	refresh(): void {
		const shown = this.shown();
		const tooltip = new vscode.MarkdownString(shown.tooltip, true);
		tooltip.isTrusted = false;
		this.item.text = shown.text;
		this.item.tooltip = tooltip;
		this.item.accessibilityInformation = { label: shown.label, role: 'button' };
		this.item.backgroundColor =
			shown.severity === 'warning' ? new vscode.ThemeColor('statusBarItem.warningBackground') : undefined;
	}

	private shown(): StatusText {
		const { model, completion, isStarter, adapters } = this.dependencies;
		return statusText(model.state, completion(), isStarter(), vscode.l10n.t, adapters());
	}

	private async showMenu(): Promise<void> {
		const chosen = await vscode.window.showQuickPick(this.menu(), {
			title: 'Familiar',
			placeHolder: this.shown().label,
		});
		if (chosen?.command !== undefined) {
			await vscode.commands.executeCommand(chosen.command);
		}
	}

	private menu(): MenuItem[] {
		return statusMenu(this.dependencies.completion(), vscode.l10n.t).map(({ label, command }) =>
			command === undefined ? { label, kind: vscode.QuickPickItemKind.Separator } : { label, command },
		);
	}

	/** The text is asked for before the page is shown: what it says of the active editor is true of the code's. */
	private async showDiagnostics(): Promise<void> {
		const page = vscode.Uri.from({ scheme: SCHEME, path: `/${++this.visits}/Diagnostics.md` });
		const document = await vscode.workspace.openTextDocument(page);
		await vscode.window.showTextDocument(document, { preview: true });
	}

	private diagnostics(): string {
		const { model, completion, isStarter, rivals, extensionVersion } = this.dependencies;
		return diagnosticsText(
			{
				extensionVersion,
				editor: `${vscode.env.appName} ${vscode.version}`,
				system: `${os.platform()} ${os.release()} ${os.arch()}, ${os.availableParallelism()} CPU`,
				isTrusted: vscode.workspace.isTrusted,
				remote: vscode.env.remoteName,
				isStarter: isStarter(),
				state: model.state,
				completion: completion(),
				rivals: rivals(),
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
