/** Face: shows a proposed edit as a diff and applies it when the user says so, in one undo step. */

import * as vscode from 'vscode';
import { applyLineEdits, type LineEdit, textReplacements } from './patch';
import { sensitivityOf } from './targets';

export interface Proposal {
	readonly document: vscode.TextDocument;
	/** Version of the document that the edits were made for. */
	readonly version: number;
	readonly edits: readonly LineEdit[];
}

/** `stale`: the document is not the one that was read any more. `refused`: the editor did not take the edit. */
export type ProposalOutcome = 'applied' | 'discarded' | 'stale' | 'refused';

const SCHEME = 'familiar-preview';

export function linesOf(document: vscode.TextDocument): string[] {
	return Array.from({ length: document.lineCount }, (_, line) => document.lineAt(line).text);
}

function isStale({ document, version }: Proposal): boolean {
	return document.isClosed || document.version !== version;
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
	async propose(proposal: Proposal): Promise<ProposalOutcome> {
		if (isStale(proposal)) {
			return 'stale';
		}
		const { document } = proposal;
		const name = vscode.workspace.asRelativePath(document.uri, false);
		// The path keeps its ending, so that the preview has the language's colours.
		const uri = vscode.Uri.from({
			scheme: SCHEME,
			path: document.uri.path.startsWith('/') ? document.uri.path : `/${document.uri.path}`,
			query: String(++this.count),
		});
		this.texts.set(uri.toString(), applyLineEdits(linesOf(document), proposal.edits).join('\n'));
		try {
			await vscode.commands.executeCommand(
				'vscode.diff',
				document.uri,
				uri,
				vscode.l10n.t("{0}: Familiar's Change", name),
				{ preview: true, preserveFocus: true } satisfies vscode.TextDocumentShowOptions,
			);
			const apply = vscode.l10n.t('Apply');
			const chosen = await vscode.window.showInformationMessage(
				vscode.l10n.t('Apply this change to {0}?', name),
				apply,
				vscode.l10n.t('Discard'),
			);
			return chosen === apply && (await confirmSensitive(document, name))
				? await this.apply(proposal)
				: 'discarded';
		} finally {
			await closeTabsOf(uri);
			this.texts.delete(uri.toString());
		}
	}

	private async apply(proposal: Proposal): Promise<ProposalOutcome> {
		if (isStale(proposal)) {
			return 'stale';
		}
		const { document } = proposal;
		const eol = document.eol === vscode.EndOfLine.CRLF ? '\r\n' : '\n';
		const edit = new vscode.WorkspaceEdit();
		for (const one of textReplacements(linesOf(document), proposal.edits, eol)) {
			const range = new vscode.Range(one.startLine, one.startCharacter, one.endLine, one.endCharacter);
			edit.replace(document.uri, range, one.text);
		}
		if (!(await vscode.workspace.applyEdit(edit))) {
			// The editor compares the version once more, when the edit reaches it.
			return isStale(proposal) ? 'stale' : 'refused';
		}
		await vscode.window.showTextDocument(document, { preview: false });
		return 'applied';
	}
}

/** A second question before an edit of a file that lies outside or that tools run by themselves. */
async function confirmSensitive(document: vscode.TextDocument, name: string): Promise<boolean> {
	if (document.isUntitled) {
		return true;
	}
	const inside = vscode.workspace.getWorkspaceFolder(document.uri) !== undefined;
	const sensitivity = sensitivityOf(inside ? name : undefined);
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
