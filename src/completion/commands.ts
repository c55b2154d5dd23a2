/** Face: the commands that turn completions on, off, quiet and on demand, and those that tell what became of them. */

import { randomBytes } from 'node:crypto';
import * as vscode from 'vscode';
import type { Log } from '../inference/model';
import type { CompletionStatus } from '../inference/statusText';
import { pageOf } from '../inference/webviewPage';
import { commands, isLanguageOn, settings as keys, type Settings } from '../manifest';
import type { Battery } from './battery';
import type { CompletionEngine } from './engine';
import type { CompletionInsight } from './insight';
import { LanguageNames } from './languageNames';
import { describeReason } from './outcome';
import { isFromPage } from './statistics/protocol';

const MINUTE = 60_000;
/** Milliseconds between two changes of what is on screen while somebody types. */
const REFRESH = 500;

/** The inspector's page. Read-only, and never on disk. */
const INSPECTOR = vscode.Uri.from({ scheme: 'familiar-inspector', path: '/Completions.md' });

interface CompletionCommandsDependencies {
	readonly engine: CompletionEngine;
	readonly battery: Pick<Battery, 'isInUse'>;
	settings(): Settings;
}

export class CompletionCommands implements vscode.Disposable {
	private readonly subscriptions: vscode.Disposable[];
	private readonly names = languageNames();

	constructor(private readonly dependencies: CompletionCommandsDependencies) {
		const register = vscode.commands.registerCommand;
		const { engine } = dependencies;
		this.subscriptions = [
			register(commands.toggleCompletions, () => this.toggle()),
			register(commands.toggleLanguage, () => this.toggleLanguage()),
			register(commands.pauseCompletions, () => this.pause()),
			register(commands.resumeCompletions, () => engine.pause.resume()),
			register(commands.triggerCompletion, () =>
				vscode.commands.executeCommand('editor.action.inlineSuggest.trigger'),
			),
		];
	}

	/** For the status bar. */
	status(): CompletionStatus {
		const { enabled, languages, trigger, pauseOnBattery } = this.dependencies.settings().completion;
		const { pause, lastOutcome } = this.dependencies.engine;
		const id = vscode.window.activeTextEditor?.document.languageId;
		return {
			enabled,
			language: id === undefined ? undefined : { name: this.names.of(id), on: isLanguageOn(languages, id) },
			manualOnly: trigger === 'manual',
			onBattery: pauseOnBattery && this.dependencies.battery.isInUse,
			pausedUntil: pausedUntil(pause.remaining),
			lastSilence:
				lastOutcome?.type === 'nothing'
					? (lastOutcome.detail ?? vscode.l10n.t(describeReason(lastOutcome.reason)))
					: undefined,
			lastMilliseconds: lastOutcome?.type === 'text' ? lastOutcome.milliseconds : undefined,
			lastFirstToken: lastOutcome?.type === 'text' ? lastOutcome.statistics?.prefillMilliseconds : undefined,
		};
	}

	private async toggle(): Promise<void> {
		const { enabled } = this.dependencies.settings().completion;
		await update(keys.completionEnabled.key, !enabled);
	}

	private async toggleLanguage(): Promise<void> {
		const id = vscode.window.activeTextEditor?.document.languageId;
		if (id === undefined) {
			void vscode.window.showInformationMessage(
				vscode.l10n.t('Open a file first: completions are turned on or off for its language.'),
			);
			return;
		}
		const { languages } = this.dependencies.settings().completion;
		await update(keys.completionLanguages.key, { ...languages, [id]: !isLanguageOn(languages, id) });
	}

	private async pause(): Promise<void> {
		const choices = [
			{ label: vscode.l10n.t('5 minutes'), milliseconds: 5 * MINUTE },
			{ label: vscode.l10n.t('30 minutes'), milliseconds: 30 * MINUTE },
			{ label: vscode.l10n.t('2 hours'), milliseconds: 120 * MINUTE },
			{ label: vscode.l10n.t('Until I resume or reload the window'), milliseconds: Number.POSITIVE_INFINITY },
		];
		const chosen = await vscode.window.showQuickPick(choices, {
			title: vscode.l10n.t('Pause inline completions for'),
		});
		if (chosen !== undefined) {
			this.dependencies.engine.pause.pause(chosen.milliseconds);
		}
	}

	dispose(): void {
		for (const subscription of this.subscriptions) {
			subscription.dispose();
		}
	}
}

/** Changes the setting where it is in force: a value in the workspace would hide one for the user. */
async function update(key: string, value: unknown): Promise<void> {
	const configuration = vscode.workspace.getConfiguration();
	const isInWorkspace = configuration.inspect(key)?.workspaceValue !== undefined;
	await configuration.update(
		key,
		value,
		isInWorkspace ? vscode.ConfigurationTarget.Workspace : vscode.ConfigurationTarget.Global,
	);
}

/** As the extensions call them. */
function languageNames(): LanguageNames {
	return new LanguageNames(() => vscode.extensions.all.map(({ packageJSON }): unknown => packageJSON));
}

/** Time of day at which a pause of `remaining` milliseconds ends, in the user's own notation. */
function pausedUntil(remaining: number | undefined): string | undefined {
	if (remaining === undefined) {
		return undefined;
	}
	return Number.isFinite(remaining)
		? new Date(Date.now() + remaining).toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' })
		: vscode.l10n.t('you resume');
}

