/** Face: the light bulb on code with problems, the chat's commands, and the code that they are about. */

import * as vscode from 'vscode';
import { showFailure } from '../inference/failureMessage';
import type { Log } from '../inference/model';
import type { Translate } from '../inference/statusText';
import { commands, PAGE_SCHEME } from '../manifest';
import { type ActionArguments, isActionArguments } from './actionArguments';
import { enclosingBlock } from './blocks';
import type { ContextEditor } from './context/editor';
import { lastLineOf, linesOf } from './documentLines';
import type { EditorActions } from './editorActions';
import type { GenerationOptions } from './generation';
import { shownFile } from './pageFile';
import { type Finding, MAX_FINDINGS } from './question';
import { realPathIn } from './realPath';
import type { ChatSession } from './session';
import { sensitivityOf } from './targets';
import type { Turn } from './turn';
import type { ChatView, ChatViewOptions } from './view';

export interface ChatActionsOptions extends Pick<ChatViewOptions, 'onRemedy'> {
	readonly session: ChatSession;
	readonly view: Pick<ChatView, 'reveal' | 'show'>;
	/** Why a file, by its full path, is never read; undefined where it may be. */
	readonly excluded: (fullPath: string) => string | undefined;
	/** Absolute path of the program that checks changes. */
	readonly checkerProgram: string;
	/** What the editor's own answers are made with. */
	readonly generation: GenerationOptions;
	/** Reads the project's guidance; asked for with the first edit. */
	readonly editor: () => Promise<ContextEditor>;
	readonly translate: Translate;
	readonly log: Log;
}

export interface ChatActions extends vscode.Disposable {
	/** Changes the active file to what a code block of an answer says. True when it was applied. */
	apply(turn: string, code: string): Promise<boolean>;
	/** Puts code where the cursor is; false where that cannot be. */
	insert(code: string): Promise<boolean>;
	/** Where something was asked that wants code fixed: checks and offers what the answer makes of it. Never rejects. */
	offerFix(turn: string, answer: Promise<Turn>): Promise<void>;
}

function findingsOf(diagnostics: readonly vscode.Diagnostic[]): Finding[] {
	return diagnostics.slice(0, MAX_FINDINGS).map((diagnostic) => ({
		line: diagnostic.range.start.line + 1,
		message: diagnostic.message.slice(0, 1_000),
	}));
}

export function isReported(diagnostic: vscode.Diagnostic): boolean {
	return diagnostic.severity <= vscode.DiagnosticSeverity.Warning;
}

/** Whether an edit could be applied; as far as it can be known at once. */
function isWritable(document: vscode.TextDocument): boolean {
	const { scheme } = document.uri;
	return (
		document.isUntitled ||
		scheme === 'vscode-notebook-cell' ||
		vscode.workspace.fs.isWritableFileSystem(scheme) === true
	);
}

export async function isEditable(document: vscode.TextDocument): Promise<boolean> {
	let writable = isWritable(document);
	if (writable && document.uri.scheme === 'file') {
		const stat = await vscode.workspace.fs.stat(document.uri).then(
			(found) => found,
			// A file that was deleted under its editor can still be edited there.
			() => undefined,
		);
		writable = stat?.permissions !== vscode.FilePermission.Readonly;
	}
	if (!writable) {
		void vscode.window.showInformationMessage(
			vscode.l10n.t('{0} is read-only.', vscode.workspace.asRelativePath(document.uri, false)),
		);
	}
	return writable;
}

/** Fix, Generate and Edit change files, which Restricted Mode does not allow. */
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

