/** Face: reads for the chat's context what only the editor knows. Over 300 lines because each answer is a few lines of its API. */

import * as fs from 'node:fs/promises';
import * as vscode from 'vscode';
import { type GitResult, runGit } from '../inference/git';
import type { Log } from '../inference/model';
import { isReported } from './actions';
import { changesSource } from './context/changes';
import { TerminalClipboard } from './context/clipboard';
import { ContextDesk } from './context/desk';
import type {
	ActiveEditor,
	ContextEditor,
	FileName,
	FileRead,
	FoundProblem,
	FoundSymbol,
	TerminalSelection,
} from './context/editor';
import { fileSource } from './context/file';
import type { ToComposer } from './context/messages';
import { openSource } from './context/open';
import { problemsSource } from './context/problems';
import { selectionSource } from './context/selection';
import type { ContextSource, SourceTools } from './context/source';
import { symbolSource } from './context/symbol';
import { terminalSource } from './context/terminal';
import { PROMPT_FOLDER } from './context/userPrompts';
import { hiddenGlob, isBelow } from './context/workspaceFiles';
import { linesOf } from './preview';

export interface ChatContextOptions {
	/** Why a file, by its full path, is never read; undefined where it may be. `list`: as far as it is known at once. */
	readonly excluded: (fullPath: string, use: 'context' | 'list') => string | undefined;
	/** Resolves when what `excluded` has begun to find out is known. */
	readonly exclusionsKnown: () => Promise<void>;
	readonly gitPath: () => string;
	readonly countTokens: (text: string) => number;
	/** Tokens that a question may take with all that goes along. */
	readonly room: () => number;
	/** Sources of other parts, by the name that is written after `#`. */
	readonly sources: readonly ContextSource[];
	readonly log: Log;
}

/** Files that can be chosen from, and for how many milliseconds the list of them holds. */
const MOST_FILES = 10_000;
const FRESH = 10_000;
/** Symbols and problems of one answer. */
const MOST_SYMBOLS = 500;
const MOST_PROBLEMS = 1_000;
/** Lines of a symbol whose end nobody knows. */
const SYMBOL_LINES = 40;
/** Milliseconds after the last of many events. */
const PAUSE = 200;

/** The composer's other side. It follows the editor until it is disposed. */
export function openDesk(options: ChatContextOptions, post: (message: ToComposer) => void): ContextDesk {
	const editor = new Editor(options);
	const tools: SourceTools = { editor, translate: vscode.l10n.t };
	let timer: NodeJS.Timeout | undefined;
	const soon = (act: () => Promise<void>) => () => {
		clearTimeout(timer);
		timer = setTimeout(() => void act(), PAUSE);
	};
	const changed = soon(() => desk.editorChanged());
	const subscriptions = [
		vscode.window.onDidChangeTextEditorSelection(changed),
		vscode.window.onDidChangeActiveTextEditor(changed),
		vscode.window.tabGroups.onDidChangeTabs(changed),
		vscode.languages.onDidChangeDiagnostics(changed),
		vscode.workspace.onDidGrantWorkspaceTrust(soon(() => desk.show())),
		{ dispose: () => clearTimeout(timer) },
	];
	const desk: ContextDesk = new ContextDesk({
		...tools,
		sources: [
			fileSource(tools),
			selectionSource(tools),
			symbolSource(tools),
			problemsSource(tools),
			changesSource(tools),
			openSource(tools),
			terminalSource(tools),
			...options.sources,
		],
		promptFiles: () => editor.promptFiles(),
		post,
		countTokens: options.countTokens,
		room: options.room,
		log: options.log,
		subscriptions,
	});
	return desk;
}

class Editor implements ContextEditor {
	private listed: { readonly at: number; readonly files: Promise<readonly FileName[]> } | undefined;
	private readonly terminal = new TerminalClipboard({
		clipboard: vscode.env.clipboard,
		copySelection: () => vscode.commands.executeCommand('workbench.action.terminal.copySelection'),
	});

