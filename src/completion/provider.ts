/** The face of the room: the editor's types to plain data and back, its token to a signal, its errors to the log. */

import * as vscode from 'vscode';
import { signalOf } from '../inference/cancel';
import type { Log } from '../inference/model';
import { type Cursor, cursorAt, type DocumentFacts, type Lines, type SelectedSuggestion } from './cursor';
import type { CompletionEngine } from './engine';
import type { CompletionText } from './outcome';

/** Runs when a whole suggestion was accepted. Internal: not in package.json, its argument is the suggestion's id. */
export const ACCEPTED = 'familiar.internal.completionAccepted';

/** Suggestions that may still be accepted; the editor shows one at a time and keeps few. */
const REMEMBERED = 16;

function factsOf(document: vscode.TextDocument): DocumentFacts {
	const folder = vscode.workspace.getWorkspaceFolder(document.uri);
	const name = document.uri.path.slice(document.uri.path.lastIndexOf('/') + 1);
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

export class CompletionProvider implements vscode.InlineCompletionItemProvider {
	private readonly delivered = new Map<
		number,
		{ readonly cursor: Cursor; readonly outcome: CompletionText }
	>();
	private lastId = 0;

	constructor(
		private readonly engine: CompletionEngine,
		private readonly log: Log,
	) {}

	async provideInlineCompletionItems(
		document: vscode.TextDocument,
		position: vscode.Position,
		context: vscode.InlineCompletionContext,
		token: vscode.CancellationToken,
	): Promise<vscode.InlineCompletionItem[]> {
		const { signal, dispose } = signalOf(token);
		try {
			const selected = selectedIn(document, position, context.selectedCompletionInfo);
			if (selected === 'hidden') {
				this.engine.decline('suggestion-open');
				return [];
			}
			const cursor = cursorAt(factsOf(document), linesOf(document), position, selected);
			const trigger =
				context.triggerKind === vscode.InlineCompletionTriggerKind.Invoke ? 'manual' : 'automatic';
			const outcome = await this.engine.complete(cursor, trigger, signal);
			return outcome.type === 'text' ? [this.item(cursor, outcome, position, selected)] : [];
		} catch (error) {
			this.log.error('Completion failed', error);
			return [];
		} finally {
			dispose();
		}
	}

	/** Called by the command of an accepted item. */
	accepted(id: unknown): void {
		const found = typeof id === 'number' ? this.delivered.get(id) : undefined;
		if (found !== undefined) {
			this.engine.accepted(found.cursor, found.outcome);
		}
	}

	private item(
		cursor: Cursor,
		outcome: CompletionText,
		position: vscode.Position,
		selected: SelectedSuggestion | undefined,
	): vscode.InlineCompletionItem {
		const id = ++this.lastId;
		this.delivered.set(id, { cursor, outcome });
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

/** Registers the provider for every document (the engine's gate says no, with a reason) and its command. */
export function registerCompletions(engine: CompletionEngine, log: Log): vscode.Disposable {
	const provider = new CompletionProvider(engine, log);
	return vscode.Disposable.from(
		vscode.languages.registerInlineCompletionItemProvider({ pattern: '**' }, provider),
		vscode.commands.registerCommand(ACCEPTED, (id: unknown) => provider.accepted(id)),
	);
}
