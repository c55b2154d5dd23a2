/** Face: the read-only page on which an edit is written and decided, in the place of its file. */

import * as vscode from 'vscode';
import { remedyTitle } from '../inference/remedyTitle';
import { commands, contextKeys, PAGE_SCHEME } from '../manifest';
import { type ChatActionsOptions, confirmSensitive, type Target } from './actions';
import type { LineRange } from './blocks';
import { linesOf } from './documentLines';
import type { InlineEdit } from './inline/edit';
import { type Page, pageOf } from './inline/page';
import type { Action, RowItem } from './inline/rows';
import type { EditSurface, Made, Message } from './inline/surface';
import { pageQuery } from './pageFile';
import type { LineEdit } from './patch';
import { make, tabsOf, uriBeside } from './preview';

/** How whole lines look that go or come, in the colours of the theme; in high contrast with a frame. */
function lineStyle(kind: 'removed' | 'inserted'): vscode.TextEditorDecorationType {
	const { ColorThemeKind: Kind, ThemeColor, window } = vscode;
	const isHighContrast = [Kind.HighContrast, Kind.HighContrastLight].includes(window.activeColorTheme.kind);
	const borderColor = new ThemeColor(`diffEditor.${kind}TextBorder`);
	return window.createTextEditorDecorationType({
		isWholeLine: true,
		backgroundColor: new ThemeColor(`diffEditor.${kind}TextBackground`),
		overviewRulerColor: new ThemeColor(`diffEditorOverview.${kind}Foreground`),
		...(isHighContrast ? { border: '1px dashed', borderColor } : {}),
	});
}

const COMMANDS: Readonly<Record<Action, string>> = {
	accept: commands.acceptChange,
	discard: commands.discardChange,
	acceptAll: commands.acceptAllChanges,
	discardAll: commands.discardAllChanges,
	next: commands.nextChange,
	stop: commands.stopEdit,
};

/** A read-only page in the place of a file, on which one edit of it is written and decided; gone when that is over. */
export class EditPage implements EditSurface, vscode.TextDocumentContentProvider, vscode.CodeLensProvider {
	private static count = 0;
	private readonly uri: vscode.Uri;
	private readonly textChanged = new vscode.EventEmitter<vscode.Uri>();
	private readonly rowsChanged = new vscode.EventEmitter<void>();
	readonly onDidChange = this.textChanged.event;
	readonly onDidChangeCodeLenses = this.rowsChanged.event;
	private readonly removed = lineStyle('removed');
	private readonly added = lineStyle('inserted');
	private readonly resources: vscode.Disposable;
	private page: Page;
	private rows: readonly RowItem[] = [];
	/** Where the cursor goes as soon as the editor shows the lines that it belongs to. */
	private wanted: number | undefined;
	private isConfirmed = false;
	/** Of the editors that show the page, the one that was used last: the user may have split it. */
	private used: vscode.TextEditor | undefined;

	/** `hooks`: what is to be heard of by the edit, and the remedies that a message may offer. */
	constructor(
		private readonly target: Target,
		private readonly hooks: Pick<InlineEdit, 'changed' | 'closed'> & Pick<ChatActionsOptions, 'onRemedy'>,
	) {
		const { window, workspace, languages } = vscode;
		const { document, lines } = target;
		this.uri = uriBeside(PAGE_SCHEME, document, 'Familiar: ', pageQuery(document.uri, ++EditPage.count));
		this.page = pageOf(lines, []);
		const paint = () => this.paint();
		this.resources = vscode.Disposable.from(
			this.textChanged,
			this.rowsChanged,
			this.removed,
			this.added,
			workspace.registerTextDocumentContentProvider(PAGE_SCHEME, this),
			languages.registerCodeLensProvider({ scheme: PAGE_SCHEME }, this),
			window.onDidChangeVisibleTextEditors(paint),
			window.onDidChangeActiveTextEditor((editor) => {
				this.used = editor !== undefined && isOf(editor.document, this.uri) ? editor : this.used;
			}),
			workspace.onDidChangeTextDocument((event) => {
				if (isOf(event.document, this.uri)) {
					paint();
				} else if (isOf(event.document, document.uri)) {
					hooks.changed();
				}
			}),
			window.tabGroups.onDidChangeTabs(({ closed }) => {
				// A tab that was moved is still there.
				if (closed.length > 0 && tabsOf(this.uri).length === 0) {
					this.dispose();
					hooks.closed();
				}
			}),
		);
	}

	/** Shows the page in the place of the file, scrolled as that is. */
	async open({ viewColumn, visibleRanges }: vscode.TextEditor): Promise<void> {
		const { languageId } = this.target.document;
		const top = visibleRanges[0]?.start ?? new vscode.Position(this.target.start, 0);
		const opened = await vscode.workspace.openTextDocument(this.uri);
		const document =
			opened.languageId === languageId
				? opened
				: await vscode.languages.setTextDocumentLanguage(opened, languageId);
		const editor = await vscode.window.showTextDocument(document, {
			...(viewColumn === undefined ? {} : { viewColumn }),
			selection: lineRange(this.target.start),
			preview: false,
		});
		editor.revealRange(new vscode.Range(top, top), vscode.TextEditorRevealType.AtTop);
	}

	async reveal(): Promise<void> {
		await vscode.window.showTextDocument(this.uri);
	}

	provideTextDocumentContent(): string {
		return this.page.lines.join('\n');
	}