export interface CompletionPagesDependencies {
	readonly extensionUri: vscode.Uri;
	readonly insight: CompletionInsight;
	readonly log: Log;
}

/** The page of the statistics and the one of the inspector. */
export class CompletionPages implements vscode.Disposable {
	private readonly reportChanged = new vscode.EventEmitter<vscode.Uri>();
	private readonly subscriptions: { dispose(): unknown }[];
	private page: vscode.WebviewPanel | undefined;
	private readonly names = languageNames();

	constructor(private readonly dependencies: CompletionPagesDependencies) {
		const { book, inspector } = dependencies.insight;
		const register = vscode.commands.registerCommand;
		const refreshPage = rarely(() => this.post());
		const refreshReport = rarely(() => this.reportChanged.fire(INSPECTOR));
		this.subscriptions = [
			this.reportChanged,
			refreshPage,
			refreshReport,
			book.onDidChange(() => refreshPage.call()),
			inspector.onDidChange(() => refreshReport.call()),
			vscode.workspace.registerTextDocumentContentProvider(INSPECTOR.scheme, {
				onDidChange: this.reportChanged.event,
				provideTextDocumentContent: async () => {
					const { inspectorText } = await import('./pageContents');
					return inspectorText(inspector.requests, this.pageOptions());
				},
			}),
			register(commands.showStatistics, () => this.showStatistics()),
			register(commands.inspectCompletions, () => inspect()),
		];
	}

	dispose(): void {
		for (const subscription of this.subscriptions) {
			subscription.dispose();
		}
		this.page?.dispose();
	}

	private pageOptions() {
		const nameOf = (id: string) => this.names.of(id);
		return { language: vscode.env.language, nameOf, translate: vscode.l10n.t };
	}

	private showStatistics(): void {
		if (this.page !== undefined) {
			this.page.reveal();
			return;
		}
		const { extensionUri } = this.dependencies;
		const media = vscode.Uri.joinPath(extensionUri, 'dist', 'media');
		const page = vscode.window.createWebviewPanel(
			'familiar.completionStatistics',
			vscode.l10n.t('Completion Statistics'),
			vscode.ViewColumn.Active,
			{ enableScripts: true, localResourceRoots: [media] },
		);
		this.page = page;
		page.iconPath = vscode.Uri.joinPath(extensionUri, 'media', 'icon.png');
		page.webview.onDidReceiveMessage((message: unknown) => this.receive(message));
		page.onDidDispose(() => {
			this.page = undefined;
		});
		const address = (file: string) => page.webview.asWebviewUri(vscode.Uri.joinPath(media, file)).toString();
		page.webview.html = pageOf({
			language: vscode.env.language,
			source: page.webview.cspSource,
			script: address('statistics.js'),
			style: address('statistics-style.css'),
			nonce: randomBytes(24).toString('base64url'),
			pictures: false,
		});
	}

	private async receive(message: unknown): Promise<void> {
		if (!isFromPage(message)) {
			this.dependencies.log.warn(
				'The page of the statistics sent a message that is not one of its own; it was ignored',
			);
		} else if (message.type === 'ready') {
			await this.post();
		} else {
			await this.reset();
		}
	}

	/** A page that is hidden loses messages; it asks for everything when it is shown again. */
	private async post(): Promise<void> {
		if (this.page?.visible !== true) {
			return;
		}
		try {
			const { statisticsMessage } = await import('./pageContents');
			const entries = await this.dependencies.insight.book.read();
			await this.page?.webview.postMessage(statisticsMessage(entries, this.pageOptions()));
		} catch (error) {
			this.dependencies.log.error('The completion statistics could not be read', error);
		}
	}

	private async reset(): Promise<void> {
		const confirm = vscode.l10n.t('Reset');
		const answer = await vscode.window.showWarningMessage(
			vscode.l10n.t('Forget the completion statistics?'),
			{ modal: true, detail: vscode.l10n.t('Those of all windows and all days. This cannot be undone.') },
			confirm,
		);
		if (answer !== confirm) {
			return;
		}
		try {
			await this.dependencies.insight.reset();
		} catch (error) {
			this.dependencies.log.error('The completion statistics could not be reset', error);
			void vscode.window.showErrorMessage(
				vscode.l10n.t('The completion statistics could not be reset. The log says why.'),
			);
		}
	}
}

/** Beside the code, which keeps the focus: whoever asks why there is nothing goes on typing. */
async function inspect(): Promise<void> {
	const document = await vscode.workspace.openTextDocument(INSPECTOR);
	await vscode.window.showTextDocument(document, {
		viewColumn: vscode.ViewColumn.Beside,
		preserveFocus: true,
		preview: false,
	});
}

/** Runs the action a moment after a call, however many more calls come meanwhile. */
function rarely(action: () => unknown): { call(): void; dispose(): void } {
	let timer: NodeJS.Timeout | undefined;
	return {
		call: () => {
			timer ??= setTimeout(() => {
				timer = undefined;
				action();
			}, REFRESH);
		},
		dispose: () => clearTimeout(timer),
	};
}
