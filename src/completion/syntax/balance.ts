/** Where a finished text must end so that the document is no worse in syntax than before. */

import type { Node, Tree } from '@vscode/tree-sitter-wasm';
import type { Trees } from '../../inference/syntax/trees';
import { unmatchedClosers } from '../brackets';
import type { SyntaxWindow } from './window';

/** Trees made for one text; each takes about a millisecond, since only the text differs. */
const MOST_ATTEMPTS = 6;

/** Places where a tree is broken: what the grammar could not read, and what it had to add. */
export function faults(tree: Tree): number {
	return tree.rootNode.hasError ? faultsIn(tree.rootNode) : 0;
}

function faultsIn(node: Node): number {
	if (node.isMissing) {
		return 1;
	}
	let sum = node.isError ? 1 : 0;
	for (const child of node.children) {
		if (child !== null && (child.hasError || child.isMissing || child.isError)) {
			sum += faultsIn(child);
		}
	}
	return sum;
}

/** Ends that make sense: before each bracket that closes too much, and before each line, the last first. */
function candidates(text: string): readonly number[] {
	const ends = new Set<number>();
	const closers = unmatchedClosers(text);
	if (closers.length > 0) {
		for (let index = text.length - 1; index > 0; index--) {
			if (closers.includes(text[index] ?? '')) {
				ends.add(text.slice(0, index).trimEnd().length);
			}
		}
	}
	for (let line = text.lastIndexOf('\n'); line > 0; line = text.lastIndexOf('\n', line - 1)) {
		ends.add(line);
	}
	return [...ends].sort((one, other) => other - one).slice(0, MOST_ATTEMPTS);
}

/**
 * The longest beginning of `text` with which the document has fewer faults than with all of it, and no more than
 * without it. undefined where the whole text is as good, nothing is better, or the time is not enough.
 */
export async function balancedEnd(
	trees: Trees,
	{ grammar, text: document, offset }: SyntaxWindow,
	text: string,
	milliseconds: number,
): Promise<number | undefined> {
	const deadline = performance.now() + milliseconds;
	const faultsWith = (inserted: string) =>
		trees.attempt(
			grammar,
			document.slice(0, offset) + inserted + document.slice(offset),
			deadline - performance.now(),
			faults,
		);
	const base = await trees.parse(grammar, document, milliseconds);
	const without = base === undefined ? undefined : faults(base);
	const whole = await faultsWith(text);
	if (without === undefined || whole === undefined || whole === 0 || whole < without) {
		return undefined;
	}
	for (const end of candidates(text)) {
		const found = await faultsWith(text.slice(0, end));
		if (found !== undefined && found < whole && found <= without) {
			return end;
		}
	}
	return undefined;
}
