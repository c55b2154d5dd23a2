/** Stands in for the editor's own module in unit tests (esbuild.mjs puts it there): as much of it as a face needs. */

type Handler = (...words: readonly unknown[]) => unknown;

interface Restorer {
	deserializeWebviewPanel(panel: unknown): Promise<void>;
}

interface Completer {
	provideInlineCompletionItems(...words: readonly unknown[]): unknown;
}

const handlers = new Map<string, Handler>();
const restorers = new Map<string, Restorer>();
/** Messages that somebody would see, the oldest first. */
export const shownErrors: string[] = [];
let completer: Completer | undefined;

/** An event that never comes. */
const never = () => ({ dispose: () => undefined });

async function show(message: string): Promise<void> {
	shownErrors.push(message);
}

/** Like the editor, takes nothing twice. */
function register<One>(all: Map<string, One>, name: string, one: One): { dispose(): void } {
	if (all.has(name)) {
		throw new Error(`${name} already exists`);
	}
	all.set(name, one);
	return { dispose: () => all.delete(name) };
}

export const commands = {
	registerCommand: (id: string, handler: Handler) => register(handlers, id, handler),
	async executeCommand(id: string, ...words: readonly unknown[]): Promise<unknown> {
		const handler = handlers.get(id);
		if (handler === undefined) {
			throw new Error(`command '${id}' not found`);
		}
		return handler(...words);
	},
};

export const window = {
	registerWebviewPanelSerializer: (type: string, one: Restorer) => register(restorers, type, one),
	showErrorMessage: show,
	showWarningMessage: show,
	showInformationMessage: show,
	onDidChangeTextEditorSelection: never,
	onDidChangeActiveTextEditor: never,
};

/** No folder is open, and every document may be written. */
export const workspace = {
	fs: { isWritableFileSystem: () => true },
	getWorkspaceFolder: () => undefined,
	onDidChangeTextDocument: never,
	onDidCloseTextDocument: never,
};

export const languages = {
	registerInlineCompletionItemProvider(_selector: unknown, one: Completer) {
		completer = one;
		return {
			dispose: () => {
				completer = undefined;
			},
		};
	},
};

export const Disposable = {
	from: (...all: readonly { dispose(): void }[]) => ({
		dispose: () => {
			for (const one of all) {
				one.dispose();
			}
		},
	}),
};

/** What faces make of plain values. */
export class Position {
	constructor(
		readonly line: number,
		readonly character: number,
	) {}
}
export class Range {
	constructor(
		readonly start: Position,
		readonly end: Position,
	) {}
}
export class InlineCompletionItem {
	constructor(
		readonly insertText: string,
		readonly range: Range,
	) {}
}
export const Uri = { file: (path: string) => ({ scheme: 'file', path }) };
export const ConfigurationTarget = { Global: 1 } as const;
export const EndOfLine = { LF: 1, CRLF: 2 } as const;
export const InlineCompletionTriggerKind = { Invoke: 0, Automatic: 1 } as const;

/** What this editor does not have, as older ones and some others do not. */
const absent = undefined;

export {
	absent as ChatRequestTurn,
	absent as ChatResponseMarkdownPart,
	absent as ChatResponseTurn,
	absent as chat,
	absent as EventEmitter,
	absent as LanguageModelChatToolMode,
	absent as LanguageModelError,
	absent as LanguageModelTextPart,
	absent as LanguageModelToolCallPart,
	absent as LanguageModelToolResult,
	absent as Location,
	absent as lm,
	absent as ProgressLocation,
	absent as QuickPickItemKind,
	absent as TabInputTextDiff,
	absent as ThemeIcon,
	absent as WorkspaceEdit,
};

export const l10n = {
	t: (message: string, ...values: readonly unknown[]) =>
		message.replace(/\{(\d)\}/g, (_, index) => String(values[Number(index)])),
};

/** The editor wants to complete one line of TypeScript, whose end is the cursor; what it is given. */
export async function askForCompletion(line: string): Promise<unknown> {
	const uri = { scheme: 'file', path: '/a.ts', toString: () => 'file:///a.ts' };
	const document = {
		uri,
		languageId: 'typescript',
		version: line.length,
		eol: EndOfLine.LF,
		lineCount: 1,
		lineAt: () => ({ text: line }),
		offsetAt: () => line.length,
	};
	const position = { line: 0, character: line.length, with: () => position };
	const context = {
		triggerKind: InlineCompletionTriggerKind.Automatic,
		selectedCompletionInfo: undefined,
	};
	return completer?.provideInlineCompletionItems(document, position, context, {
		isCancellationRequested: false,
		onCancellationRequested: never,
	});
}

/** The editor starts with a panel that was open. */
export async function restorePanel(type: string, panel: unknown): Promise<void> {
	await restorers.get(type)?.deserializeWebviewPanel(panel);
}
