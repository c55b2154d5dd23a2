/** The lines of a document and of a selection in it, counted from 0. */

interface Place {
	readonly line: number;
	readonly character: number;
}

export function linesOf(document: {
	readonly lineCount: number;
	lineAt(line: number): { readonly text: string };
}): string[] {
	return Array.from({ length: document.lineCount }, (_, line) => document.lineAt(line).text);
}

/** A selection that ends before the first character of a line does not mean that line. */
export function lastLineOf({ start, end }: { readonly start: Place; readonly end: Place }): number {
	return Math.max(start.line, end.character === 0 ? end.line - 1 : end.line);
}
