/** The document around the cursor as a plain record, read through bounded windows. */

/** Characters of context read before and after the cursor: a few times what any prompt can hold. */
const BEFORE = 65_536;
const AFTER = 16_384;
/**
 * Lines in which the start of a window moves that does not reach the document's: with every line, what was asked on the
 * line above would be of another text.
 */
const STEP = 64;
/** A longer line is generated or minified; neither prompts nor screens are made for it. */
export const LONGEST_LINE = 2_000;

/** The lines of a document without their line ends. Reading one must not copy the document. */
export interface Lines {
	readonly lineCount: number;
	lineAt(line: number): string;
}

export interface Position {
	/** From 0. */
	readonly line: number;
	/** UTF-16 units from 0. */
	readonly character: number;
}

/** What is known of a document besides its text. */
export interface DocumentFacts {
	/** Identity of the document. */
	readonly uri: string;
	/** Relative to the repository, with `/`; the name alone outside of one. */
	readonly path: string;
	/** Absolute, with `/`. Never part of a prompt. */
	readonly fullPath: string;
	readonly repository: string | undefined;
	readonly languageId: string;
	readonly scheme: string;
	/** `undefined` where the editor does not know. */
	readonly isWritable: boolean | undefined;
	readonly eol: '\n' | '\r\n';
	readonly version: number;
}

export interface Cursor extends DocumentFacts {
	/** Text before the cursor, from the start of a line, with `\n` as line end. */
	readonly before: string;
	/** Text after the cursor with `\n` as line end. */
	readonly after: string;
	/** Number of the line with which `before` starts. */
	readonly firstLine: number;
	/** The cursor's line is over the limit; `before` and `after` are empty then. */
	readonly isLineTooLong: boolean;
	readonly isDocumentEmpty: boolean;
}

/** An item selected in the suggestion list: its text stands in for what was typed from `character` on. */
export interface SelectedSuggestion {
	readonly character: number;
	readonly text: string;
}

/** Lone surrogates and NUL cannot be tokenised; each becomes one U+FFFD, so that no offset moves. */
function tokenizable(text: string): string {
	return text.replace(/\p{Surrogate}/gu, '\uFFFD').replaceAll('\0', '\uFFFD');
}

function linesBefore(lines: Lines, line: number): { readonly text: string; readonly firstLine: number } {
	const taken: string[] = [];
	let length = 0;
	let first = line;
	while (first > 0) {
		const text = lines.lineAt(first - 1);
		if (text.length > LONGEST_LINE || length + text.length + 1 > BEFORE) {
			break;
		}
		taken.push(text);
		length += text.length + 1;
		first--;
	}
	if (first > 0 && taken.length >= 4 * STEP) {
		const surplus = (STEP - (first % STEP)) % STEP;
		taken.length -= surplus;
		first += surplus;
	}
	return { text: taken.reverse().join('\n') + (taken.length > 0 ? '\n' : ''), firstLine: first };
}

function linesAfter(lines: Lines, line: number): string {
	const taken: string[] = [];
	let length = 0;
	for (let next = line + 1; next < lines.lineCount; next++) {
		const text = lines.lineAt(next);
		if (text.length > LONGEST_LINE || length + text.length + 1 > AFTER) {
			break;
		}
		taken.push(text);
		length += text.length + 1;
	}
	return taken.map((text) => `\n${text}`).join('');
}

/** Reads the windows. The cost is bounded by them, whatever the size of the document or of its lines. */
export function cursorAt(
	facts: DocumentFacts,
	lines: Lines,
	position: Position,
	suggestion?: SelectedSuggestion,
): Cursor {
	const current = lines.lineAt(position.line);
	const isDocumentEmpty = lines.lineCount === 1 && current === '';
	if (current.length > LONGEST_LINE) {
		return {
			...facts,
			before: '',
			after: '',
			firstLine: position.line,
			isLineTooLong: true,
			isDocumentEmpty,
		};
	}
	const typed =
		suggestion === undefined
			? current.slice(0, position.character)
			: current.slice(0, suggestion.character) + suggestion.text;
	const above = linesBefore(lines, position.line);
	return {
		...facts,
		before: tokenizable(above.text + typed),
		after: tokenizable(current.slice(position.character) + linesAfter(lines, position.line)),
		firstLine: above.firstLine,
		isLineTooLong: false,
		isDocumentEmpty,
	};
}

/** The cursor's line up to the cursor. */
export function lineBefore(cursor: Pick<Cursor, 'before'>): string {
	return cursor.before.slice(cursor.before.lastIndexOf('\n') + 1);
}

/** The cursor's line from the cursor on. */
export function lineAfter(cursor: Pick<Cursor, 'after'>): string {
	const end = cursor.after.indexOf('\n');
	return end === -1 ? cursor.after : cursor.after.slice(0, end);
}

/** The lines below the cursor's line that are not blank, at most `count`. */
export function linesBelow(cursor: Cursor, count: number): readonly string[] {
	const found: string[] = [];
	let start = cursor.after.indexOf('\n');
	while (start !== -1 && found.length < count) {
		const end = cursor.after.indexOf('\n', start + 1);
		const line = cursor.after.slice(start + 1, end === -1 ? undefined : end);
		if (line.trim() !== '') {
			found.push(line);
		}
		start = end;
	}
	return found;
}

/** The last line above the cursor's line that is not blank. */
export function lineAbove(cursor: Cursor): string | undefined {
	const above = cursor.before.slice(0, cursor.before.lastIndexOf('\n') + 1).trimEnd();
	return above === '' ? undefined : above.slice(above.lastIndexOf('\n') + 1);
}

/** Where the cursor will stand once `text` has replaced the `covers` characters after it. */
export function afterInsertion(cursor: Cursor, text: string, covers: number): Cursor {
	return {
		...cursor,
		before: cursor.before + text.replaceAll('\r\n', '\n'),
		after: cursor.after.slice(covers),
		isDocumentEmpty: false,
	};
}
