/** Face: the report of an adapter in an editor tab, adapters compared, and what is said of one while it is in use. */

import { randomBytes } from 'node:crypto';
import * as vscode from 'vscode';
import { isAbort } from '../inference/cancel';
import type { Log, Model } from '../inference/model';
import { pageOf } from '../inference/webviewPage';
import { commands } from '../manifest';
import type { RoleAdapters } from './adapters/byRole';
import type { Choice } from './adapters/choices';
import { tellError, tellRestricted, working } from './command';
import type { SessionState } from './panel/sessionState';
import type { AcceptanceCounts } from './report/acceptance';
import { Aftercare } from './report/aftercare';
import { commitsSince } from './report/commitsSince';
import type { Continuation } from './report/continuation';
import { type AdapterRow, ReportDesk, type ReportUi } from './report/desk';
import { Keeper } from './report/keeper';
import { isFromReport, type ToReport } from './report/protocol';
import type { RecordStore } from './report/recordStore';
import { Reports } from './report/reports';
import type { Shown } from './report/shown';
import { reportTexts } from './report/texts';

interface ReportPageOptions {
	readonly extensionUri: vscode.Uri;
	/** Absolute path of the folder of adapters. */
	readonly folder: string;
	readonly records: RecordStore;
	readonly model: Pick<Model, 'state' | 'inspectAdapter'>;
	readonly active: RoleAdapters;
	/** What the statistics counted. */
	acceptance(): Promise<readonly AcceptanceCounts[]>;
	/** The local Git. */
	gitPath(): string;
	readonly continuation: Continuation;
	/** Uses it alone, at the strength; tells the user when that cannot be. */
	use(adapter: Choice): Promise<void>;
	turnOff(adapter: { readonly path: string; readonly name: string }): Promise<void>;
	/** Whether the learning curve of the adapter could be measured now. */
	canMeasure(file: string): boolean;
	/** One is called otherwise than before. */
	onRenamed(): void;
	/** Remembers what was said of which adapter. */
	readonly memory: vscode.Memento;
	readonly log: Log;
}

/** Milliseconds for which the status bar says that something was copied. */
const SAID = 3_000;

export class ReportPage implements vscode.Disposable {
	private panel: vscode.WebviewPanel | undefined;
	private shown: Shown | undefined;
	/** Ends what an earlier state of the page still waits for. */
	private posting = new AbortController();
	private readonly over = new AbortController();
	private readonly reports: Reports;
	private readonly desk: ReportDesk;
	private readonly keeper: Keeper;
	private readonly subscriptions: { dispose(): unknown }[];

	constructor(private readonly options: ReportPageOptions) {
		const { active } = options;
		const { signal } = this.over;
		const translate = vscode.l10n.t;
		this.reports = new Reports({
			folder: options.folder,
			records: options.records,
			model: options.model,
			active,
			acceptance: () => options.acceptance(),
			commitsSince: async (data, until) =>
				vscode.workspace.isTrusted ? commitsSince(data, openFolders(), options.gitPath(), until) : [],
			canMeasure: (file) => vscode.workspace.isTrusted && options.canMeasure(file),
			dateOf,
			translate,
		});
		const ask = (text: string, ...buttons: string[]) =>
			vscode.window.showInformationMessage(text, ...buttons);
		this.desk = new ReportDesk({
			reports: this.reports,
			active,
			continuation: options.continuation,
			aftercare: new Aftercare({ memory: options.memory, ask, translate }),
			use: (adapter) => options.use(adapter),
			turnOff: (adapter) => options.turnOff(adapter),
			measureCurve: async () => vscode.commands.executeCommand(commands.measureCurve),
			onRenamed: () => options.onRenamed(),
			dateOf,
			ui: this.ui(),
			translate,
		});
		const kept = (error: unknown) =>
			void this.guarded(async () => {
				if (error !== undefined) {
					throw error;
				}
				await this.post();
			});
		this.keeper = new Keeper(this.reports, kept, signal);
		const command = (id: string, action: (file: string | undefined) => Promise<void>) =>
			vscode.commands.registerCommand(id, (word: unknown) =>
				this.guarded(() => action(typeof word === 'string' ? word : undefined)),
			);
		const { desk } = this;
		this.subscriptions = [
			active.onDidChange(() => void this.guarded(() => this.post())),
			command(commands.showReport, (named) =>
				desk.withAdapter(named, (file) => this.open({ type: 'report', file })),
			),
			command(commands.compareReports, () => desk.compare(undefined)),
			command(commands.copyReport, (named) => desk.copy(named, signal)),
			command(commands.showReportFolder, (named) => desk.withAdapter(named, reveal)),
			command(commands.rollBackAdapter, () => desk.rollBack()),
		];
	}

	/** Keeps what a run of this window has brought. @param id Of the run that has ended. */
	keep(id: string, state: SessionState): void {
		this.keeper.end(id, state);
	}

	/** With every change of the session. */
	follow(state: SessionState): void {
		this.keeper.follow(state);
	}

