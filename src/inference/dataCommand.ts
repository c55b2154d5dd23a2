/** Face: `Familiar: Delete All My Data…`, which names what goes and removes it from this machine. */

import * as fs from 'node:fs/promises';
import * as vscode from 'vscode';
import { commands } from '../manifest';
import type { Log } from './model';

interface DataCommandDependencies {
	/** Absolute paths of everything that Familiar wrote outside the settings. */
	readonly folders: readonly string[];
	readonly memory: vscode.Memento;
	readonly log: Log;
	/** Why nothing may be deleted now, and what helps, as a sentence; undefined when all may go. */
	obstacle(): Promise<string | undefined>;
	/** Forgets what is only in memory: the conversation, completions. */
	forget(): Promise<void>;
}

export function registerDataCommand(dependencies: DataCommandDependencies): vscode.Disposable {
	return vscode.commands.registerCommand(commands.deleteData, () => deleteData(dependencies));
}

async function deleteData(dependencies: DataCommandDependencies): Promise<void> {
	if (await isRefused(dependencies)) {
		return;
	}
	const confirm = vscode.l10n.t('Delete');
	const answer = await vscode.window.showWarningMessage(
		vscode.l10n.t('Delete everything that Familiar keeps on this machine?'),
		{
			modal: true,
			detail: vscode.l10n.t(
				'Conversations and indexes of all workspaces, statistics, adapters, fine-tunes with their copies of your code, downloaded models, the access token for them, the token of the local API, packs for GPUs, remembered models and choices. Fine-tunes, downloads and the local API of this window end. Settings, model files that you chose and files that you exported stay.',
			),
		},
		confirm,
	);
	// The question may have stood for long.
	if (answer !== confirm || (await isRefused(dependencies))) {
		return;
	}
	await dependencies.forget();
	for (const key of dependencies.memory.keys()) {
		await dependencies.memory.update(key, undefined);
	}
	const failed: string[] = [];
	for (const folder of dependencies.folders) {
		try {
			await fs.rm(folder, { recursive: true, force: true, maxRetries: 3 });
		} catch (error) {
			dependencies.log.error(`${folder} could not be deleted`, error);
			failed.push(folder);
		}
	}
	if (failed.length > 0) {
		void vscode.window.showErrorMessage(
			vscode.l10n.t('Not everything could be deleted: {0}. The log says why.', failed.join(', ')),
		);
		return;
	}
	void vscode.window.showInformationMessage(vscode.l10n.t('Everything that Familiar kept is deleted.'));
}

/** With a message where it is. */
async function isRefused({ obstacle }: DataCommandDependencies): Promise<boolean> {
	const reason = await obstacle();
	if (reason !== undefined) {
		void vscode.window.showErrorMessage(vscode.l10n.t('Nothing was deleted. {0}', reason));
	}
	return reason !== undefined;
}
