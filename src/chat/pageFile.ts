/** Where the page of an edit stands in the place of its file: which file that is, and what is selected of it. */

import { isRecord, parseJson } from '../inference/record';
import { PAGE_SCHEME } from '../manifest';
import { linesOf } from './documentLines';
import { lineInFile } from './inline/page';

interface Address {
	readonly scheme: string;
	readonly query: string;
	toString(): string;
}

interface Shown {
	readonly uri: Address;
	readonly lineCount: number;
	lineAt(line: number): { readonly text: string };
}

interface Place {
	readonly line: number;
	readonly character: number;
}

interface Selected {
	readonly start: Place;
	readonly end: Place;
	/** The cursor. */
	readonly active: Place;
	readonly isEmpty: boolean;
}

interface ShownFile<Document> {
	readonly document: Document;
	readonly selection: Selected;
}

/** What the address of a page says of its file; `count` makes it one of its own. */
export function pageQuery(file: Address, count: number): string {
	return JSON.stringify({ count, file: file.toString() });
}

/** The file of a page; of anything else, its own address. */
export function fileOf(uri: Address): string {
	const said = uri.scheme === PAGE_SCHEME ? parseJson(uri.query) : undefined;
	return isRecord(said) && typeof said['file'] === 'string' ? said['file'] : uri.toString();
}

/**
 * What an editor shows, or of a page its file.
 * @param documents all that are open
 * @returns undefined without an editor, and for a page whose file is closed
 */
export function shownFile<Document extends Shown>(
	editor: ShownFile<Document> | undefined,
	documents: readonly Document[],
): ShownFile<Document> | undefined {
	if (editor === undefined || editor.document.uri.scheme !== PAGE_SCHEME) {
		return editor;
	}
	const { document: page, selection } = editor;
	const file = fileOf(page.uri);
	const document = documents.find(({ uri }) => uri.toString() === file);
	if (document === undefined) {
		return undefined;
	}
	const [shown, lines] = [linesOf(page), linesOf(document)];
	const placeOf = ({ line, character }: Place): Place => {
		const at = lineInFile(shown, lines, line);
		return { line: at, character: Math.min(character, lines[at]?.length ?? 0) };
	};
	const { start, end, active, isEmpty } = selection;
	return {
		document,
		selection: { start: placeOf(start), end: placeOf(end), active: placeOf(active), isEmpty },
	};
}
