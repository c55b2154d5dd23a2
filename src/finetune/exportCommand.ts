/** Face: `Familiar: Export Fine-Tune…`, which writes the data and the recipe of a fine-tune for trainers elsewhere. */

import * as vscode from 'vscode';
import { isAbort } from '../inference/cancel';
import { readGgufFile } from '../inference/gguf/gguf';
import type { Log, ModelDescription } from '../inference/model';
import { commands, type Settings } from '../manifest';
import type { AdapterRole } from './adapters/choices';
import type { AuditPage } from './auditPage';
import { tellError, working } from './command';
import { enough } from './dataset/split';
import { corpusSize } from './panel/plan';
import { type DataSource, planFor } from './panel/prepare';
import { lossAnswers } from './panel/questions';
import { exportFineTune } from './scaleOut/exportFineTune';
import { isHub, proposedHub } from './scaleOut/hubName';

interface ExportCommandDependencies extends DataSource {
	/** The model that a fine-tune would train; undefined, with a message, where none can be. */
	readonly base: () => ModelDescription | undefined;
	readonly audits: Pick<AuditPage, 'folders' | 'audit' | 'review' | 'wasSeen'>;
	/** Loads the model where nobody needed it yet. */
	readonly wake?: (role: AdapterRole) => Promise<void>;
	/** Absolute path of the built `scaleOut/worker.ts`. */
	readonly script: string;
	/** Absolute path of a folder of this user, in which data are prepared. */
	readonly storage: string;
	/** Absolute path of the folder for caches that may be lost. */
	readonly cacheFolder: string;
	readonly log: Log;
	settings(): Settings;
}

/** More than anybody has for a LoRA. */
const MOST_GPUS = 1_024;

export class ExportCommand implements vscode.Disposable {
	private readonly subscription: vscode.Disposable;

	constructor(private readonly dependencies: ExportCommandDependencies) {
		this.subscription = vscode.commands.registerCommand(commands.exportFineTune, () => this.guarded());
	}

	dispose(): void {
		this.subscription.dispose();
	}

	/** Cancellation is silent; everything else is told. */
	private async guarded(): Promise<void> {
		try {
			await this.export();
		} catch (error) {
			if (!isAbort(error)) {
				this.dependencies.log.error('A fine-tune could not be exported', error);
				tellError(error);
			}
		}
	}

	private async export(): Promise<void> {
		const { audits, model, draw, settings, script, storage, cacheFolder } = this.dependencies;
		const folders = audits.folders();
		await this.dependencies.wake?.('completion');
		const base = folders === undefined ? undefined : this.dependencies.base();
		if (folders === undefined || base === undefined) {
			return;
		}
		const first = await audits.audit(folders, base.path);
		// As before a training: nobody takes away what they have not seen.
		const audit = audits.wasSeen ? first : await audits.review(first);
		if (audit === undefined) {
			return;
		}
		const verdict = enough(corpusSize(audit).files, vscode.l10n.t);
		if (verdict.type === 'refused') {
			void vscode.window.showWarningMessage(verdict.reason);
			return;
		}
		const answers = await askAll(base.path);
		if (answers === undefined) {
			return;
		}
		const { hub, gpus, lossOn, parentFolder } = answers;
		const plan = planFor({ audit, base, minutes: 0, lossOn }, { model, draw }, settings(), vscode.l10n.t);
		const { folder } = await working(
			vscode.l10n.t('Exporting the fine-tune of {0}', plan.name),
			(progress, signal) =>
				exportFineTune(
					{ plan, audit, base, hub, gpus, parentFolder },
					{ model, script, storage, cacheFolder, translate: vscode.l10n.t },
					(message) => progress.report({ message }),
					signal,
				),
		);
		const show = vscode.l10n.t('Show Folder');
		const chosen = await vscode.window.showInformationMessage(
			vscode.l10n.t(
				'The fine-tune is exported to {0}. Its README.md has the commands. The folder holds your code: it leaves this machine only if you take it.',
				folder,
			),
			show,
		);
		if (chosen === show) {
			await vscode.commands.executeCommand('revealFileInOS', vscode.Uri.file(folder));
		}
	}
}

/** Undefined when the user went away. */
async function askAll(basePath: string) {
	const title = vscode.l10n.t('Familiar: Export Fine-Tune');
	const menu = { title, ignoreFocusOut: true };
	const hub = await vscode.window.showInputBox({
		...menu,
		prompt: vscode.l10n.t(
			'The model that the other trainer loads: owner/name on Hugging Face, or a folder there. It must be the one that this GGUF was made of.',
		),
		value: proposedHub(readGgufFile(basePath).metadata) ?? '',
		validateInput: (value) =>
			isHub(value.trim())
				? undefined
				: vscode.l10n.t('Enter a repository such as Qwen/Qwen2.5-Coder-0.5B, or the path of a folder.'),
	});
	const gpus =
		hub === undefined
			? undefined
			: await vscode.window.showInputBox({
					...menu,
					prompt: vscode.l10n.t('How many GPUs will share the work?'),
					value: '1',
					validateInput: (value) =>
						gpusIn(value) === undefined
							? vscode.l10n.t('Enter a number from 1 to {0}.', MOST_GPUS)
							: undefined,
				});
	const lossOn =
		gpus === undefined
			? undefined
			: await vscode.window.showQuickPick(lossAnswers(vscode.l10n.t), {
					...menu,
					placeHolder: vscode.l10n.t('What is learned from?'),
				});
	const count = gpus === undefined ? undefined : gpusIn(gpus);
	if (hub === undefined || count === undefined || lossOn === undefined || !(await confirm())) {
		return undefined;
	}
	const chosen = await vscode.window.showOpenDialog({
		title: vscode.l10n.t('Choose where the fine-tune becomes a folder'),
		openLabel: vscode.l10n.t('Export Here'),
		canSelectFiles: false,
		canSelectFolders: true,
	});
	const uri = chosen?.[0];
	if (uri !== undefined && uri.scheme !== 'file') {
		throw new Error(
			vscode.l10n.t('{0} is not on the disk of this machine. Choose what is.', uri.toString(true)),
		);
	}
	return uri === undefined
		? undefined
		: { hub: hub.trim(), gpus: count, lossOn: lossOn.value, parentFolder: uri.fsPath };
}

async function confirm(): Promise<boolean> {
	const go = vscode.l10n.t('Choose Folder…');
	const detail = vscode.l10n.t(
		'The folder will hold the code of this workspace as samples for training, searched once more for secrets, and the files with which other trainers do the same fine-tune. Whoever has the folder can read the code. It leaves this machine only if you take it.',
	);
	const message = vscode.l10n.t('Export this fine-tune?');
	return (await vscode.window.showWarningMessage(message, { modal: true, detail }, go)) === go;
}

function gpusIn(text: string): number | undefined {
	const count = /^\s*\d{1,4}\s*$/.test(text) ? Number(text) : 0;
	return count >= 1 && count <= MOST_GPUS ? count : undefined;
}
