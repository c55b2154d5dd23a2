/** Face: changes documents, each time in one undo step: at the cursor, or as a diff that the user has seen and said yes to. */

import * as vscode from 'vscode';
import { fileExists } from './actions';
import { anchor } from './apply/anchor';
import type { Outcome } from './apply/offering';
import { linesOf } from './documentLines';
import { applyLineEdits, indentForCursor, type LineEdit, textReplacements } from './patch';
import { realPathIn } from './realPath';
import { sensitivityOf } from './targets';

export interface Proposal {
	readonly document: vscode.TextDocument;
	/** The lines that the edits were made for. */
	readonly base: readonly string[];
	readonly edits: readonly LineEdit[];
	/** Whether there was a file when it was read; one that is gone since then is not written again. */
	readonly existed: boolean;
	/** What is known of the change: a sentence or two. */
	readonly said: string;
	/** Whether there is a known reason not to make it. */
	readonly isFaulty: boolean;
}

/** A proposal as it is to be made in the document as it is now. */
interface Current {
	readonly document: vscode.TextDocument;
	readonly version: number;
	readonly lines: readonly string[];
	readonly edits: readonly LineEdit[];
	readonly hasMoved: boolean;
}

const SCHEME = 'familiar-preview';

/** Finds the lines again, in the document that may have changed or been closed. */
async function currentOf({ document: read, base, edits, existed }: Proposal): Promise<Current | Outcome> {
	if (existed && !(await fileExists(read.uri))) {
		return 'deleted';
	}
	const document = read.isClosed ? await vscode.workspace.openTextDocument(read.uri) : read;
	const { version } = document;
	const lines = linesOf(document);
	if (lines.length === base.length && lines.every((line, index) => line === base[index])) {
		return { document, version, lines, edits, hasMoved: false };
	}
	const anchored = anchor(edits, base, lines);
	return anchored.type === 'anchored'
		? { document, version, lines, edits: anchored.edits, hasMoved: true }
		: anchored.type;
}

export class EditPreview implements vscode.TextDocumentContentProvider, vscode.Disposable {
	private readonly texts = new Map<string, string>();
	private readonly registration: vscode.Disposable;
	private count = 0;

	constructor() {
		this.registration = vscode.workspace.registerTextDocumentContentProvider(SCHEME, this);
	}

	provideTextDocumentContent(uri: vscode.Uri): string {
		return this.texts.get(uri.toString()) ?? '';
	}

	dispose(): void {
		this.registration.dispose();
		this.texts.clear();
	}

	/** Opens the diff, asks, and applies; the diff is closed again in any case. */
	async propose(proposal: Proposal): Promise<Outcome> {
		const current = await currentOf(proposal);
		if (typeof current === 'string') {
			return current;
		}
		const { document, lines, edits } = current;
		const name = vscode.workspace.asRelativePath(document.uri, false);
		// The path keeps its ending, so that the preview has the language's colours.
		const uri = vscode.Uri.from({
			scheme: SCHEME,
			path: document.uri.path.startsWith('/') ? document.uri.path : `/${document.uri.path}`,
			query: String(++this.count),
		});
		this.texts.set(uri.toString(), applyLineEdits(lines, edits).join('\n'));
		try {
			await vscode.commands.executeCommand(
				'vscode.diff',
				document.uri,
				uri,
				vscode.l10n.t("{0}: Familiar's Change", name),
				{ preview: true, preserveFocus: true } satisfies vscode.TextDocumentShowOptions,
			);
			const apply = proposal.isFaulty ? vscode.l10n.t('Apply Anyway') : vscode.l10n.t('Apply');
			const discard = vscode.l10n.t('Discard');
			const question = vscode.l10n.t('Apply this change to {0}?', name);
			const chosen = await vscode.window.showInformationMessage(
				`${question} ${proposal.said}`.trim(),
				// The first is the one that invites.
				...(proposal.isFaulty ? [discard, apply] : [apply, discard]),
			);
			return chosen === apply && (await confirmSensitive(document, name))
				? await this.apply(proposal)
				: 'discarded';
		} finally {
			await closeTabsOf(uri);
			this.texts.delete(uri.toString());
		}
	}

