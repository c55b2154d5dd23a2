/** Face: draws the next edit where it would be made, and makes it on Tab. Over 300 lines because its styles need the editor too. */

import * as vscode from 'vscode';
import type { Log } from '../inference/model';
import { isSecretFile } from '../inference/secretFiles';
import { commands, contextKeys, isLanguageOn, type Settings } from '../manifest';
import type { CompletionWatcher } from './answered';
import { systemClock } from './clock';
import { EDITABLE } from './gate';
import { drawing, onOneLine } from './nextEdit/display';
import { type ChangeKind, NextEditSession, type ShownEdit } from './nextEdit/session';

/** Larger documents are generated more often than written: their text is not kept twice. */
const MOST_LINES = 20_000;
const MOST_CHARACTERS = 1_000_000;

export interface NextEditDependencies {
	settings(): Settings;
	/** Why a file is left out, by its absolute path with `/`; undefined: it is not. */
	excluded(fullPath: string): string | undefined;
	isPaused(): boolean;
	readonly log: Log;
}

export class NextEditView implements vscode.Disposable {
	private readonly session: NextEditSession;
	private readonly subscriptions: vscode.Disposable[];
	private styles: Styles | undefined;
	/** The document into which a proposal is being written. */
	private writing: vscode.TextDocument | undefined;

	constructor(private readonly dependencies: NextEditDependencies) {
		const { window, workspace } = vscode;
		this.session = new NextEditSession({
			clock: systemClock,
			log: dependencies.log,
			show: (shown) => this.draw(shown),
		});
		this.subscriptions = [
			vscode.commands.registerCommand(commands.acceptNextEdit, () => this.accept()),
			vscode.commands.registerCommand(commands.dismissNextEdit, () => this.session.hide()),
			workspace.onDidChangeTextDocument((event) => this.changed(event)),
			workspace.onDidCloseTextDocument(({ uri }) => this.session.forget(uri.toString())),
			workspace.onDidChangeConfiguration(() => this.session.hide()),
			window.onDidChangeActiveTextEditor(() => this.session.hide()),
			window.onDidChangeTextEditorSelection((event) => this.moved(event)),
			window.onDidChangeTextEditorVisibleRanges(() => this.draw(this.session.current)),
			window.onDidChangeActiveColorTheme(() => {
				this.styles?.dispose();
				this.styles = undefined;
				this.draw(this.session.current);
			}),
		];
	}

	/** Passes on what somebody hears who watches completions: what those write was not written by hand. */
	beside(watcher: CompletionWatcher): CompletionWatcher {
		return {
			answered: (request) => watcher.answered(request),
			accepted: (request) => {
				this.session.discard(request.uri);
				watcher.accepted(request);
			},
			changed: (uri, changes) => watcher.changed(uri, changes),
			closed: (uri) => watcher.closed(uri),
		};
	}

	dispose(): void {
		this.session.dispose();
		this.styles?.dispose();
		for (const subscription of this.subscriptions) {
			subscription.dispose();
		}
	}

	private changed({ document, contentChanges, reason }: vscode.TextDocumentChangeEvent): void {
		const uri = document.uri.toString();
		if (contentChanges.length === 0) {
			return;
		}
		if (!this.session.follows(uri)) {
			this.follow(document);
			return;
		}
		const editor = vscode.window.activeTextEditor;
		const isByHand = editor?.document === document && editor.selections.length === 1 && reason === undefined;
		const kind: ChangeKind =
			this.writing === document ? 'ours' : isByHand && this.isOn(document) ? 'typed' : 'other';
		this.session.changed(
			uri,
			contentChanges.map(({ rangeOffset, rangeLength, text }) => ({
				offset: rangeOffset,
				length: rangeLength,
				text,
			})),
			kind,
		);
	}

	/** The text before the first keystroke has to be known: it is read when the cursor is put somewhere. */
	private moved({ textEditor: { document, selection } }: vscode.TextEditorSelectionChangeEvent): void {
		const uri = document.uri.toString();
		if (!this.session.follows(uri)) {
			this.follow(document);
		} else if (document === vscode.window.activeTextEditor?.document) {
			this.session.moved(uri, document.offsetAt(selection.active));
			this.tell(this.session.current);
		}
	}

	private follow(document: vscode.TextDocument): void {
		if (document.lineCount <= MOST_LINES && this.isOn(document)) {
			const text = document.getText();
			if (text.length <= MOST_CHARACTERS) {
				this.session.follow(document.uri.toString(), document.languageId, text);
			}
		}
	}

	private isOn({ uri, languageId }: vscode.TextDocument): boolean {
		const { completion, nextEdit } = this.dependencies.settings();
		const isWritable = vscode.workspace.fs.isWritableFileSystem(uri.scheme);
		return (
			completion.enabled &&
			nextEdit !== 'off' &&
			!this.dependencies.isPaused() &&
			isLanguageOn(completion.languages, languageId) &&
			(isWritable ?? EDITABLE.has(uri.scheme)) &&
			!isSecretFile(uri.path) &&
			this.dependencies.excluded(uri.path) === undefined
		);
	}

	/** The editor in which something is shown, while the text there is what the proposal was made for. */
	private placeOf(
		shown: ShownEdit | undefined,
	): { editor: vscode.TextEditor; range: vscode.Range } | undefined {
		const editor = vscode.window.activeTextEditor;
		if (shown === undefined || editor?.document.uri.toString() !== shown.uri) {
			return undefined;
		}
		const { document } = editor;
		const range = new vscode.Range(
			document.positionAt(shown.edit.start),
			document.positionAt(shown.edit.end),
		);
		return document.getText(range) === shown.edit.removed ? { editor, range } : undefined;
	}

