/** What the chat's context needs of the editor, as plain data; the face is src/chat/editorContext.ts. */

import type { GitResult } from '../../inference/git';
import { decodeText } from '../../inference/plainFile';
import type { Finding } from '../question';
import type { OutlineSymbol } from './outline';

/** A file as the editor names it. */
export interface FileName {
	/** Path as the user knows it, with `/`. */
	readonly path: string;
	readonly uri: string;
}

/** `outside`: a link that leads out of the workspace. */
export type FileRead =
	| { readonly type: 'text'; readonly text: string; readonly language: string }
	| { readonly type: 'missing' | 'folder' | 'binary' | 'outside' }
	| { readonly type: 'too-large'; readonly bytes: number };

/** A file that is not open, from its bytes; which language it is the editor says of open documents only. */
export function contentOf(bytes: Uint8Array, path: string): FileRead {
	const decoded = decodeText(bytes);
	return decoded.type === 'text'
		? { ...decoded, language: /\.(\w{1,12})$/.exec(path)?.[1]?.toLowerCase() ?? '' }
		: { type: 'binary' };
}

/** The editor that was used last. */
export interface ActiveEditor extends FileName {
	readonly language: string;
	readonly lines: readonly string[];
	/** The selection; without one, the line of the cursor. From 0, both inclusive. */
	readonly start: number;
	readonly end: number;
	readonly hasSelection: boolean;
	/** Errors and warnings of the file, in its order. */
	readonly findings: readonly Finding[];
}

export interface FoundSymbol extends FileName {
	readonly name: string;
	/** What it stands in; may be empty. */
	readonly container: string;
	/** First and last line, from 0. */
	readonly start: number;
	readonly end: number;
}

export interface FoundProblem extends FileName, Finding {
	readonly severity: 'error' | 'warning';
}

export type TerminalSelection =
	| { readonly type: 'text'; readonly text: string }
	| { readonly type: 'no-terminal' | 'no-selection' };

export interface ContextEditor {
	readonly isTrusted: boolean;
	/** Open folders on this machine, the one of the active editor first; absolute paths. */
	folders(): readonly string[];
	/** Files of the workspace that are not hidden by its settings; a few thousand at most. */
	files(signal: AbortSignal): Promise<readonly FileName[]>;
	/** By its path as the user knows it; undefined where there is none in the workspace. */
	find(path: string): Promise<FileName | undefined>;
	/** By its URI; undefined for files that are neither in the workspace nor open. */
	named(uri: string): FileName | undefined;
	/** Why the file is never read; undefined where it may be. Waits until Git has said whether it ignores it. */
	excluded(uri: string): Promise<string | undefined>;
	/** The same for a file on this machine, by its absolute path. */
	excludedLocal(file: string): Promise<string | undefined>;
	/** What is known of that at once: for lists. */
	isHidden(uri: string): boolean;
	/** With unsaved changes. Files of more than `most` bytes are not read. */
	read(uri: string, most: number): Promise<FileRead>;
	active(): ActiveEditor | undefined;
	/** Files in tabs, in their order. */
	open(): readonly FileName[];
	/** What language extensions know by that name or a part of it. */
	symbols(query: string, signal: AbortSignal): Promise<readonly FoundSymbol[]>;
	/** The symbols of a file, as a language extension gives them. */
	outline(uri: string, signal: AbortSignal): Promise<readonly OutlineSymbol[]>;
	/** Errors and warnings, those of the active editor first. */
	problems(): readonly FoundProblem[];
	/** Copies the selection and puts the clipboard's text back: only where the user has asked for it. */
	terminalSelection(): Promise<TerminalSelection>;
	/** @throws Error where Git cannot be started. */
	git(folder: string, words: readonly string[], signal: AbortSignal): Promise<GitResult>;
}