	constructor(private readonly options: ChatContextOptions) {}

	get isTrusted(): boolean {
		return vscode.workspace.isTrusted;
	}

	folders(): readonly string[] {
		return this.inOrder().flatMap(({ uri }) => (uri.scheme === 'file' ? uri.fsPath : []));
	}

	files(signal: AbortSignal): Promise<readonly FileName[]> {
		if (this.listed === undefined || performance.now() - this.listed.at > FRESH) {
			const hidden = hiddenGlob(
				['files', 'search'].map((section) => vscode.workspace.getConfiguration(section).get('exclude')),
			);
			const files = Promise.resolve(vscode.workspace.findFiles('**/*', hidden, MOST_FILES)).then((found) =>
				found.map(nameOf).sort((one, other) => (one.path < other.path ? -1 : 1)),
			);
			this.listed = { at: performance.now(), files };
		}
		return unlessAborted(this.listed.files, signal);
	}

	async find(path: string): Promise<FileName | undefined> {
		if (path.split(/[\\/]/).includes('..')) {
			return undefined;
		}
		for (const folder of this.inOrder()) {
			// Several folders: the user's paths begin with the name of theirs.
			const inside = path.startsWith(`${folder.name}/`) ? [path.slice(folder.name.length + 1), path] : [path];
			for (const one of inside) {
				const uri = vscode.Uri.joinPath(folder.uri, one);
				if (await isFile(uri)) {
					return nameOf(uri);
				}
			}
		}
		return undefined;
	}

	named(text: string): FileName | undefined {
		const uri = uriOf(text);
		return uri !== undefined && isKnown(uri) ? nameOf(uri) : undefined;
	}

	async excluded(text: string): Promise<string | undefined> {
		const { excluded, exclusionsKnown } = this.options;
		const uri = vscode.Uri.parse(text);
		if (excluded(uri.path, 'context') === undefined) {
			return undefined;
		}
		await exclusionsKnown();
		return excluded(uri.path, 'context');
	}

	excludedLocal(file: string): Promise<string | undefined> {
		return this.excluded(vscode.Uri.file(file).toString());
	}

	isHidden(text: string): boolean {
		return this.options.excluded(vscode.Uri.parse(text).path, 'list') !== undefined;
	}

	async read(text: string, most: number): Promise<FileRead> {
		const uri = vscode.Uri.parse(text);
		if (await leadsOutside(uri, (file) => this.excludedLocal(file))) {
			return { type: 'outside' };
		}
		const open = vscode.workspace.textDocuments.find((document) => document.uri.toString() === text);
		if (open !== undefined) {
			const content = open.getText();
			return content.length > most
				? { type: 'too-large', bytes: content.length }
				: { type: 'text', text: content, language: open.languageId };
		}
		try {
			const { size, isFolder } = await statOf(uri);
			if (isFolder) {
				return { type: 'folder' };
			}
			if (size > most) {
				return { type: 'too-large', bytes: size };
			}
			const bytes =
				uri.scheme === 'file' ? await fs.readFile(uri.fsPath) : await vscode.workspace.fs.readFile(uri);
			if (bytes.includes(0)) {
				return { type: 'binary' };
			}
			return {
				type: 'text',
				text: new TextDecoder('utf-8', { fatal: true }).decode(bytes),
				// Which language it is the editor says of open documents only.
				language: /\.(\w{1,12})$/.exec(uri.path)?.[1]?.toLowerCase() ?? '',
			};
		} catch (error) {
			return { type: error instanceof TypeError ? 'binary' : 'missing' };
		}
	}

