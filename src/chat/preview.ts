/** Face: changes documents, each time in one undo step: at the cursor, or as a diff that the user has seen and said yes to. */

import * as vscode from 'vscode';
import { activeFile, type ChatActionsOptions, confirmSensitive, fileExists, type Target } from './actions';
import { anchor } from './apply/anchor';
import type { Outcome } from './apply/offering';
import type { Subject } from './check/change';
import { type Excerpted, excerptOf, withheldText } from './context/excerpt';
import { lastLineOf, linesOf } from './documentLines';
import type { Made } from './inline/surface';
import { applyLineEdits, indentForCursor, type LineEdit, textReplacements } from './patch';

/** Edits of a document that may have changed since it was read. */
interface Change {
	readonly document: vscode.TextDocument;
	/** The lines that the edits were made for. */
	readonly base: readonly string[];
	readonly edits: readonly LineEdit[];
	/** Whether there was a file when it was read; one that is gone since then is not written again. */
	readonly existed: boolean;
}

export interface Proposal extends Change {
	/** What is known of the change: a sentence or two. */
	readonly said: string;
	/** Whether there is a known reason not to make it. */
	readonly isFaulty: boolean;
}

const SCHEME = 'familiar-preview';

/** A change as it is to be made in the document as it is now. */
interface Current {
	readonly document: vscode.TextDocument;
	readonly version: number;
	readonly lines: readonly string[];
	readonly edits: readonly LineEdit[];
	readonly hasMoved: boolean;
}

/** Why a change cannot be made. */
type Undone = Exclude<Outcome, 'applied' | 'moved'>;

/** Finds the lines again, in the document that may have changed or been closed. */
async function currentOf({ document: read, base, edits, existed }: Change): Promise<Current | Undone> {
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

/** Makes the edits, as one undo step. */
export async function make(change: Change): Promise<Made> {
	const current = await currentOf(change);
	if (typeof current === 'string') {
		return { outcome: current };
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
		return { outcome: document.version === version ? 'refused' : 'changed' };
	}
	return { outcome: hasMoved ? 'moved' : 'applied', line: edits[0]?.start ?? 0 };
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
		const uri = uriBeside(SCHEME, document, '', String(++this.count));
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
			if (chosen !== apply || !(await confirmSensitive(document))) {
				return 'discarded';
			}
			const { outcome } = await make(proposal);
			if (outcome === 'applied' || outcome === 'moved') {
				await vscode.window.showTextDocument(await vscode.workspace.openTextDocument(document.uri), {
					preview: false,
				});
			}
			return outcome;
		} finally {
			await vscode.window.tabGroups.close(tabsOf(uri), true);
			this.texts.delete(uri.toString());
		}
	}
}

/** A name for a text that belongs to a document; `query` makes it one of its own. It keeps the ending, so that the text has the language's colours. */
export function uriBeside(
	scheme: string,
	{ uri }: vscode.TextDocument,
	before: string,
	query: string,
): vscode.Uri {
	const path = uri.path.startsWith('/') ? uri.path : `/${uri.path}`;
	const at = path.lastIndexOf('/') + 1;
	return vscode.Uri.from({
		scheme,
		path: path.slice(0, at) + before + path.slice(at),
		query,
	});
}

/** Tabs with a document, or with a difference to it. */
export function tabsOf(uri: vscode.Uri): readonly vscode.Tab[] {
	const { TabInputText, TabInputTextDiff, window } = vscode;
	return window.tabGroups.all
		.flatMap(({ tabs }) => tabs)
		.filter(({ input }) => {
			const shown =
				input instanceof TabInputTextDiff
					? input.modified
					: input instanceof TabInputText
						? input.uri
						: undefined;
			return shown?.toString() === uri.toString();
		});
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

/** What is to be checked: a document, and its text before the change. */
export function subjectOf(document: vscode.TextDocument, before: string): Subject {
	const { uri, languageId: language } = document;
	return {
		scheme: uri.scheme,
		language,
		file: uri.fsPath,
		workspace: vscode.workspace.getWorkspaceFolder(uri)?.uri.fsPath,
		isTrusted: vscode.workspace.isTrusted,
		editor: vscode.env.appRoot,
		before,
		open: vscode.workspace.textDocuments
			.filter((other) => other.isDirty && other.uri.scheme === 'file' && other !== document)
			.map((other) => ({ file: other.uri.fsPath, text: other.getText() })),
	};
}

/** Shows that a change is being checked, which can be ended. */
export function showChecking(checking: Promise<unknown>, end: () => void): PromiseLike<unknown> {
	return vscode.window.withProgress(
		{
			location: vscode.ProgressLocation.Notification,
			cancellable: true,
			title: vscode.l10n.t('TypeScript checks the change'),
		},
		(_, token) => {
			token.onCancellationRequested(end);
			return checking;
		},
	);
}

/** The editor that was used last: its lines, the line of its cursor, and those that are selected. */
export function activeCode() {
	const file = activeFile();
	if (file === undefined) {
		return undefined;
	}
	const { document, selection } = file;
	const selected = selection.isEmpty
		? undefined
		: { start: selection.start.line, end: lastLineOf(selection) };
	return { document, lines: linesOf(document), line: selection.active.line, selected };
}

/** What the model may see of the target, with so many lines around it; undefined, and said why, where it may not. */
export function shownOf(
	{ document, lines, start, end }: Target,
	excluded: ChatActionsOptions['excluded'],
	around: { readonly above: number; readonly below: number } = { above: 0, below: 0 },
): Extract<Excerpted, { type: 'excerpt' }> | undefined {
	const path = nameOf(document);
	const why = excluded(document.uri.path);
	const language = document.languageId;
	const found: Excerpted =
		why === undefined
			? excerptOf({ path, language, lines, start, end, ...around }, vscode.l10n.t)
			: { type: 'secret', reason: why };
	if (found.type === 'excerpt') {
		return found;
	}
	void inform(withheldText(found, path, vscode.l10n.t));
	return undefined;
}

/** A file that is open, by its path as the user knows it, in a trusted workspace; the one that is looked at first. */
export function openDocument(path: string): vscode.TextDocument | undefined {
	const { isTrusted, textDocuments, asRelativePath } = vscode.workspace;
	const active = vscode.window.activeTextEditor?.document;
	const documents = isTrusted ? [...(active === undefined ? [] : [active]), ...textDocuments] : [];
	return documents.find(({ uri }) =>
		[true, false].some((withFolder) => asRelativePath(uri, withFolder) === path),
	);
}

/** As the user knows it. */
export function nameOf({ uri }: vscode.TextDocument): string {
	return vscode.workspace.asRelativePath(uri, false);
}

/** Says something, with buttons; resolves with the one that was pressed. */
export function inform(text: string, ...buttons: readonly string[]): PromiseLike<string | undefined> {
	return vscode.window.showInformationMessage(text, ...buttons);
}

export function warn(text: string): void {
	void vscode.window.showWarningMessage(text);
}
