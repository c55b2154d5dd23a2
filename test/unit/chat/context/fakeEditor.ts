/** An editor in memory for the tests of the chat's context: files by path, and what is selected, open and reported. */

import type {
	ActiveEditor,
	ContextEditor,
	FileName,
	FileRead,
	FoundProblem,
	FoundSymbol,
	TerminalSelection,
} from '../../../../src/chat/context/editor';
import type { OutlineSymbol } from '../../../../src/chat/context/outline';
import type { SourceTools } from '../../../../src/chat/context/source';
import { type GitResult, runGit } from '../../../../src/inference/git';
import { l10n } from '../../../support/fakeVscode';

export const never = new AbortController().signal;

const SCHEME = 'file:///w/';

export function fileName(path: string): FileName {
	return { path, uri: `${SCHEME}${path}` };
}

export class FakeEditor implements ContextEditor {
	isTrusted = true;
	readonly contents = new Map<string, string | Exclude<FileRead, { type: 'text' }>>();
	/** Why a path is excluded. */
	readonly reasons = new Map<string, string>();
	current: ActiveEditor | undefined;
	tabs: readonly string[] = [];
	known: readonly FoundSymbol[] = [];
	readonly outlines = new Map<string, readonly OutlineSymbol[]>();
	reported: readonly FoundProblem[] = [];
	terminal: TerminalSelection = { type: 'no-terminal' };
	terminalReads = 0;
	gitFolders: readonly string[] = [];

	constructor(files: Readonly<Record<string, string>> = {}) {
		for (const [path, text] of Object.entries(files)) {
			this.contents.set(path, text);
		}
	}

	get tools(): SourceTools {
		return { editor: this, translate: l10n.t };
	}

	/** Shows a file, with the lines from `start` to `end` selected, or the cursor in `start`. */
	show(path: string, start: number, end?: number): void {
		const text = this.contents.get(path);
		this.current = {
			...fileName(path),
			language: 'typescript',
			lines: typeof text === 'string' ? text.split('\n') : [],
			start,
			end: end ?? start,
			hasSelection: end !== undefined,
			findings: this.reported.filter((problem) => problem.path === path),
		};
	}

	folders(): readonly string[] {
		return this.gitFolders;
	}

	async files(): Promise<readonly FileName[]> {
		return [...this.contents.keys()].map(fileName);
	}

	async find(path: string): Promise<FileName | undefined> {
		return this.contents.has(path) ? fileName(path) : undefined;
	}

	named(uri: string): FileName | undefined {
		return uri.startsWith(SCHEME) ? fileName(uri.slice(SCHEME.length)) : undefined;
	}

	async excluded(uri: string): Promise<string | undefined> {
		return this.reasons.get(uri.replace(SCHEME, ''));
	}

	async excludedLocal(file: string): Promise<string | undefined> {
		return [...this.reasons].find(([path]) => file.endsWith(`/${path}`))?.[1];
	}

	isHidden(uri: string): boolean {
		return this.reasons.has(uri.replace(SCHEME, ''));
	}

	async read(uri: string, most: number): Promise<FileRead> {
		const content = this.contents.get(uri.replace(SCHEME, ''));
		if (content === undefined) {
			return { type: 'missing' };
		}
		if (typeof content !== 'string') {
			return content;
		}
		return content.length > most
			? { type: 'too-large', bytes: content.length }
			: { type: 'text', text: content, language: 'typescript' };
	}

	active(): ActiveEditor | undefined {
		return this.current;
	}

	open(): readonly FileName[] {
		return this.tabs.map(fileName);
	}

	async symbols(query: string): Promise<readonly FoundSymbol[]> {
		return this.known.filter(({ name }) => name.toLowerCase().includes(query.toLowerCase()));
	}

	async outline(uri: string): Promise<readonly OutlineSymbol[]> {
		return this.outlines.get(uri.replace(SCHEME, '')) ?? [];
	}

	problems(): readonly FoundProblem[] {
		return this.reported;
	}

	async terminalSelection(): Promise<TerminalSelection> {
		this.terminalReads++;
		return this.terminal;
	}

	git(folder: string, words: readonly string[], signal: AbortSignal): Promise<GitResult> {
		return runGit('git', folder, words, undefined, signal);
	}
}
