/** Face: tells the gatherer of context what happens in the editor, and answers what it asks of documents and providers. */

import * as path from 'node:path';
import * as vscode from 'vscode';
import type { Log } from '../inference/model';
import type { ContextSwitches } from '../manifest';
import { type ContextDocument, documentFrom } from './context/chunk';
import { readDiskFile } from './context/diskFile';
import type { ContextEditor, Declared, Problem } from './context/editor';
import { ContextGatherer } from './context/gatherer';
import type { Excluded } from './context/guard';
import { declaredOf } from './context/symbols';
import type { Position } from './cursor';

/** Open documents that are told of, and how many of all that are open are looked through for them. */
const MOST_OPENED = 60;
const MOST_LOOKED_AT = 500;
/** Names of a folder; more are data. */
const MOST_NAMES = 2_000;
/** Milliseconds after the start in which nobody needs the lines of what is on the screen yet. */
const START = 1_000;

interface EditorContextOptions {
	readonly switches: ContextSwitches;
	readonly excluded: Excluded;
	readonly log: Log;
}

export class EditorContext implements vscode.Disposable {
	readonly gatherer: ContextGatherer;
	private readonly subscriptions: vscode.Disposable[];
	private copies: vscode.Disposable | undefined;

	constructor(options: EditorContextOptions) {
		const { switches, excluded, log } = options;
		const editor = new Editor((error) => log.trace(`context: ${String(error)}`));
		this.gatherer = new ContextGatherer({ editor, switches, excluded, log });
		const show = (shown: vscode.TextEditor | undefined) => {
			if (shown !== undefined && isFile(shown.document)) {
				editor.use(shown.document);
				this.gatherer.shown(documentOf(shown.document));
			}
		};
		const timer = setTimeout(() => vscode.window.visibleTextEditors.forEach(show), START);
		this.subscriptions = [
			{ dispose: () => clearTimeout(timer) },
			vscode.window.onDidChangeActiveTextEditor(show),
			vscode.window.onDidChangeTextEditorSelection(({ textEditor, selections }) =>
				this.look(textEditor, selections[0]?.active.line),
			),
			vscode.window.onDidChangeTextEditorVisibleRanges(({ textEditor }) =>
				this.look(textEditor, textEditor.selection.active.line),
			),
			vscode.workspace.onDidChangeTextDocument((event) => this.change(event)),
			vscode.workspace.onDidCloseTextDocument(({ uri }) => {
				editor.close(uri);
				this.gatherer.closed(uri.toString());
			}),
		];
		this.configure(switches);
	}

	configure(switches: ContextSwitches): void {
		this.gatherer.configure(switches);
		if (switches.copied !== (this.copies !== undefined)) {
			this.copies?.dispose();
			this.copies = switches.copied ? this.hearCopies() : undefined;
		}
	}

	forget(): void {
		this.gatherer.forget();
	}

	dispose(): void {
		this.copies?.dispose();
		for (const one of this.subscriptions) {
			one.dispose();
		}
		this.gatherer.dispose();
	}

	/** The editor tells which lines were copied: the clipboard, which others fill too, is never read. */
	private hearCopies(): vscode.Disposable {
		return vscode.languages.registerDocumentPasteEditProvider(
			{ pattern: '**' },
			{
				prepareDocumentPaste: (document, ranges) => {
					const [range] = ranges;
					if (range !== undefined && ranges.length === 1 && isFile(document)) {
						this.gatherer.copied(documentOf(document), {
							start: range.start.line,
							end: range.end.line + (range.end.character > 0 ? 1 : 0),
						});
					}
				},
			},
			{ providedPasteEditKinds: [] },
		);
	}

	/** The cursor's line where it is on the screen, else the middle of what is. */
	private look({ document, visibleRanges }: vscode.TextEditor, line: number | undefined): void {
		const [range] = visibleRanges;
		if (range !== undefined && isFile(document)) {
			const middle = Math.round((range.start.line + range.end.line) / 2);
			const isVisible = line !== undefined && line >= range.start.line && line <= range.end.line;
			this.gatherer.looked(documentOf(document), isVisible ? line : middle);
		}
	}

	/** Only what is on the screen: what tools change elsewhere nobody is about. */
	private change({ document, contentChanges }: vscode.TextDocumentChangeEvent): void {
		const isOnScreen = vscode.window.visibleTextEditors.some((one) => one.document === document);
		if (contentChanges.length > 0 && isOnScreen && isFile(document)) {
			this.gatherer.changed(
				documentOf(document),
				contentChanges.map(({ range, text }) => ({
					startLine: range.start.line,
					startCharacter: range.start.character,
					endLine: range.end.line,
					endCharacter: range.end.character,
					text,
				})),
			);
		}
	}
}

/** What the gatherer asks. Whatever a provider or the disk throws means that there is nothing. */
class Editor implements ContextEditor {
	/** Those used last first. */
	private used: readonly vscode.TextDocument[] = [];
	private isAsking = false;

	constructor(private readonly report: (error: unknown) => void) {}

	use(document: vscode.TextDocument): void {
		this.used = [document, ...this.used.filter((other) => other !== document)].slice(0, MOST_OPENED);
	}