	private draw(shown: ShownEdit | undefined): void {
		const place = this.placeOf(shown);
		if (shown === undefined || place === undefined) {
			this.styles?.clear();
			this.tell(undefined);
			return;
		}
		this.styles ??= new Styles();
		this.styles.draw(place.editor, place.range, shown.edit.removed, shown.edit.text);
		this.tell(shown);
	}

	/** On an empty line Tab is for indentation. */
	private tell(shown: ShownEdit | undefined): void {
		const place = this.placeOf(shown);
		const line = place?.editor.document.lineAt(place.editor.selection.active.line);
		void vscode.commands.executeCommand(
			'setContext',
			contextKeys.nextEditShown,
			line !== undefined && !line.isEmptyOrWhitespace,
		);
	}

	/** Goes there where the place is off screen, else makes the change; each is one step. */
	private async accept(): Promise<void> {
		const shown = this.session.current;
		if (shown === undefined) {
			return;
		}
		const place = this.placeOf(shown);
		if (place === undefined) {
			this.session.hide();
			return;
		}
		const { editor, range } = place;
		if (!isVisible(editor, range)) {
			editor.selection = new vscode.Selection(range.start, range.start);
			editor.revealRange(range, vscode.TextEditorRevealType.InCenterIfOutsideViewport);
			return;
		}
		this.writing = editor.document;
		try {
			const isMade = await editor.edit((builder) => builder.replace(range, shown.edit.text), {
				undoStopBefore: true,
				undoStopAfter: true,
			});
			if (isMade) {
				const end = editor.document.positionAt(shown.edit.start + shown.edit.text.trimEnd().length);
				editor.selection = new vscode.Selection(end, end);
			}
		} catch (error) {
			this.dependencies.log.error('The next edit could not be made', error);
		} finally {
			this.writing = undefined;
		}
	}
}

function isVisible({ visibleRanges }: vscode.TextEditor, { start }: vscode.Range): boolean {
	return visibleRanges.some((visible) => visible.contains(start));
}

/** What the next edit looks like, in the colours of the theme; in high contrast with a frame. */
class Styles implements vscode.Disposable {
	private readonly struck: vscode.TextEditorDecorationType;
	private readonly added: vscode.TextEditorDecorationType;
	private readonly hint: vscode.TextEditorDecorationType;
	private readonly frame: vscode.ThemableDecorationAttachmentRenderOptions;

	constructor() {
		const { ColorThemeKind: Kind, ThemeColor, window } = vscode;
		const isHighContrast = [Kind.HighContrast, Kind.HighContrastLight].includes(window.activeColorTheme.kind);
		const borderColor = new ThemeColor('contrastActiveBorder');
		this.frame = isHighContrast ? { border: '1px dashed', borderColor } : {};
		this.struck = window.createTextEditorDecorationType({
			...this.frame,
			textDecoration: 'line-through',
			backgroundColor: new ThemeColor('diffEditor.removedTextBackground'),
			rangeBehavior: vscode.DecorationRangeBehavior.ClosedClosed,
			overviewRulerColor: new ThemeColor('editorOverviewRuler.modifiedForeground'),
		});
		this.added = window.createTextEditorDecorationType({
			rangeBehavior: vscode.DecorationRangeBehavior.ClosedClosed,
			overviewRulerColor: new ThemeColor('editorOverviewRuler.modifiedForeground'),
		});
		this.hint = window.createTextEditorDecorationType({});
	}

	draw(editor: vscode.TextEditor, range: vscode.Range, removed: string, text: string): void {
		const { document } = editor;
		const start = document.offsetAt(range.start);
		const at = (offset: number) => document.positionAt(start + offset);
		const { struckFrom, struckTo, added } = drawing(removed, text);
		const hoverMessage = vscode.l10n.t('The same change here? Tab makes it, Escape does not.');
		editor.setDecorations(
			this.struck,
			struckTo > struckFrom ? [{ range: new vscode.Range(at(struckFrom), at(struckTo)), hoverMessage }] : [],
		);
		editor.setDecorations(
			this.added,
			added.map((piece) => ({
				range: new vscode.Range(at(piece.at), at(piece.at)),
				hoverMessage,
				renderOptions: {
					after: {
						...this.frame,
						contentText: onOneLine(piece.text),
						backgroundColor: new vscode.ThemeColor('diffEditor.insertedTextBackground'),
						color: new vscode.ThemeColor('editor.foreground'),
					},
				},
			})),
		);
		this.drawHint(editor, range);
	}

	clear(): void {
		for (const editor of vscode.window.visibleTextEditors) {
			for (const style of [this.struck, this.added, this.hint]) {
				editor.setDecorations(style, []);
			}
		}
	}

	dispose(): void {
		for (const style of [this.struck, this.added, this.hint]) {
			style.dispose();
		}
	}

	/** Behind the cursor's line, where the place is off screen. */
	private drawHint(editor: vscode.TextEditor, range: vscode.Range): void {
		const { end } = editor.document.lineAt(editor.selection.active.line).range;
		const contentText = vscode.l10n.t('Tab: go to line {0}', range.start.line + 1);
		editor.setDecorations(
			this.hint,
			isVisible(editor, range)
				? []
				: [
						{
							range: new vscode.Range(end, end),
							renderOptions: {
								after: {
									...this.frame,
									contentText: onOneLine(contentText),
									margin: '0 0 0 2em',
									color: new vscode.ThemeColor('editorCodeLens.foreground'),
								},
							},
						},
					],
		);
	}
}