	active(): ActiveEditor | undefined {
		const editor = vscode.window.activeTextEditor;
		if (editor === undefined || editor.document.uri.scheme === 'output') {
			return undefined;
		}
		const { document, selection } = editor;
		// A selection that ends before the first character of a line does not mean that line.
		const last = selection.end.character === 0 ? selection.end.line - 1 : selection.end.line;
		return {
			...nameOf(document.uri),
			language: document.languageId,
			lines: linesOf(document),
			start: selection.start.line,
			end: Math.max(selection.start.line, last),
			hasSelection: !selection.isEmpty,
			findings: vscode.languages
				.getDiagnostics(document.uri)
				.filter(isReported)
				.map(({ range, message }) => ({ line: range.start.line + 1, message: message.slice(0, 1_000) })),
		};
	}

	open(): readonly FileName[] {
		const uris = vscode.window.tabGroups.all
			.flatMap(({ tabs }) => tabs)
			.flatMap(({ input }) => (input instanceof vscode.TabInputText && isKnown(input.uri) ? input.uri : []));
		return [...new Map(uris.map((uri) => [uri.toString(), nameOf(uri)])).values()];
	}

	async symbols(query: string, signal: AbortSignal): Promise<readonly FoundSymbol[]> {
		const found = await unlessAborted(
			vscode.commands.executeCommand<vscode.SymbolInformation[] | undefined>(
				'vscode.executeWorkspaceSymbolProvider',
				query,
			),
			signal,
		);
		return (found ?? [])
			.filter(({ location }) => vscode.workspace.getWorkspaceFolder(location.uri) !== undefined)
			.slice(0, MOST_SYMBOLS)
			.map(({ name, containerName, location: { uri, range } }) => ({
				...nameOf(uri),
				// Some extensions write the parameters, too.
				name: name.replace(/\(.*\)$/, ''),
				container: containerName,
				start: range.start.line,
				end: range.end.line,
			}));
	}

	async bodyOf(symbol: FoundSymbol, signal: AbortSignal): Promise<{ start: number; end: number }> {
		const outline = await unlessAborted(
			vscode.commands.executeCommand<vscode.DocumentSymbol[] | undefined>(
				'vscode.executeDocumentSymbolProvider',
				vscode.Uri.parse(symbol.uri),
			),
			signal,
		);
		const all = (outline ?? []).flatMap(withChildren);
		const body = all
			.filter(({ name, range }) => name.replace(/\(.*\)$/, '') === symbol.name && holds(range, symbol.start))
			.sort((one, other) => lengthOf(one.range) - lengthOf(other.range))[0]?.range;
		return body !== undefined
			? { start: body.start.line, end: body.end.line }
			: { start: symbol.start, end: symbol.end > symbol.start ? symbol.end : symbol.start + SYMBOL_LINES };
	}

	problems(): readonly FoundProblem[] {
		const active = vscode.window.activeTextEditor?.document.uri.toString();
		return vscode.languages
			.getDiagnostics()
			.filter(([uri]) => vscode.workspace.getWorkspaceFolder(uri) !== undefined)
			.sort(([one], [other]) => Number(other.toString() === active) - Number(one.toString() === active))
			.flatMap(([uri, diagnostics]) =>
				diagnostics.filter(isReported).map(({ range, severity, message }) => ({
					...nameOf(uri),
					line: range.start.line + 1,
					severity: severity === vscode.DiagnosticSeverity.Error ? ('error' as const) : ('warning' as const),
					message,
				})),
			)
			.slice(0, MOST_PROBLEMS);
	}

	async terminalSelection(): Promise<TerminalSelection> {
		return vscode.window.activeTerminal === undefined ? { type: 'no-terminal' } : this.terminal.read();
	}

	git(folder: string, words: readonly string[], signal: AbortSignal): Promise<GitResult> {
		return runGit(this.options.gitPath(), folder, words, undefined, signal);
	}

