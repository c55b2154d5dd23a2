/** The face of the room: the editor's types to plain data and back, its token to a signal, its errors to the log. */

import * as vscode from 'vscode';
import { signalOf } from '../inference/cancel';
import type { Log } from '../inference/model';
import type { AnsweredRequest, CompletionWatcher, Delivered } from './answered';
import { systemClock } from './clock';
import { type Cursor, cursorAt, type DocumentFacts, type Lines, type SelectedSuggestion } from './cursor';
import type { CompletionEngine } from './engine';
import { nothing, type Outcome } from './outcome';
import { TraceWriter } from './trace';

/** Runs when a whole suggestion was accepted. Internal: not in package.json, its argument is the suggestion's id. */
const ACCEPTED = 'familiar.internal.completionAccepted';

/** Suggestions that may still be accepted; the editor shows one at a time and keeps few. */
const REMEMBERED = 16;

/** Without its folders. */
function nameOf({ path }: vscode.Uri): string {
	return path.slice(path.lastIndexOf('/') + 1);
}

export function factsOf(document: vscode.TextDocument): DocumentFacts {
	const folder = vscode.workspace.getWorkspaceFolder(document.uri);
	const name = nameOf(document.uri);
	return {
		uri: document.uri.toString(),
		path: folder === undefined ? name : vscode.workspace.asRelativePath(document.uri, false),
		fullPath: document.uri.path,
		repository: folder?.name,
		languageId: document.languageId,
		scheme: document.uri.scheme,
		isWritable: vscode.workspace.fs.isWritableFileSystem(document.uri.scheme),
		eol: document.eol === vscode.EndOfLine.CRLF ? '\r\n' : '\n',
		version: document.version,
	};
}

function linesOf(document: vscode.TextDocument): Lines {
	return { lineCount: document.lineCount, lineAt: (line) => document.lineAt(line).text };
}

/** Where somebody stands in the editor in front; undefined where something is selected. */
export function activeCursor(): Cursor | undefined {
	const { document, selection } = vscode.window.activeTextEditor ?? {};
	return document !== undefined && selection?.isEmpty === true
		? cursorAt(factsOf(document), linesOf(document), selection.active)
		: undefined;
}

/** What of the selected item in the suggestion list can be completed further; `hidden` where nothing can. */
function selectedIn(
	document: vscode.TextDocument,
	position: vscode.Position,
	info: vscode.SelectedCompletionInfo | undefined,
): SelectedSuggestion | 'hidden' | undefined {
	if (info === undefined) {
		return undefined;
	}
	const { range, text } = info;
	const isHere = range.isSingleLine && range.end.isEqual(position);
	const typed = isHere ? document.getText(range) : undefined;
	return typed !== undefined && text.toLowerCase().startsWith(typed.toLowerCase()) && !text.includes('\n')
		? { character: range.start.character, text }
		: 'hidden';
}

/** A request on its way: what is to be told of it, whatever its outcome. */
type Asked = Omit<AnsweredRequest, 'at' | 'outcome' | 'isDelivered'>;

function answered<T extends Outcome>(asked: Asked, outcome: T, token: vscode.CancellationToken) {
	return { ...asked, at: Date.now(), outcome, isDelivered: !token.isCancellationRequested };
}

/** Ended in the midst of a stage. */
function isCancelled(outcome: Outcome): boolean {
	return outcome.type === 'nothing' && (outcome.reason === 'cancelled' || outcome.reason === 'superseded');
}

class CompletionProvider implements vscode.InlineCompletionItemProvider {
	private readonly delivered = new Map<number, { readonly cursor: Cursor; readonly request: Delivered }>();
	private lastId = 0;

	/** @param nobody renewed where the editor must ask again for what it has. */
	constructor(
		private readonly engine: CompletionEngine,
		private readonly log: Log,
		private readonly watcher: CompletionWatcher | undefined,
		private readonly nobody: Pick<Nobody, 'renew'>,
	) {}

