/** Face: the commands that turn completions on, off, quiet and on demand, and what the status bar shows of them. */

import * as vscode from 'vscode';
import type { CompletionStatus } from '../inference/statusText';
import { commands, isLanguageOn, settings as keys, type Settings } from '../manifest';
import type { CompletionEngine } from './engine';
import { describeReason } from './outcome';

const MINUTE = 60_000;

export interface CompletionCommandsDependencies {
	readonly engine: CompletionEngine;
	settings(): Settings;
}

export class CompletionCommands implements vscode.Disposable {
	private readonly subscriptions: vscode.Disposable[];

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
		const { enabled, languages } = this.dependencies.settings().completion;
		const { pause, lastOutcome } = this.dependencies.engine;
		const id = vscode.window.activeTextEditor?.document.languageId;
		return {
			enabled,
			language: id === undefined ? undefined : { id, on: isLanguageOn(languages, id) },
			pausedUntil: pausedUntil(pause.remaining),
			lastSilence:
				lastOutcome?.type === 'nothing'
					? (lastOutcome.detail ?? vscode.l10n.t(describeReason(lastOutcome.reason)))
					: undefined,
			lastMilliseconds: lastOutcome?.type === 'text' ? lastOutcome.milliseconds : undefined,
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

/** Time of day at which a pause of `remaining` milliseconds ends, in the user's own notation. */
function pausedUntil(remaining: number | undefined): string | undefined {
	if (remaining === undefined) {
		return undefined;
	}
	return Number.isFinite(remaining)
		? new Date(Date.now() + remaining).toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' })
		: vscode.l10n.t('you resume');
}