/** A second question before an edit of a file that lies outside or that tools run by themselves. */
export async function confirmSensitive(document: vscode.TextDocument): Promise<boolean> {
	if (document.isUntitled) {
		return true;
	}
	const name = vscode.workspace.asRelativePath(document.uri, false);
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

/** The code that a command is about. */
export interface Target {
	readonly document: vscode.TextDocument;
	readonly lines: readonly string[];
	/** Whether it had a file. */
	readonly existed: boolean;
	/** First and last line, from 0. */
	readonly start: number;
	readonly end: number;
	readonly findings: readonly Finding[];
}

/** What the editor that was used last shows; while an edit of it is decided on a page, the file itself. */
export function activeFile() {
	return shownFile(vscode.window.activeTextEditor, vscode.workspace.textDocuments);
}

/** From the light bulb's arguments, or from the active editor: its selection, else the block around the cursor. */
export async function targetOf(given: unknown): Promise<Target | undefined> {
	if (isActionArguments(given)) {
		const document = await vscode.workspace.openTextDocument(vscode.Uri.parse(given.uri, true));
		if (document.version !== given.version) {
			void vscode.window.showInformationMessage(
				vscode.l10n.t('The file has changed. Open the light bulb again.'),
			);
			return undefined;
		}
		const lines = linesOf(document);
		return {
			document,
			lines,
			existed: await fileExists(document.uri),
			...enclosingBlock(lines, given.startLine, given.endLine),
			findings: given.findings,
		};
	}
	const file = activeFile();
	if (file === undefined) {
		void vscode.window.showInformationMessage(vscode.l10n.t('Open a file and put the cursor into its code.'));
		return undefined;
	}
	const { document, selection } = file;
	const lines = linesOf(document);
	const last = lastLineOf(selection);
	const { start, end } = selection.isEmpty
		? enclosingBlock(lines, selection.start.line, selection.start.line)
		: { start: selection.start.line, end: last };
	const reported = vscode.languages.getDiagnostics(document.uri).filter(isReported);
	const inside = (from: number, to: number) =>
		reported.filter(({ range }) => range.start.line <= to && range.end.line >= from);
	const atCursor = inside(selection.start.line, selection.isEmpty ? selection.start.line : last);
	const findings = findingsOf(atCursor.length > 0 ? atCursor : inside(start, end));
	const existed = await fileExists(document.uri);
	return { document, lines, existed, start, end, findings };
}

class LightBulb implements vscode.CodeActionProvider {
	static readonly kinds = [vscode.CodeActionKind.QuickFix];

	provideCodeActions(
		document: vscode.TextDocument,
		range: vscode.Range,
		context: vscode.CodeActionContext,
	): vscode.CodeAction[] {
		const diagnostics = context.diagnostics.filter(isReported);
		if (diagnostics.length === 0) {
			return [];
		}
		const lines = [range, ...diagnostics.map((diagnostic) => diagnostic.range)];
		const given: ActionArguments = {
			uri: document.uri.toString(),
			version: document.version,
			startLine: Math.min(...lines.map((one) => one.start.line)),
			endLine: Math.max(...lines.map((one) => one.end.line)),
			findings: findingsOf(diagnostics),
		};
		const action = (title: string, command: string) => {
			const made = new vscode.CodeAction(title, vscode.CodeActionKind.QuickFix);
			made.diagnostics = diagnostics;
			made.command = { title, command, arguments: [given] };
			return made;
		};
		const explain = action(vscode.l10n.t('Explain with Familiar'), commands.explain);
		return vscode.workspace.isTrusted && isWritable(document)
			? [action(vscode.l10n.t('Fix with Familiar'), commands.fix), explain]
			: [explain];
	}
}

/** Registers the chat's commands and its light bulb. */
export function registerChatActions(options: ChatActionsOptions): ChatActions {
	const { session, view, log } = options;
	let loading: Promise<EditorActions> | undefined;
	const actions = () => {
		loading ??= import('./editorActions').then(({ EditorActions }) => new EditorActions(options));
		return loading;
	};
	const command = (id: string, run: (given: unknown) => Promise<void> | void) =>
		vscode.commands.registerCommand(id, async (given: unknown) => {
			try {
				await run(given);
			} catch (error) {
				showFailure(`${id} failed`, error, log);
			}
		});
	closePages().catch((error: unknown) => log.warn(`A page of an edit could not be closed: ${String(error)}`));
	const registered = vscode.Disposable.from(
		{ dispose: () => void loading?.then((loaded) => loaded.dispose()) },
		vscode.languages.registerCodeActionsProvider('*', new LightBulb(), {
			providedCodeActionKinds: LightBulb.kinds,
		}),
		command(commands.explain, async (given) => (await actions()).explain(given)),
		command(commands.fix, async (given) => (await actions()).fix(given)),
		command(commands.generate, async () => (await actions()).generate()),
		command(commands.editSelection, async () => (await actions()).inline.begin()),
		command(commands.acceptChange, async (hunk) => (await actions()).inline.act('accept', hunk)),
		command(commands.discardChange, async (hunk) => (await actions()).inline.act('discard', hunk)),
		command(commands.acceptAllChanges, async () => (await actions()).inline.act('acceptAll', undefined)),
		command(commands.discardAllChanges, async () => (await actions()).inline.act('discardAll', undefined)),
		command(commands.nextChange, async () => (await actions()).inline.act('next', undefined)),
		command(commands.stopEdit, async () => (await actions()).inline.act('stop', undefined)),
		command(commands.newChat, async () => {
			void session.newChat();
			await view.reveal();
		}),
		command(commands.focusChat, () => view.reveal()),
		command(commands.stopAnswer, () => session.stop()),
	);
	return {
		apply: async (turn, code) => (await actions()).apply(turn, code),
		insert: async (code) => (await actions()).insert(code),
		offerFix: async (turn, answer) => {
			const question = session.question(turn);
			try {
				if (question?.task === 'fix') {
					await (await actions()).offerFix(question, answer);
				}
			} catch (error) {
				showFailure('The change could not be offered', error, log);
			}
		},
		dispose: () => registered.dispose(),
	};
}

/** Whether there is a file; false also where nobody can say. */
export async function fileExists(uri: vscode.Uri): Promise<boolean> {
	return vscode.workspace.fs.stat(uri).then(
		() => true,
		() => false,
	);
}

/** A window that is loaded again shows pages of edits that are over. */
async function closePages(): Promise<void> {
	const { tabGroups } = vscode.window;
	const pages = tabGroups.all
		.flatMap(({ tabs }) => tabs)
		.filter(({ input }) => input instanceof vscode.TabInputText && input.uri.scheme === PAGE_SCHEME);
	await tabGroups.close(pages, true);
}