	close(uri: vscode.Uri): void {
		this.used = this.used.filter((document) => document.uri.toString() !== uri.toString());
	}

	opened(): readonly ContextDocument[] {
		const visible = vscode.window.visibleTextEditors.map(({ document }) => document);
		const others = vscode.workspace.textDocuments.slice(-MOST_LOOKED_AT);
		return [...new Set([...this.used, ...visible, ...others])]
			.filter((document) => !document.isClosed && isFile(document))
			.slice(0, MOST_OPENED)
			.map(documentOf);
	}

	async namesBeside(uri: string): Promise<readonly string[]> {
		const folder = vscode.Uri.joinPath(vscode.Uri.parse(uri), '..');
		if (!mayRead(folder)) {
			return [];
		}
		const found = await this.answer(vscode.workspace.fs.readDirectory(folder));
		return (found ?? [])
			.slice(0, MOST_NAMES)
			.filter(([, type]) => type === vscode.FileType.File)
			.map(([name]) => name);
	}

	fileAt(uri: string, relative: string): Promise<ContextDocument | undefined> {
		const own = vscode.Uri.parse(uri);
		return read(vscode.Uri.joinPath(own, '..', relative), path.dirname(own.fsPath));
	}

	async definitions(
		uri: string,
		{ line, character }: Position,
	): Promise<readonly ContextDocument[] | undefined> {
		const found = await this.ask<(vscode.Location | vscode.LocationLink)[]>(
			'vscode.executeDefinitionProvider',
			vscode.Uri.parse(uri),
			new vscode.Position(line, character),
		);
		const targets = found?.map((one) => ('uri' in one ? one.uri : one.targetUri)) ?? [];
		const documents = await Promise.all(targets.slice(0, 3).map((target) => read(target, undefined)));
		return found && documents.filter((document) => document !== undefined);
	}

	async declared(uri: string): Promise<readonly Declared[] | undefined> {
		const found = await this.ask<(vscode.DocumentSymbol | vscode.SymbolInformation)[]>(
			'vscode.executeDocumentSymbolProvider',
			vscode.Uri.parse(uri),
		);
		return found?.map((symbol) => declaredOf(symbol, (kind) => vscode.SymbolKind[kind]));
	}

	problems(uri: string): readonly Problem[] {
		return vscode.languages
			.getDiagnostics(vscode.Uri.parse(uri))
			.filter(({ severity }) => severity <= vscode.DiagnosticSeverity.Warning)
			.map(({ range, severity, message }) => ({
				line: range.start.line,
				severity: severity === vscode.DiagnosticSeverity.Error ? 'error' : 'warning',
				message,
			}));
	}

	/**
	 * One question at a time: what a slow language server has not answered yet it is not asked again. undefined where
	 * nothing may be asked now, or it failed.
	 */
	private async ask<T>(command: string, ...words: readonly unknown[]): Promise<T | undefined> {
		if (this.isAsking || !vscode.workspace.isTrusted) {
			return undefined;
		}
		this.isAsking = true;
		try {
			return await this.answer(vscode.commands.executeCommand<T | undefined>(command, ...words));
		} finally {
			this.isAsking = false;
		}
	}

	private async answer<T>(work: Thenable<T>): Promise<T | undefined> {
		try {
			return await work;
		} catch (error) {
			this.report(error);
			return undefined;
		}
	}
}

/** Something that a file system stands behind and that is edited: no output, no side of a comparison, no setting. */
function isFile({ uri }: vscode.TextDocument): boolean {
	return vscode.workspace.fs.isWritableFileSystem(uri.scheme) === true;
}

/** From the disk of this machine, and not while nobody has said that the folder may be trusted. */
function mayRead({ scheme }: vscode.Uri): boolean {
	return scheme === 'file' && vscode.workspace.isTrusted;
}

/**
 * Open, or from disk; undefined where there is none, or it lies outside.
 *
 * @param folder that it may lie in where it lies in no folder of the workspace. Default: none.
 */
async function read(uri: vscode.Uri, folder: string | undefined): Promise<ContextDocument | undefined> {
	const open = vscode.workspace.textDocuments.find((document) => document.uri.toString() === uri.toString());
	if (open !== undefined) {
		return isFile(open) ? documentOf(open) : undefined;
	}
	const within = vscode.workspace.getWorkspaceFolder(uri)?.uri.fsPath ?? folder;
	if (!mayRead(uri) || within === undefined) {
		return undefined;
	}
	const file = await readDiskFile(uri.fsPath, within);
	return file === undefined ? undefined : documentFrom({ ...placeOf(uri), version: file.version }, file.text);
}

function placeOf(uri: vscode.Uri) {
	const isInWorkspace = vscode.workspace.getWorkspaceFolder(uri) !== undefined;
	return {
		uri: uri.toString(),
		path: isInWorkspace ? vscode.workspace.asRelativePath(uri, false) : path.posix.basename(uri.path),
		fullPath: uri.path,
		isInWorkspace,
	};
}

/** It goes on changing. */
function documentOf(document: vscode.TextDocument): ContextDocument {
	return {
		...placeOf(document.uri),
		get version() {
			return document.version;
		},
		get lineCount() {
			return document.lineCount;
		},
		lineAt: (line) => document.lineAt(line).text,
	};
}
