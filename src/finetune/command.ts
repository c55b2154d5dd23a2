/**
 * Face: what a fine-tune would read, what is asked before it, and its start. Over 300 lines because completion and chat
 * are asked for alike.
 */

import * as vscode from 'vscode';
import { isAbort, signalOf } from '../inference/cancel';
import { messageOf } from '../inference/failure';
import type { Log, ModelDescription } from '../inference/model';
import { commands, type Settings } from '../manifest';
import type { AdapterRole } from './adapters/choices';
import type { AuditPage } from './auditPage';
import type { Audit } from './corpus/verdict';
import type { LossOn } from './dataset/sample';
import { enough } from './dataset/split';
import { askForChat, type ChatFineTune } from './instruct/ask';
import { formatCount } from './panel/format';
import { corpusSize, type Plan, parseMinutes } from './panel/plan';
import { type DataSource, planFor } from './panel/prepare';
import { lossAnswers, type Proposal, proposalDetail, timeAnswers } from './panel/questions';
import type { FineTuneSession } from './panel/session';

interface FineTuneCommandsDependencies extends DataSource {
	readonly session: FineTuneSession;
	readonly panel: { show(): void };
	/** Loads the model where nobody needed it yet. */
	readonly wake?: (role: AdapterRole) => Promise<void>;
	readonly audits: AuditPage;
	readonly chat: ChatFineTune;
	readonly log: Log;
	settings(): Settings;
}

export class FineTuneCommands implements vscode.Disposable {
	private readonly subscriptions: vscode.Disposable[];

	constructor(private readonly dependencies: FineTuneCommandsDependencies) {
		const command = (id: string, action: () => Promise<void>) =>
			vscode.commands.registerCommand(id, () => this.guarded(action));
		this.subscriptions = [
			command(commands.fineTune, () => this.start()),
			command(commands.fineTuneChat, () => this.start(() => this.askForChat())),
			command(commands.showCorpus, () => this.showCorpus()),
		];
	}

	dispose(): void {
		vscode.Disposable.from(...this.subscriptions).dispose();
	}

	private async start(ask = () => this.ask()): Promise<void> {
		const { session, panel } = this.dependencies;
		if (session.isBusy) {
			panel.show();
			return;
		}
		// Said before anything is read and asked, not after.
		const elsewhere = await session.elsewhere();
		if (elsewhere !== undefined) {
			tell('information', elsewhere, vscode.l10n.t('Show'), commands.showFineTune);
			return;
		}
		const plan = await ask();
		if (plan === undefined) {
			return;
		}
		await working(vscode.l10n.t('Preparing the fine-tune of {0}', plan.name), async (progress, signal) => {
			const subscription = session.onDidChange((state) => {
				if (state.type === 'preparing') {
					progress.report({ message: state.detail });
				}
			});
			try {
				await session.start(plan, signal);
			} finally {
				subscription.dispose();
			}
		});
		panel.show();
	}

	/** Reads what could be learned from, says what will happen, and asks how. Undefined when nothing is to happen. */
	private async ask(): Promise<Plan | undefined> {
		const folders = this.dependencies.audits.folders();
		await this.dependencies.wake?.('completion');
		const base = folders === undefined ? undefined : this.base();
		if (folders === undefined || base === undefined) {
			return undefined;
		}
		const { audits } = this.dependencies;
		const first = await audits.audit(folders, base.path);
		// Nothing is trained before somebody has seen what it is trained on.
		const audit = audits.wasSeen || isRefused(first) ? first : await audits.review(first);
		return audit === undefined ? undefined : this.askHow(audit, base);
	}