	provideCodeLenses(): vscode.CodeLens[] {
		return this.rows.map(
			({ line, title, action, hunk }) =>
				new vscode.CodeLens(lineRange(line), {
					title,
					command: action === undefined ? '' : COMMANDS[action],
					arguments: [hunk],
				}),
		);
	}

	show(page: Page, rows: readonly RowItem[]): void {
		this.page = page;
		this.rows = rows;
		this.textChanged.fire(this.uri);
		this.rowsChanged.fire();
		this.paint();
	}

	goTo(line: number): void {
		this.wanted = line;
		this.paint();
	}

	cursor(): number {
		return this.editor()?.selection.active.line ?? 0;
	}

	current(): readonly string[] | undefined {
		const { uri } = this.target.document;
		const document = vscode.workspace.textDocuments.find((one) => isOf(one, uri));
		return document === undefined ? undefined : linesOf(document);
	}

	async make(base: readonly string[], edits: readonly LineEdit[]): Promise<Made> {
		const { document, existed } = this.target;
		this.isConfirmed ||= await confirmSensitive(document);
		return this.isConfirmed ? make({ document, base, edits, existed }) : { outcome: 'discarded' };
	}

	async close(line: number): Promise<void> {
		const { document } = this.target;
		const editor = vscode.window.activeTextEditor;
		const isHere = editor !== undefined && isOf(editor.document, this.uri);
		this.dispose();
		// The cells of a notebook have no editor of their own, and what was closed and deleted cannot be shown.
		if (isHere && !document.isClosed && document.uri.scheme !== 'vscode-notebook-cell') {
			const { viewColumn = vscode.ViewColumn.Active } = editor;
			await vscode.window.showTextDocument(document, { viewColumn, selection: lineRange(line) });
		}
		await vscode.window.tabGroups.close(tabsOf(this.uri), true);
	}

	say({ text, written, remedies = [] }: Message): void {
		const copy = vscode.l10n.t('Copy What It Wrote');
		const titles = remedies.map((remedy) => remedyTitle(remedy, vscode.l10n.t));
		const offered = [...(written === undefined ? [] : [copy]), ...titles];
		void vscode.window.showInformationMessage(text, ...offered).then((chosen) => {
			const remedy = remedies.find((one) => remedyTitle(one, vscode.l10n.t) === chosen);
			if (remedy !== undefined) {
				this.hooks.onRemedy(remedy);
			} else if (chosen === copy && written !== undefined) {
				void vscode.env.clipboard.writeText(written);
			}
		});
	}

	dispose(): void {
		this.resources.dispose();
	}

	/** The one that the user is in or was in last; else any. */
	private editor(): vscode.TextEditor | undefined {
		const editors = this.editors();
		return editors.find((one) => one === this.used) ?? editors[0];
	}

	private editors(): readonly vscode.TextEditor[] {
		return vscode.window.visibleTextEditors.filter(({ document }) => isOf(document, this.uri));
	}

	/** The colours, once the editor has the text: it arrives later than it is given. */
	private paint(): void {
		const editor = this.editor();
		if (editor === undefined || !isShown(editor.document, this.page)) {
			return;
		}
		for (const one of this.editors()) {
			one.setDecorations(this.removed, this.page.removed.map(linesRange));
			one.setDecorations(this.added, this.page.added.map(linesRange));
		}
		if (this.wanted !== undefined) {
			const at = lineRange(this.wanted);
			editor.selection = new vscode.Selection(at.start, at.end);
			editor.revealRange(at, vscode.TextEditorRevealType.InCenterIfOutsideViewport);
			this.wanted = undefined;
		}
	}
}

function isOf(document: vscode.TextDocument, uri: vscode.Uri): boolean {
	return document.uri.toString() === uri.toString();
}

/** By lines: whatever ends them is the editor's choice (`files.eol`). */
function isShown(document: vscode.TextDocument, { lines }: Page): boolean {
	return document.lineCount === lines.length && linesOf(document).every((text, at) => text === lines[at]);
}

function lineRange(line: number): vscode.Range {
	return linesRange({ start: line, end: line });
}

function linesRange({ start, end }: LineRange): vscode.Range {
	return new vscode.Range(start, 0, end, 0);
}

/** Asks what is to be changed; empty where the user has thought better of it. `last`: what was asked for before. */
export async function askInstruction(name: string, { start, end }: LineRange, last: string): Promise<string> {
	const asked = await vscode.window.showInputBox({
		title: vscode.l10n.t('Edit {0}, lines {1} to {2}', name, start + 1, end + 1),
		placeHolder: vscode.l10n.t('What shall be changed?'),
		value: last,
	});
	return asked?.trim() ?? '';
}

/** Says in the status bar and to `when` clauses that an edit is being written. */
export async function whileWriting(writing: Promise<void>): Promise<void> {
	const tell = (isWriting: boolean) =>
		void vscode.commands.executeCommand('setContext', contextKeys.writingEdit, isWriting);
	tell(true);
	try {
		await vscode.window.withProgress(
			{ location: vscode.ProgressLocation.Window, title: vscode.l10n.t('Familiar writes the edit') },
			() => writing,
		);
	} finally {
		tell(false);
	}
}

/** The editor that was used last, if it shows the document. */
export function editorOf(document: vscode.TextDocument): vscode.TextEditor | undefined {
	const editor = vscode.window.activeTextEditor;
	return editor?.document === document ? editor : undefined;
}
