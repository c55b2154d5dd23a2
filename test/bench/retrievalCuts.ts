/** How the chunks of files are cut: by the extension's ways, and how many functions each leaves whole, with syntax trees as the judge. */

import * as path from 'node:path';
import type { Node } from '@vscode/tree-sitter-wasm';
import type { HeldOutFile } from '../../models/recipe/evaluate/heldOut';
import { type LineSpan, MOST } from '../../src/chat/retrieval/chunker';
import { type Cut, cutByIndentation, cutBySyntax } from '../../src/chat/retrieval/cutter';
import { type Grammar, grammarOf } from '../../src/inference/syntax/languages';
import { Trees } from '../../src/inference/syntax/trees';
import { root } from '../support/root';

export interface Cuts {
	/** Functions of 3 lines to as many as a chunk may have. */
	readonly functions: number;
	/** Shares of them that lie in one chunk. */
	readonly whole: number;
	readonly wholeByIndentation: number;
	readonly wholeByCount: number;
	/** Milliseconds for all files. */
	readonly cutting: number;
	readonly cuttingByIndentation: number;
}

const trees = new Trees(path.join(root, 'node_modules/@vscode/tree-sitter-wasm/wasm'));

/** As the worker of the index cuts, and as it did before it had grammars. */
export const CUTS = {
	syntax: cutBySyntax(trees, (problem) => console.error(problem)),
	indentation: cutByIndentation,
} as const satisfies Record<string, Cut>;

const FUNCTION =
	/^(?:function_declaration|function_definition|method_definition|method_declaration|function_item|method|singleton_method|generator_function_declaration)$/;
/** Lines of a chunk that are counted off: as many as our median. */
const COUNTED = 40;

export async function cutsOf(files: readonly HeldOutFile[]): Promise<Cuts> {
	const sum = {
		functions: 0,
		whole: 0,
		wholeByIndentation: 0,
		wholeByCount: 0,
		cutting: 0,
		cuttingByIndentation: 0,
	};
	for (const { path: name, text, language } of files) {
		const grammar: Grammar | undefined = grammarOf(language);
		if (grammar === undefined) {
			continue;
		}
		const lines = text.split('\n');
		const start = performance.now();
		const chunks = await CUTS.syntax(name, text);
		const middle = performance.now();
		const byIndentation = await CUTS.indentation(name, text);
		sum.cuttingByIndentation += performance.now() - middle;
		sum.cutting += middle - start;
		const counted = Array.from({ length: Math.ceil(lines.length / COUNTED) }, (_, index) => ({
			first: index * COUNTED + 1,
			last: (index + 1) * COUNTED,
		}));
		const functions = await trees.attempt(grammar, text, 10_000, (tree) => functionsIn(tree.rootNode));
		for (const one of functions ?? []) {
			sum.functions++;
			sum.whole += isWhole(one, chunks) ? 1 : 0;
			sum.wholeByIndentation += isWhole(one, byIndentation) ? 1 : 0;
			sum.wholeByCount += isWhole(one, counted) ? 1 : 0;
		}
	}
	return {
		...sum,
		whole: sum.whole / sum.functions,
		wholeByIndentation: sum.wholeByIndentation / sum.functions,
		wholeByCount: sum.wholeByCount / sum.functions,
	};
}

function functionsIn(node: Node): readonly LineSpan[] {
	const span = { first: node.startPosition.row + 1, last: node.endPosition.row + 1 };
	const lines = span.last - span.first + 1;
	const own = FUNCTION.test(node.type) && lines >= 3 && lines <= MOST ? [span] : [];
	return [...own, ...node.namedChildren.flatMap((child) => (child === null ? [] : functionsIn(child)))];
}

function isWhole({ first, last }: LineSpan, chunks: readonly LineSpan[]): boolean {
	return chunks.some((chunk) => chunk.first <= first && chunk.last >= last);
}