	private async askHow(first: Audit, base: ModelDescription): Promise<Plan | undefined> {
		const { settings, audits } = this.dependencies;
		let answers: Answers | undefined;
		for (let audit: Audit | undefined = first; audit !== undefined; audit = await audits.review(audit)) {
			const size = corpusSize(audit);
			const verdict = enough(size.files, vscode.l10n.t);
			if (verdict.type === 'refused') {
				const show = vscode.l10n.t('Show What Is Read');
				if ((await vscode.window.showWarningMessage(verdict.reason, show)) === show) {
					audits.show(audit);
				}
				return undefined;
			}
			const title = vscode.l10n.t('Fine-tune {0} on {1} files', base.name, formatCount(size.files));
			answers ??= await askAnswers(settings().fineTune.minutes, title);
			if (answers === undefined) {
				return undefined;
			}
			const { minutes, lossOn } = answers;
			const repositories = audit.repositories.map((repository) => repository.name);
			const { leftOut } = audit;
			const { learningCurve } = settings().fineTune;
			const about = { repositories, leftOut, size, minutes, measuresCurve: learningCurve };
			const proposal = { base: base.name, note: verdict.note, ...about };
			const wish = await confirm(proposal);
			if (wish !== 'show') {
				return wish === 'start'
					? planFor({ audit, base, minutes, lossOn }, this.dependencies, settings(), vscode.l10n.t)
					: undefined;
			}
		}
		return undefined;
	}

	/** The same for the chat. */
	private async askForChat(): Promise<Plan | undefined> {
		const { audits } = this.dependencies;
		const folders = audits.folders();
		if (folders === undefined) {
			return undefined;
		}
		await this.dependencies.wake?.('chat');
		const settings = this.dependencies.settings();
		const menu = (title: string) => ({ title, ignoreFocusOut: true });
		const pick = vscode.window.showQuickPick;
		return askForChat(
			this.dependencies.chat,
			settings,
			{
				audit: async (basePath) => {
					const first = await audits.audit(folders, basePath);
					// Nothing is trained before somebody has seen what it is trained on.
					return audits.wasSeen || isRefused(first) ? first : audits.review(first);
				},
				minutes: (title) => askMinutes(settings.fineTune.minutes, menu(title)),
				one: async (items, title, placeHolder) => pick(items, { ...menu(title), placeHolder }),
				several: async (items, title, placeHolder) =>
					pick(items, { ...menu(title), placeHolder, canPickMany: true }),
				confirm: async (message, detail) => {
					const start = vscode.l10n.t('Start');
					return (
						(await vscode.window.showInformationMessage(message, { modal: true, detail }, start)) === start
					);
				},
				refuse: (reason, lacks) =>
					lacks === 'model'
						? tell('information', reason, vscode.l10n.t('Select Model…'), commands.selectModel)
						: tell('warning', reason, vscode.l10n.t('Show What Is Read'), commands.showCorpus),
			},
			vscode.l10n.t,
		);
	}

	/** The model that would be trained; undefined, with a message, where none can be. */
	base(): ModelDescription | undefined {
		const { state } = this.dependencies.model;
		if (state.type === 'ready' && state.model.fill.type !== 'unsupported') {
			return state.model;
		}
		const reason =
			state.type === 'ready'
				? vscode.l10n.t(
						'{0} cannot be fine-tuned: fine-tuning needs a model that fills in the middle (FIM), and this one has no tokens for that. Select another model.',
						state.model.name,
					)
				: state.type === 'failed'
					? state.problem.message
					: vscode.l10n.t(
							'Fine-tuning needs a model, and none is ready. Select one, or wait until it is loaded.',
						);
		tell('information', reason, vscode.l10n.t('Select Model…'), commands.selectModel);
		return undefined;
	}

	private async showCorpus(): Promise<void> {
		const folders = this.dependencies.audits.folders();
		if (folders !== undefined) {
			const { audits } = this.dependencies;
			audits.show(await audits.audit(folders));
		}
	}

	/** Cancellation is silent; everything else is told. */
	private async guarded(action: () => Promise<void>): Promise<void> {
		try {
			await action();
		} catch (error) {
			if (!isAbort(error)) {
				this.dependencies.log.error('A fine-tune command failed', error);
				tellError(error);
			}
		}
	}
}