	/** An adapter has come into use, or is in use for another hour. */
	lookAfter(): Promise<void> {
		return this.guarded(() => this.desk.lookAfter(this.over.signal));
	}

	dispose(): void {
		this.over.abort();
		for (const subscription of this.subscriptions.splice(0)) {
			subscription.dispose();
		}
		this.panel?.dispose();
	}

	private ui(): ReportUi {
		const { window, workspace, commands: editor, env, l10n } = vscode;
		const page = this;
		return {
			get isTrusted() {
				return workspace.isTrusted;
			},
			get focused() {
				return page.panel?.active === true ? page.shown : undefined;
			},
			tell: (text) => void window.showInformationMessage(text),
			tellRestricted,
			list: () =>
				working(l10n.t('Looking at the adapters'), (_progress, signal) => this.reports.list(signal)),
			pick: async (title, rows) => window.showQuickPick([...rows], { title, ignoreFocusOut: true }),
			pickSome: async (title, placeHolder, rows, picked) =>
				window.showQuickPick<AdapterRow & vscode.QuickPickItem>(
					rows.map((row) => ({ ...row, picked: row.file === picked })),
					{ title, placeHolder, canPickMany: true, ignoreFocusOut: true },
				),
			input: async (title, value, validateInput) =>
				window.showInputBox({ title, value, validateInput, ignoreFocusOut: true }),
			copy: async (text) => {
				await env.clipboard.writeText(text);
				window.setStatusBarMessage(l10n.t('The report is in the clipboard.'), SAID);
			},
			reveal,
			show: (shown) => this.open(shown),
			refresh: () => this.post(),
			fineTune: async () => {
				await editor.executeCommand(commands.fineTune);
			},
		};
	}

	private open(shown: Shown): void {
		this.shown = shown;
		if (this.panel === undefined) {
			this.panel = this.newPanel();
		} else {
			this.panel.reveal();
			void this.guarded(() => this.post());
		}
	}

	private newPanel(): vscode.WebviewPanel {
		const { extensionUri } = this.options;
		const media = vscode.Uri.joinPath(extensionUri, 'dist', 'media');
		const panel = vscode.window.createWebviewPanel(
			'familiar.fineTuneReport',
			vscode.l10n.t('Fine-tune Report'),
			vscode.ViewColumn.Active,
			{ enableScripts: true, localResourceRoots: [media] },
		);
		panel.iconPath = vscode.Uri.joinPath(extensionUri, 'media', 'icon.png');
		const { webview } = panel;
		webview.onDidReceiveMessage((message: unknown) => void this.guarded(() => this.receive(message)));
		panel.onDidDispose(() => {
			this.posting.abort();
			this.panel = undefined;
		});
		const address = (file: string) => webview.asWebviewUri(vscode.Uri.joinPath(media, file)).toString();
		webview.html = pageOf({
			language: vscode.env.language,
			source: webview.cspSource,
			script: address('report.js'),
			style: address('report-style.css'),
			nonce: randomBytes(24).toString('base64url'),
			pictures: false,
		});
		return panel;
	}

	private async receive(message: unknown): Promise<void> {
		const { shown, desk } = this;
		if (!isFromReport(message)) {
			this.options.log.warn('The page of a report sent a message that is not one of its own; it was ignored');
		} else if (message.type === 'ready') {
			await this.post();
		} else if (shown?.type === 'report') {
			await desk.act(message.action, shown.file, this.over.signal);
		} else if (message.action === 'copy') {
			await desk.copy(undefined, this.over.signal);
		}
	}

	/** Shows what is to be shown as it is now; a page that is hidden asks for it when it is shown again. */
	private async post(): Promise<void> {
		this.posting.abort();
		const posting = new AbortController();
		this.posting = posting;
		const { panel, shown, reports } = this;
		if (panel === undefined || shown === undefined || !panel.visible) {
			return;
		}
		const { signal } = posting;
		const texts = reportTexts(vscode.l10n.t);
		const message: ToReport =
			shown.type === 'report'
				? { type: 'report', texts, content: await reports.content(shown.file, signal) }
				: { type: 'comparison', texts, content: await reports.comparison(shown.files, signal) };
		if (!signal.aborted) {
			await panel.webview.postMessage(message);
		}
	}

	/** Cancellation is silent; everything else is told. */
	private async guarded(action: () => Promise<void>): Promise<void> {
		try {
			await action();
		} catch (error) {
			if (!isAbort(error)) {
				this.options.log.error('A report could not be handled', error);
				tellError(error);
			}
		}
	}
}

/** Those that a repository may lie in. */
function openFolders() {
	return (vscode.workspace.workspaceFolders ?? []).flatMap(({ uri, name }) =>
		uri.scheme === 'file' ? [{ name, folder: uri.fsPath }] : [],
	);
}

function dateOf(at: number): string {
	return new Date(at).toLocaleString(vscode.env.language, { dateStyle: 'medium', timeStyle: 'short' });
}

async function reveal(file: string): Promise<void> {
	await vscode.commands.executeCommand('revealFileInOS', vscode.Uri.file(file));
}
