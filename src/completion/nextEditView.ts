/** Face: shows the next edit where it would be made, and makes it on Tab. */

import * as vscode from 'vscode';
import type { Log } from '../inference/model';
import { isSecretFile } from '../inference/secretFiles';
import { commands, contextKeys, isLanguageOn, type Settings } from '../manifest';
import type { CompletionWatcher } from './answered';
import { systemClock } from './clock';
import type { Cursor, DocumentFacts } from './cursor';
import { EDITABLE } from './gate';
import type { EditedDocument, NextEdit } from './nextEdit/find';
import { type ChangeKind, NextEditSession, type ShownEdit } from './nextEdit/session';
import type { SpareTime } from './nextEdit/spareTime';
import { isVisible, Styles } from './nextEditStyles';
import { activeCursor, factsOf } from './provider';

/** Larger documents are generated more often than written: their text is not kept twice. */
const MOST_LINES = 20_000;
const MOST_CHARACTERS = 1_000_000;

interface NextEditDependencies {
	settings(): Settings;
	/** Why a file is left out, by its absolute path with `/`; undefined: it is not. */
	excluded(fullPath: string): string | undefined;
	isPaused(): boolean;
	isOnBattery(): boolean;
	/** The model while nothing completes. */
	readonly spare: SpareTime;
	/** The model was asked about another place, and is free for the one where somebody stands. */
	onModelFree(read: () => Cursor | undefined): void;
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
			write: (uri, document, signal) => this.write(uri, document, signal),
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

	/** What is known of a document about which the model may be asked now; undefined: it may not. */
	private factsFor(uri: string): DocumentFacts | undefined {
		const { settings, isOnBattery } = this.dependencies;
		const { completion, nextEdit } = settings();
		const document = vscode.window.activeTextEditor?.document;
		const isHere = document?.uri.toString() === uri && this.isOn(document);
		const isBarred = nextEdit !== 'model' || (completion.pauseOnBattery && isOnBattery());
		return isHere && !isBarred ? factsOf(document) : undefined;
	}

	private async write(
		uri: string,
		document: EditedDocument,
		signal: AbortSignal,
	): Promise<NextEdit | undefined> {
		if (this.factsFor(uri) === undefined) {
			return undefined;
		}
		const { spare, settings, onModelFree } = this.dependencies;
		// Read when it is first needed: most leave it off.
		const { writeNextEdit } = await import('./nextEdit/writer');
		const options = {
			spare,
			clock: systemClock,
			facts: (one: string) => this.factsFor(one),
			maxTokens: () => settings().completion.maxTokens,
			// Who typed or went elsewhere is already asked for.
			onAsked: () => (signal.aborted ? undefined : onModelFree(activeCursor)),
		};
		return writeNextEdit(uri, document, options, signal);
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
