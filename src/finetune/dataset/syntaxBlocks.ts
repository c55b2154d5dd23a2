/** Blocks of a text as its grammar has them: bodies, statements, lists of arguments, what somebody writes in one go. */

import type { Tree } from '@vscode/tree-sitter-wasm';
import type { Span } from './blocks';

/** Bytes of a block that is worth asking for, and bytes of the text before it. */
const FEWEST_BYTES = 50;
const MOST_BYTES = 1_000;
const LEAST_BEFORE = 200;
/** Nothing to learn code from, or no unit of its own. */
const NO_CODE = /comment|string|template|heredoc|regex|ERROR/;

/** By their start; each place once. Empty for a text that the grammar does not read. */
export function syntaxBlocks(text: string, tree: Tree): readonly Span[] {
	const found = new Map<string, Span>();
	const cursor = tree.walk();
	try {
		let depth = 0;
		let isInside = cursor.gotoFirstChild();
		depth += isInside ? 1 : 0;
		while (depth > 0) {
			if (!isInside) {
				cursor.gotoParent();
				depth--;
				isInside = depth > 0 && cursor.gotoNextSibling();
				continue;
			}
			const { startIndex: start, endIndex } = cursor;
			// Some nodes end with the line feeds behind them.
			const end = start + text.slice(start, endIndex).trimEnd().length;
			const isCode = !NO_CODE.test(cursor.nodeType);
			// A unit of UTF-16 has one to three bytes.
			if (isCode && cursor.nodeIsNamed && isSized(text, start, end) && !cursor.currentNode.hasError) {
				found.set(`${start} ${end}`, { start, end });
			}
			if (isCode && end - start >= FEWEST_BYTES / 3 && cursor.gotoFirstChild()) {
				depth++;
			} else {
				isInside = cursor.gotoNextSibling();
			}
		}
	} finally {
		cursor.delete();
	}
	return [...found.values()].sort((one, other) => one.start - other.start);
}

function isSized(text: string, start: number, end: number): boolean {
	if (
		end - start > MOST_BYTES ||
		Buffer.byteLength(text.slice(0, Math.min(start, LEAST_BEFORE))) < LEAST_BEFORE
	) {
		return false;
	}
	const bytes = Buffer.byteLength(text.slice(start, end));
	return bytes >= FEWEST_BYTES && bytes <= MOST_BYTES;
}
