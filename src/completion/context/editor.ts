/** The port to the editor: what it knows that context can be made of. Types only; the face and the tests implement it. */

import type { Position } from '../cursor';
import type { ContextDocument } from './chunk';

/** Something that a document declares, as the editor's outline has it. */
export interface Declared {
	readonly name: string;
	readonly kind: DeclaredKind;
	/** First line, and the line behind the last one. */
	readonly start: number;
	readonly end: number;
	readonly members: readonly Declared[];
}

/** `container`: classes and what else has members with bodies; `shape`: interfaces, enumerations, records. */
export type DeclaredKind = 'function' | 'container' | 'shape' | 'value';

export interface Problem {
	/** From 0. */
	readonly line: number;
	readonly severity: 'error' | 'warning';
	/** On one or more lines. */
	readonly message: string;
}

export interface ContextEditor {
	/** Some open documents, those used last first. */
	opened(): readonly ContextDocument[];
	/** Names of the files in the folder of a document; none where the disk must not be read, or is not this machine's. */
	namesBeside(uri: string): Promise<readonly string[]>;
	/** A file by its path relative to a document's folder, open or from disk; undefined where there is none to read. */
	fileAt(uri: string, relative: string): Promise<ContextDocument | undefined>;
	/**
	 * Where the name at a position is declared, by the editor's providers; undefined where nobody answered, or nobody
	 * could be asked now.
	 */
	definitions(uri: string, position: Position): Promise<readonly ContextDocument[] | undefined>;
	/** What a document declares, likewise. */
	declared(uri: string): Promise<readonly Declared[] | undefined>;
	/** Errors and warnings of a document. */
	problems(uri: string): readonly Problem[];
}
