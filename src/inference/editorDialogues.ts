/** Face: lists, questions, progress and messages of the editor, for the way to a model. */

import * as os from 'node:os';
import * as vscode from 'vscode';
import { signalOf } from './cancel';
import type { Dialogues, Picked, Row, RowButton } from './models/dialogues';

/** @param closing ends what is under way, whatever the user does. */
export function editorDialogues(closing: () => AbortSignal): Dialogues {
	return { pick, ask, during: (title, action) => during(title, action, closing()), tell, confirm, browse };
}

interface Item<T> extends vscode.QuickPickItem {
	readonly value?: T;
	/** What its button stands for. */
	readonly button?: RowButton;
}

async function pick<T>(
	title: string,
	placeholder: string,
	rows: readonly Row<T>[],
): Promise<Picked<T> | undefined> {
	const quickPick = vscode.window.createQuickPick<Item<T>>();
	quickPick.title = title;
	quickPick.placeholder = placeholder;
	quickPick.matchOnDescription = true;
	quickPick.matchOnDetail = true;
	quickPick.items = rows.map(itemOf);
	try {
		return await new Promise((resolve) => {
			const give = (item: Item<T> | undefined, action: Picked<T>['action']) =>
				resolve(item?.value === undefined ? undefined : { value: item.value, action });
			quickPick.onDidAccept(() => give(quickPick.selectedItems[0], 'pick'));
			quickPick.onDidTriggerItemButton(({ item }) => give(item, item.button ?? 'pick'));
			quickPick.onDidHide(() => resolve(undefined));
			quickPick.show();
		});
	} finally {
		quickPick.dispose();
	}
}

function itemOf<T>(row: Row<T>): Item<T> {
	if ('heading' in row) {
		return { label: row.heading, kind: vscode.QuickPickItemKind.Separator };
	}
	const { label, description, detail, value, button } = row;
	return {
		label,
		...(description === undefined ? {} : { description }),
		...(detail === undefined ? {} : { detail }),
		...(button === undefined ? {} : { button, buttons: [drawn(button)] }),
		value,
	};
}

function drawn(button: RowButton): vscode.QuickInputButton {
	return button === 'delete'
		? { iconPath: new vscode.ThemeIcon('trash'), tooltip: vscode.l10n.t('Delete') }
		: { iconPath: new vscode.ThemeIcon('list-selection'), tooltip: vscode.l10n.t('Other Sizes…') };
}

async function ask(
	title: string,
	prompt: string,
	isSecret: boolean,
	check: (text: string) => string | undefined,
	value = '',
): Promise<string | undefined> {
	return vscode.window.showInputBox({
		title,
		prompt,
		value,
		password: isSecret,
		ignoreFocusOut: true,
		validateInput: check,
	});
}

async function during<T>(
	title: string,
	action: (report: (message: string, share?: number) => void, signal: AbortSignal) => Promise<T>,
	closing: AbortSignal,
): Promise<T> {
	return vscode.window.withProgress(
		{ location: vscode.ProgressLocation.Notification, title, cancellable: true },
		async (progress, token) => {
			const { signal, dispose } = signalOf(token);
			let shown = 0;
			try {
				return await action(
					(message, share = shown) => {
						progress.report({ message, increment: Math.max(0, share - shown) * 100 });
						shown = Math.max(shown, share);
					},
					AbortSignal.any([signal, closing]),
				);
			} finally {
				dispose();
			}
		},
	);
}

async function tell(
	kind: 'information' | 'error',
	message: string,
	button?: string,
): Promise<string | undefined> {
	const buttons = button === undefined ? [] : [button];
	return kind === 'error'
		? vscode.window.showErrorMessage(message, ...buttons)
		: vscode.window.showInformationMessage(message, ...buttons);
}

async function confirm(message: string, button: string): Promise<boolean> {
	return (await vscode.window.showWarningMessage(message, { modal: true }, button)) === button;
}

async function browse(what: 'file' | 'folder'): Promise<string | undefined> {
	const picked = await vscode.window.showOpenDialog({
		title:
			what === 'file' ? vscode.l10n.t('Choose a GGUF file') : vscode.l10n.t('Choose a folder with models'),
		openLabel: vscode.l10n.t('Use This Model'),
		canSelectFiles: what === 'file',
		canSelectFolders: what === 'folder',
		...(what === 'file' ? { filters: { GGUF: ['gguf'] } } : {}),
		defaultUri: vscode.Uri.file(os.homedir()),
	});
	const uri = picked?.[0];
	if (uri !== undefined && uri.scheme !== 'file') {
		void vscode.window.showWarningMessage(
			vscode.l10n.t(
				'The model must be on the machine where Familiar runs; {0} is elsewhere. Choose a local file.',
				uri.toString(true),
			),
		);
		return undefined;
	}
	return uri?.fsPath;
}