interface Answers {
	readonly minutes: number;
	readonly lossOn: LossOn;
}

function isRefused(audit: Audit): boolean {
	return enough(corpusSize(audit).files).type === 'refused';
}

/** Undefined when the user went away. */
async function askAnswers(first: number, title: string): Promise<Answers | undefined> {
	// Asked from the panel, whose focus comes back between two menus and would close the second.
	const menu = { title, ignoreFocusOut: true };
	const minutes = await askMinutes(first, menu);
	const lossOn =
		minutes === undefined
			? undefined
			: await vscode.window.showQuickPick(lossAnswers(vscode.l10n.t), {
					...menu,
					placeHolder: vscode.l10n.t('What is learned from?'),
				});
	return minutes === undefined || lossOn === undefined ? undefined : { minutes, lossOn: lossOn.value };
}

/** Undefined when the user went away. */
async function askMinutes(first: number, menu: vscode.InputBoxOptions): Promise<number | undefined> {
	const own = { label: vscode.l10n.t('$(edit) Another time…'), description: '', value: undefined };
	const chosen = await vscode.window.showQuickPick([...timeAnswers(first, vscode.l10n.t), own], {
		...menu,
		placeHolder: vscode.l10n.t('How long? It can be paused and ended at any time.'),
	});
	if (chosen !== own) {
		return chosen?.value;
	}
	const text = await vscode.window.showInputBox({
		...menu,
		prompt: vscode.l10n.t('Minutes, or hours with an h: 45, 1.5 h'),
		validateInput: (value) =>
			parseMinutes(value) === undefined
				? vscode.l10n.t('Enter a time of up to a week, such as 45 or 1.5 h.')
				: undefined,
	});
	return text === undefined ? undefined : parseMinutes(text);
}

/** Undefined when it is not to be. */
async function confirm(proposal: Proposal): Promise<'start' | 'show' | undefined> {
	const start = vscode.l10n.t('Start');
	const show = vscode.l10n.t('Show What Is Read');
	const answer = await vscode.window.showInformationMessage(
		vscode.l10n.t('Fine-tune {0} on this workspace?', proposal.base),
		{ modal: true, detail: proposalDetail(proposal, vscode.l10n.t) },
		start,
		show,
	);
	return answer === start ? 'start' : answer === show ? 'show' : undefined;
}

/**
 * Says what cannot be, with a button that helps: of a message without one, VS Code shows the first line only.
 *
 * @param button The words on it.
 * @param command Runs when it is pressed.
 */
export function tell(
	severity: 'information' | 'warning' | 'error',
	message: string,
	button: string,
	command: string,
): void {
	const { showInformationMessage, showWarningMessage, showErrorMessage } = vscode.window;
	const show = { information: showInformationMessage, warning: showWarningMessage, error: showErrorMessage };
	void show[severity](message, button).then((chosen) =>
		chosen === button ? vscode.commands.executeCommand(command) : undefined,
	);
}

/** @param message What is not done in Restricted Mode. */
export function tellRestricted(message: string): void {
	tell('information', message, vscode.l10n.t('Manage Workspace Trust'), 'workbench.trust.manage');
}

export function tellError(error: unknown): void {
	const message = messageOf(error);
	tell('error', message, vscode.l10n.t('Show Log'), commands.showLog);
}

/** With a notification that can be cancelled: the signal fires then. */
export function working<T>(
	title: string,
	action: (progress: vscode.Progress<{ message?: string }>, signal: AbortSignal) => Promise<T>,
): Promise<T> {
	return Promise.resolve(
		vscode.window.withProgress(
			{ location: vscode.ProgressLocation.Notification, title, cancellable: true },
			async (progress, token) => {
				const { signal, dispose } = signalOf(token);
				try {
					return await action(progress, signal);
				} finally {
					dispose();
				}
			},
		),
	);
}