	async provideInlineCompletionItems(
		document: vscode.TextDocument,
		position: vscode.Position,
		context: vscode.InlineCompletionContext,
		token: vscode.CancellationToken,
	): Promise<vscode.InlineCompletionItem[]> {
		const { signal, dispose } = signalOf(token);
		const trace = new TraceWriter(systemClock);
		const isManual = context.triggerKind === vscode.InlineCompletionTriggerKind.Invoke;
		const trigger = isManual ? 'manual' : 'automatic';
		const found = selectedIn(document, position, context.selectedCompletionInfo);
		const selected = found === 'hidden' ? undefined : found;
		const start = position.with({ character: selected?.character ?? position.character });
		const asked: Asked = {
			uri: document.uri.toString(),
			fileName: nameOf(document.uri),
			languageId: document.languageId,
			version: document.version,
			position: { line: position.line, character: position.character },
			offset: document.offsetAt(start) + (selected?.text.length ?? 0),
			trigger,
			trace,
		};
		try {
			if (found === 'hidden') {
				this.engine.decline('suggestion-open');
				this.watcher?.answered(answered(asked, nothing('suggestion-open', 0), token));
				return [];
			}
			const cursor = cursorAt(factsOf(document), linesOf(document), position, selected);
			trace.end('document');
			const outcome = await this.engine.complete(cursor, trigger, trace, signal);
			if (!isCancelled(outcome)) {
				trace.end('answer');
			}
			if (outcome.type === 'nothing') {
				this.watcher?.answered(answered(asked, outcome, token));
				return [];
			}
			const request = answered(asked, outcome, token);
			this.watcher?.answered(request);
			// The editor's own keys go round what it gets; what was asked for by hand it keeps.
			const others = isManual
				? await this.engine.others(cursor, outcome, () => this.nobody.renew(), signal)
				: [];
			const requests = [request, ...others.map((other) => ({ ...request, outcome: other }))];
			return requests.map((one) => this.item(cursor, one, position, selected));
		} catch (error) {
			this.log.error('Completion failed', error);
			this.watcher?.answered(answered(asked, nothing('fault', 0), token));
			return [];
		} finally {
			dispose();
		}
	}

	/** The cursor of an editor has moved, or another editor came to the front. */
	visit(editor: vscode.TextEditor): void {
		this.engine.visit(() => (vscode.window.activeTextEditor === editor ? activeCursor() : undefined));
	}

	/** Called by the command of an accepted item. */
	accepted(id: unknown): void {
		const found = typeof id === 'number' ? this.delivered.get(id) : undefined;
		if (found !== undefined) {
			this.engine.accepted(found.cursor, found.request.outcome);
			this.watcher?.accepted(found.request);
		}
	}

	private item(
		cursor: Cursor,
		request: Delivered,
		position: vscode.Position,
		selected: SelectedSuggestion | undefined,
	): vscode.InlineCompletionItem {
		const { outcome } = request;
		const id = ++this.lastId;
		this.delivered.set(id, { cursor, request });
		this.delivered.delete(id - REMEMBERED);
		const item = new vscode.InlineCompletionItem(
			(selected?.text ?? '') + outcome.text,
			new vscode.Range(
				position.with({ character: selected?.character ?? position.character }),
				position.translate(0, outcome.covers),
			),
		);
		// The title is never shown.
		item.command = { command: ACCEPTED, title: 'Accepted', arguments: [id] };
		return item;
	}
}

/**
 * A provider that never offers anything. The editor keeps what it was given by hand until the text changes or there is
 * another provider than those that it asked; then it asks all of them again as soon as somebody wants the next text.
 */
class Nobody implements vscode.Disposable {
	private registration: vscode.Disposable | undefined;

	renew(): void {
		this.dispose();
		this.registration = vscode.languages.registerInlineCompletionItemProvider(
			{ pattern: '**' },
			{ provideInlineCompletionItems: () => undefined },
		);
	}

	dispose(): void {
		this.registration?.dispose();
	}
}

/** The text of an open document; undefined once it is closed. */
export function openText(uri: string): string | undefined {
	return vscode.workspace.textDocuments.find((document) => document.uri.toString() === uri)?.getText();
}

/** Whether somebody still looks at the place of a request: same document, same version, same cursor. */
export function isStillAt({ uri, version, position }: AnsweredRequest): boolean {
	const editor = vscode.window.activeTextEditor;
	return (
		editor?.document.uri.toString() === uri &&
		editor.document.version === version &&
		editor.selections.length === 1 &&
		editor.selection.isEmpty &&
		editor.selection.active.isEqual(new vscode.Position(position.line, position.character))
	);
}

/**
 * Registers the provider for every document (the engine's gate says no, with a reason) and its command.
 *
 * @param watcher hears of every request, and of what becomes of the documents. Default: nobody.
 */
export function registerCompletions(
	engine: CompletionEngine,
	log: Log,
	watcher?: CompletionWatcher,
): vscode.Disposable {
	const nobody = new Nobody();
	const provider = new CompletionProvider(engine, log, watcher, nobody);
	return vscode.Disposable.from(
		nobody,
		vscode.languages.registerInlineCompletionItemProvider({ pattern: '**' }, provider),
		vscode.commands.registerCommand(ACCEPTED, (id: unknown) => provider.accepted(id)),
		vscode.workspace.onDidChangeTextDocument(({ document, contentChanges }) =>
			watcher?.changed(
				document.uri.toString(),
				contentChanges.map(({ rangeOffset, rangeLength, text }) => ({
					offset: rangeOffset,
					length: rangeLength,
					text,
				})),
			),
		),
		vscode.window.onDidChangeTextEditorSelection(({ textEditor }) => provider.visit(textEditor)),
		vscode.window.onDidChangeActiveTextEditor((editor) => editor && provider.visit(editor)),
		vscode.workspace.onDidCloseTextDocument((document) => watcher?.closed(document.uri.toString())),
	);
}
