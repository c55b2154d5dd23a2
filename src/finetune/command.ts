/** Face of the fine-tune room: shows what a fine-tune would read. Training itself is not part of this version. */

import * as vscode from 'vscode';
import { isAbort, signalOf } from '../inference/cancel';
import type { Log } from '../inference/model';
import { commands } from '../manifest';
import { corpusReport } from './corpus';
import { auditRepository } from './repository';

export function registerFineTune(log: Log): vscode.Disposable {
	return vscode.commands.registerCommand(commands.showCorpus, () => showCorpus(log));
}

async function showCorpus(log: Log): Promise<void> {
	const folders = (vscode.workspace.workspaceFolders ?? []).filter((folder) => folder.uri.scheme === 'file');
	if (!vscode.workspace.isTrusted || folders.length === 0) {
		void vscode.window.showInformationMessage(
			vscode.workspace.isTrusted
				? vscode.l10n.t('Fine-tuning reads Git repositories on this machine; no folder of that kind is open.')
				: vscode.l10n.t('Fine-tuning reads repositories only in a trusted workspace.'),
		);
		return;
	}
	const report = await vscode.window.withProgress(
		{
			location: vscode.ProgressLocation.Notification,
			title: vscode.l10n.t('Reading the repositories'),
			cancellable: true,
		},
		async (progress, token) => {
			const { signal, dispose } = signalOf(token);
			try {
				const parts: string[] = [];
				for (const folder of folders) {
					parts.push(await folderReport(folder, progress, signal));
				}
				return parts.join('\n');
			} catch (error) {
				if (!isAbort(error)) {
					log.error('the corpus could not be read', error);
					void vscode.window.showErrorMessage(error instanceof Error ? error.message : String(error));
				}
				return undefined;
			} finally {
				dispose();
			}
		},
	);
	if (report !== undefined) {
		const heading = `# ${vscode.l10n.t('What fine-tuning would read')}\n\n`;
		const document = await vscode.workspace.openTextDocument({
			language: 'markdown',
			content: heading + report,
		});
		await vscode.window.showTextDocument(document, { preview: true });
	}
}

async function folderReport(
	folder: vscode.WorkspaceFolder,
	progress: vscode.Progress<{ message?: string }>,
	signal: AbortSignal,
): Promise<string> {
	const verdicts = await auditRepository(
		gitProgram(folder.uri),
		folder.uri.fsPath,
		(done, all) => progress.report({ message: `${folder.name}: ${done} / ${all}` }),
		signal,
	);
	return corpusReport(folder.name, verdicts);
}

/** VS Code's own `git.path` is a string or a list of candidates; the first is tried. */
function gitProgram(scope: vscode.Uri): string {
	const configured = vscode.workspace
		.getConfiguration('git', scope)
		.get<string | readonly string[] | null>('path');
	const first = typeof configured === 'string' ? configured : configured?.[0];
	return first === undefined || first === '' ? 'git' : first;
}
