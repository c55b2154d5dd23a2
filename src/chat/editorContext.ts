/** Face: reads for the chat's context what only the editor knows. */

import * as fs from 'node:fs/promises';
import * as vscode from 'vscode';
import { unlessAborted } from '../inference/cancel';
import { type GitResult, runGit } from '../inference/git';
import type { Subscription } from '../inference/model';
import { activeFile, isReported } from './actions';
import { TerminalClipboard } from './context/clipboard';
import type { ContextDesk } from './context/desk';
import {
	type ActiveEditor,
	contentOf,
	type FileName,
	type FileRead,
	type FoundProblem,
	type FoundSymbol,
	type TerminalSelection,
} from './context/editor';
import type { ToComposer } from './context/messages';
import { bareName, type OutlineSymbol } from './context/outline';
import { type ChatContextOptions, deskOf, type FollowedEditor } from './context/sources';
import { PROMPT_FOLDER } from './context/userPrompts';
import { hiddenGlob } from './context/workspaceFiles';
import { lastLineOf, linesOf } from './documentLines';
import { fileOf } from './pageFile';
import { leadsOutside } from './realPath';

/** Files that can be chosen from, and for how many milliseconds the list of them holds. */
const MOST_FILES = 10_000;
const FRESH = 10_000;
/** Symbols and problems of one answer. */
const MOST_SYMBOLS = 500;
const MOST_PROBLEMS = 1_000;

/** The composer's other side. It follows the editor until it is disposed. */
export function openDesk(options: ChatContextOptions, post: (message: ToComposer) => void): ContextDesk {
	return deskOf(new Editor(options), options, vscode.l10n.t, post);
}

export class Editor implements FollowedEditor {
	readonly shells = vscode.window;
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
		const folder = vscode.workspace.getWorkspaceFolder(uri)?.uri.fsPath;
		if (
			uri.scheme === 'file' &&
			folder !== undefined &&
			(await leadsOutside(folder, uri.fsPath, (file) => this.excludedLocal(file)))
		) {
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
			return contentOf(bytes, uri.path);
		} catch (error) {
			return { type: error instanceof TypeError ? 'binary' : 'missing' };
		}
	}

	active(): ActiveEditor | undefined {
		const file = activeFile();
		if (file === undefined || file.document.uri.scheme === 'output') {
			return undefined;
		}
		const { document, selection } = file;
		return {
			...nameOf(document.uri),
			language: document.languageId,
			lines: linesOf(document),
			start: selection.start.line,
			end: lastLineOf(selection),
			hasSelection: !selection.isEmpty,
			findings: vscode.languages
				.getDiagnostics(document.uri)
				.filter(isReported)
				.map(({ range, message }) => ({ line: range.start.line + 1, message: message.slice(0, 1_000) })),
		};
	}

	open(): readonly FileName[] {
		const tabs = vscode.window.tabGroups.all.flatMap((group) => group.tabs);
		const uris = tabs.flatMap(({ input }) => (input instanceof vscode.TabInputText ? fileOf(input.uri) : []));
		return [...new Set(uris)].flatMap((uri) => this.named(uri) ?? []);
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
				name: bareName(name),
				container: containerName,
				start: range.start.line,
				end: range.end.line,
			}));
	}

	async outline(uri: string, signal: AbortSignal): Promise<readonly OutlineSymbol[]> {
		const asked = vscode.commands.executeCommand<vscode.DocumentSymbol[] | undefined>(
			'vscode.executeDocumentSymbolProvider',
			vscode.Uri.parse(uri),
		);
		const outline = await unlessAborted(asked, signal);
		// Older extensions give a flat list instead.
		return (outline ?? []).filter(({ range }) => range !== undefined);
	}

	problems(): readonly FoundProblem[] {
		const active = activeFile()?.document.uri.toString();
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

	onDidChange(listener: () => void): Subscription {
		return vscode.Disposable.from(
			vscode.window.onDidChangeTextEditorSelection(listener),
			vscode.window.onDidChangeActiveTextEditor(listener),
			vscode.window.tabGroups.onDidChangeTabs(listener),
			vscode.languages.onDidChangeDiagnostics(listener),
		);
	}

	onDidTrust(listener: () => void): Subscription {
		return vscode.workspace.onDidGrantWorkspaceTrust(listener);
	}

	/** The folder of the active editor first. */
	private inOrder(): readonly vscode.WorkspaceFolder[] {
		const folders = vscode.workspace.workspaceFolders ?? [];
		const active = activeFile()?.document.uri;
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

/** Files on this machine are asked for directly: the editor's way there takes some milliseconds each time. */
async function statOf(uri: vscode.Uri) {
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