	private async apply(proposal: Proposal): Promise<Outcome> {
		const current = await currentOf(proposal);
		if (typeof current === 'string') {
			return current;
		}
		const { document, version, lines, edits, hasMoved } = current;
		const eol = document.eol === vscode.EndOfLine.CRLF ? '\r\n' : '\n';
		const edit = new vscode.WorkspaceEdit();
		for (const one of textReplacements(lines, edits, eol)) {
			const range = new vscode.Range(one.startLine, one.startCharacter, one.endLine, one.endCharacter);
			edit.replace(document.uri, range, one.text);
		}
		if (!(await vscode.workspace.applyEdit(edit))) {
			// The editor compares the version once more, when the edit reaches it.
			return document.version === version ? 'refused' : 'changed';
		}
		await vscode.window.showTextDocument(document, { preview: false });
		return hasMoved ? 'moved' : 'applied';
	}
}

/** A second question before an edit of a file that lies outside or that tools run by themselves. */
async function confirmSensitive(document: vscode.TextDocument, name: string): Promise<boolean> {
	if (document.isUntitled) {
		return true;
	}
	// A link's own name says nothing about what it leads to.
	const sensitivity = sensitivityOf(await realName(document.uri, name)) ?? sensitivityOf(name);
	if (sensitivity === undefined) {
		return true;
	}
	const apply = vscode.l10n.t('Apply Anyway');
	const detail =
		sensitivity === 'outside-workspace'
			? vscode.l10n.t('The file lies outside of the folders that are open.')
			: vscode.l10n.t('Tools run what this file says, some of them without being asked.');
	const chosen = await vscode.window.showWarningMessage(
		vscode.l10n.t('Change {0}?', name),
		{ modal: true, detail },
		apply,
	);
	return chosen === apply;
}

/** The path in the folder that is open, also when its links are followed; undefined where it leads out of it. */
async function realName(uri: vscode.Uri, name: string): Promise<string | undefined> {
	const folder = vscode.workspace.getWorkspaceFolder(uri);
	if (folder === undefined) {
		return undefined;
	}
	return uri.scheme === 'file' ? realPathIn(folder.uri.fsPath, uri.fsPath) : name;
}

async function closeTabsOf(uri: vscode.Uri): Promise<void> {
	const tabs = vscode.window.tabGroups.all
		.flatMap((group) => group.tabs)
		.filter(
			(tab) =>
				tab.input instanceof vscode.TabInputTextDiff && tab.input.modified.toString() === uri.toString(),
		);
	if (tabs.length > 0) {
		await vscode.window.tabGroups.close(tabs, true);
	}
}

/** Fix and Generate change files, which Restricted Mode does not allow. */
export function mayChange(): boolean {
	if (vscode.workspace.isTrusted) {
		return true;
	}
	const manage = vscode.l10n.t('Manage Workspace Trust');
	void vscode.window
		.showWarningMessage(
			vscode.l10n.t('Familiar changes no file in Restricted Mode. Explain and the chat work.'),
			manage,
		)
		.then((chosen) => {
			if (chosen === manage) {
				void vscode.commands.executeCommand('workbench.trust.manage');
			}
		});
	return false;
}

/** Puts code where the cursor is, as one undo step. False, with a message, where that cannot be. */
export async function insertAtCursor(code: string): Promise<boolean> {
	const editor = vscode.window.activeTextEditor;
	if (!vscode.workspace.isTrusted) {
		void vscode.window.showWarningMessage(
			vscode.l10n.t('Familiar changes no file in Restricted Mode. Trust the workspace, or copy the code.'),
		);
		return false;
	}
	if (editor === undefined) {
		void vscode.window.showInformationMessage(
			vscode.l10n.t(
				'No editor is open to insert into. Open a file and put the cursor where the code belongs.',
			),
		);
		return false;
	}
	const { document, selection } = editor;
	const before = document.lineAt(selection.start.line).text.slice(0, selection.start.character);
	const eol = document.eol === vscode.EndOfLine.CRLF ? '\r\n' : '\n';
	const text = indentForCursor(code, before).replaceAll('\n', eol);
	const done = await editor.edit((edit) => edit.replace(selection, text));
	if (!done) {
		void vscode.window.showWarningMessage(vscode.l10n.t('The file cannot be changed here.'));
	}
	return done;
}
