/** What the sources of context speak of: documents, the place that is completed, and the chunks they offer for it. */

import type { ContextSwitches } from '../../manifest';
import type { Cursor, Lines } from '../cursor';
import type { Box } from './box';

/** Every source, in the order in which their chunks stand in a prompt: what changes most stands last. */
export const SOURCES = [
	'imports',
	'recent',
	'copied',
	'similar',
	'edits',
	'problems',
] as const satisfies readonly (keyof ContextSwitches)[];

export type SourceName = keyof ContextSwitches;

/** A document, open or read from disk. */
export interface ContextDocument extends Lines {
	/** Identity of the document. */
	readonly uri: string;
	/** Relative to the repository, with `/`. */
	readonly path: string;
	/** Absolute, with `/`; for the exclusions, never part of a prompt. */
	readonly fullPath: string;
	/** Goes up, or is another, when the text is another. */
	readonly version: number;
	/** Below a folder that is open in the window. */
	readonly isInWorkspace: boolean;
}

export function documentFrom(
	facts: Omit<ContextDocument, 'lineCount' | 'lineAt'>,
	text: string,
): ContextDocument {
	const lines = text.split(/\r\n|\r|\n/);
	return { ...facts, lineCount: lines.length, lineAt: (line) => lines[line] ?? '' };
}

/** Lines from `start` to before `end`, from 0. */
export interface LineRange {
	readonly start: number;
	readonly end: number;
}

/** Where somebody writes. */
export interface Place {
	readonly cursor: Cursor;
	/** The cursor's line, from 0. */
	readonly line: number;
	/** Lines of the cursor's document that the prompt shows anyway. */
	readonly shown: LineRange;
	/** Characters that all chunks may take. */
	readonly room: number;
}

/** A part of a document that helps to write at a place. */
export interface Chunk {
	readonly source: SourceName;
	/** As it heads the chunk in the prompt. */
	readonly path: string;
	readonly text: string;
	/** How much it may help, 0 to 1, beside other chunks of its source. */
	readonly score: number;
	/** Where it comes from: what is excluded later leaves with its document. */
	readonly origin: Origin;
}

interface Origin extends LineRange, Pick<ContextDocument, 'uri' | 'fullPath' | 'version' | 'isInWorkspace'> {}

export interface Source {
	/** What helps at the place, in any order: what was found when the box is over. */
	gather(place: Place, box: Box): Promise<readonly Chunk[]>;
}

/** A prompt never shows more of its own file than so many characters before and after the cursor. */
const SHOWN_BEFORE = 6_144;
const SHOWN_AFTER = 2_048;

export function placeOf(cursor: Cursor, room: number): Place {
	const line = cursor.firstLine + linesIn(cursor.before);
	return {
		cursor,
		line,
		shown: {
			start: line - linesIn(cursor.before.slice(-SHOWN_BEFORE)),
			end: line + linesIn(cursor.after.slice(0, SHOWN_AFTER)) + 1,
		},
		room,
	};
}

/** Share of the room for one chunk of code, and characters of a line. */
const CHUNK_SHARE = 0.4;
const LINE = 40;

/** Lines of a chunk of code, so that a few find room: 8 to 32. */
export function linesOfChunk({ room }: Place): number {
	return Math.max(8, Math.min(32, Math.round((room * CHUNK_SHARE) / LINE)));
}

export function originOf(
	{ uri, fullPath, version, isInWorkspace }: ContextDocument,
	range: LineRange,
): Origin {
	return { uri, fullPath, version, isInWorkspace, start: range.start, end: range.end };
}

/** Whether lines of a document stand in the prompt anyway. */
export function isShown(place: Place, uri: string, range: LineRange): boolean {
	return uri === place.cursor.uri && overlap(range, place.shown);
}

export function overlap(one: LineRange, other: LineRange): boolean {
	return one.start < other.end && other.start < one.end;
}

/** Without blank lines at its start and end. */
export function textOf(lines: Lines, { start, end }: LineRange): string {
	const count = Math.max(0, Math.min(end, lines.lineCount) - start);
	return Array.from({ length: count }, (_, index) => lines.lineAt(start + index))
		.join('\n')
		.replace(/^(?:[ \t]*\n)+|\s+$/g, '');
}

function linesIn(text: string): number {
	let count = 0;
	for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) {
		count++;
	}
	return count;
}
