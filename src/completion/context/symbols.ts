/** The editor's symbols as plain declarations. */

import type { Declared, DeclaredKind } from './editor';

interface SymbolRange {
	readonly start: { readonly line: number };
	readonly end: { readonly line: number };
}

/** The shapes of `DocumentSymbol` and, from older providers, of `SymbolInformation`. */
type EditorSymbol = { readonly name: string; readonly kind: number } & (
	| { readonly range: SymbolRange; readonly children: readonly EditorSymbol[] }
	| { readonly location: { readonly range: SymbolRange } }
);

/** By the names of `SymbolKind`; the others are values. */
const KINDS: Readonly<Record<string, DeclaredKind>> = {
	Function: 'function',
	Method: 'function',
	Constructor: 'function',
	Class: 'container',
	Module: 'container',
	Namespace: 'container',
	Object: 'container',
	Interface: 'shape',
	Enum: 'shape',
	Struct: 'shape',
};

/** `nameOf`: the name of a `SymbolKind`. */
export function declaredOf(symbol: EditorSymbol, nameOf: (kind: number) => string | undefined): Declared {
	const [range, children] = 'range' in symbol ? [symbol.range, symbol.children] : [symbol.location.range, []];
	return {
		// Some providers put the parameters behind the name.
		name: symbol.name.replace(/\(.*$/, ''),
		kind: KINDS[nameOf(symbol.kind) ?? ''] ?? 'value',
		start: range.start.line,
		end: range.end.line + 1,
		members: children.map((child) => declaredOf(child, nameOf)).filter(({ kind }) => kind === 'function'),
	};
}
