/** Where a whole symbol stands, in the outline that a language extension gives of a file. */

import type { FoundSymbol } from './editor';

interface Lines {
	readonly start: { readonly line: number };
	readonly end: { readonly line: number };
}

/** A symbol as VS Code's outline has it. */
export interface OutlineSymbol {
	readonly name: string;
	readonly range: Lines;
	readonly children?: readonly OutlineSymbol[];
}

/** Lines of a symbol whose end nobody knows. */
const SYMBOL_LINES = 40;

/** Some extensions write the parameters, too. */
export function bareName(name: string): string {
	return name.replace(/\(.*\)$/, '');
}

/** First and last line, from 0: the smallest of that name around its place. */
export function bodyIn(
	outline: readonly OutlineSymbol[],
	symbol: Pick<FoundSymbol, 'name' | 'start' | 'end'>,
): { start: number; end: number } {
	const body = outline
		.flatMap(withChildren)
		.filter(({ name, range }) => bareName(name) === symbol.name && holds(range, symbol.start))
		.sort((one, other) => lengthOf(one.range) - lengthOf(other.range))[0]?.range;
	return body !== undefined
		? { start: body.start.line, end: body.end.line }
		: { start: symbol.start, end: symbol.end > symbol.start ? symbol.end : symbol.start + SYMBOL_LINES };
}

function withChildren(symbol: OutlineSymbol): readonly OutlineSymbol[] {
	return [symbol, ...(symbol.children ?? []).flatMap(withChildren)];
}

function holds(range: Lines | undefined, line: number): boolean {
	return range !== undefined && range.start.line <= line && range.end.line >= line;
}

function lengthOf({ start, end }: Lines): number {
	return end.line - start.line;
}