	async promptFiles(): Promise<readonly FileName[]> {
		const found: FileName[] = [];
		for (const { uri } of this.inOrder()) {
			const folder = vscode.Uri.joinPath(uri, PROMPT_FOLDER);
			const entries = await vscode.workspace.fs.readDirectory(folder).then(
				(listed) => listed,
				// Most projects have none.
				() => [],
			);
			found.push(...entries.map(([name]) => nameOf(vscode.Uri.joinPath(folder, name))));
		}
		return found.sort((one, other) => (one.path < other.path ? -1 : 1));
	}

	/** The folder of the active editor first. */
	private inOrder(): readonly vscode.WorkspaceFolder[] {
		const folders = vscode.workspace.workspaceFolders ?? [];
		const active = vscode.window.activeTextEditor?.document.uri;
		const first = active === undefined ? undefined : vscode.workspace.getWorkspaceFolder(active);
		return first === undefined ? folders : [first, ...folders.filter((folder) => folder !== first)];
	}
}

function nameOf(uri: vscode.Uri): FileName {
	return { path: vscode.workspace.asRelativePath(uri), uri: uri.toString() };
}

function uriOf(text: string): vscode.Uri | undefined {
	try {
		return vscode.Uri.parse(text, true);
	} catch {
		return undefined;
	}
}

/** In the workspace, or opened by the user. */
function isKnown(uri: vscode.Uri): boolean {
	return (
		vscode.workspace.getWorkspaceFolder(uri) !== undefined ||
		vscode.workspace.textDocuments.some((document) => document.uri.toString() === uri.toString())
	);
}

interface FileFacts {
	/** Bytes. */
	readonly size: number;
	readonly isFile: boolean;
	readonly isFolder: boolean;
}

/** Files on this machine are asked for directly: the editor's way there takes some milliseconds each time. */
async function statOf(uri: vscode.Uri): Promise<FileFacts> {
	if (uri.scheme === 'file') {
		const stat = await fs.stat(uri.fsPath);
		return { size: stat.size, isFile: stat.isFile(), isFolder: stat.isDirectory() };
	}
	const { size, type } = await vscode.workspace.fs.stat(uri);
	const is = (wanted: vscode.FileType) => (type & wanted) !== 0;
	return { size, isFile: is(vscode.FileType.File), isFolder: is(vscode.FileType.Directory) };
}

async function isFile(uri: vscode.Uri): Promise<boolean> {
	try {
		return (await statOf(uri)).isFile;
	} catch {
		return false;
	}
}

/** Whether a link stands there instead of the file, and leads out of the workspace or to what is excluded. */
async function leadsOutside(
	uri: vscode.Uri,
	excluded: (file: string) => Promise<string | undefined>,
): Promise<boolean> {
	if (uri.scheme !== 'file') {
		return false;
	}
	const [folder, real] = await Promise.all(
		[vscode.workspace.getWorkspaceFolder(uri)?.uri.fsPath, uri.fsPath].map((file) =>
			file === undefined ? undefined : fs.realpath(file).catch(() => undefined),
		),
	);
	if (folder === undefined || real === undefined) {
		return false;
	}
	const isInside = real === folder || isBelow(folder, real);
	return !isInside || (await excluded(real)) !== undefined;
}

function withChildren(symbol: vscode.DocumentSymbol): readonly vscode.DocumentSymbol[] {
	return [symbol, ...(symbol.children ?? []).flatMap(withChildren)];
}

function holds(range: vscode.Range | undefined, line: number): boolean {
	return range !== undefined && range.start.line <= line && range.end.line >= line;
}

function lengthOf({ start, end }: vscode.Range): number {
	return end.line - start.line;
}

/** Language extensions may take as long as they like. */
function unlessAborted<T>(work: Thenable<T>, signal: AbortSignal): Promise<T> {
	return new Promise((resolve, reject) => {
		const onAbort = () => reject(signal.reason);
		signal.throwIfAborted();
		signal.addEventListener('abort', onAbort, { once: true });
		work.then(resolve, reject).then(() => signal.removeEventListener('abort', onAbort));
	});
}
