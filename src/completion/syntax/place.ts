/** Where the cursor stands in a tree: what it is inside of, and the last piece of code before it. */

import type { Node, Tree } from '@vscode/tree-sitter-wasm';
import type { SyntaxWindow } from './window';

const COMMENT = /(?:^|_)comment$/;
const STRING =
	/^(?:(?:template_|encapsed_|raw_|verbatim_|interpreted_|system_lib_)?string(?:_literal|_content|_fragment|_start)?|(?:raw|multiline|interpreted)_string\w*|interpolated_string_expression|string_literal_content|multiline_string_fragment|char_literal|character_literal|rune_literal|heredoc\w*|nowdoc\w*|regex|regex_pattern|subshell|preproc_arg)$/;
/** Code inside of a string. */
const CODE_IN_STRING = /^(?:template_substitution|interpolation|embedded_expression)$/;

export interface Place {
	/** The text of the cursor's line before and after it. */
	readonly typed: string;
	readonly rest: string;
	/** The comment or string in which the cursor stands. */
	readonly within: { readonly kind: 'comment' | 'string'; readonly node: Node } | undefined;
	/** The last leaf of code before the cursor; comments are none. */
	readonly leaf: Node | undefined;
	/** The leaf stands on the cursor's line. */
	readonly isLeafHere: boolean;
}

/** The smallest node at the last character before `index` that is not blank. */
function leafBefore(tree: Tree, text: string, index: number): Node | undefined {
	let last = index - 1;
	while (last >= 0 && /\s/.test(text[last] ?? '')) {
		last--;
	}
	return last < 0 ? undefined : (tree.rootNode.descendantForIndex(last, last + 1) ?? undefined);
}

/** The nearest of a node and what is around it for which `test` holds. */
export function nearest(node: Node | undefined, test: (node: Node) => boolean): Node | undefined {
	for (let around: Node | null = node ?? null; around !== null; around = around.parent) {
		if (test(around)) {
			return around;
		}
	}
	return undefined;
}

/** A node of text around the cursor; a node that ends at the cursor counts while it is not closed. */
function textAround(tree: Tree, { text, offset }: SyntaxWindow): Place['within'] {
	const lineStart = text.lastIndexOf('\n', offset - 1) + 1;
	const at = tree.rootNode.descendantForIndex(Math.max(0, offset - 1), offset) ?? undefined;
	const node = nearest(
		at,
		({ type }) => COMMENT.test(type) || STRING.test(type) || CODE_IN_STRING.test(type),
	);
	if (node === undefined || CODE_IN_STRING.test(node.type) || node.startIndex >= offset) {
		return undefined;
	}
	const whole = nearest(node, ({ parent }) => parent === null || !isText(parent)) ?? node;
	if (COMMENT.test(whole.type)) {
		const isClosed = /^(?:\/\*|<!--)/.test(whole.text) ? /(?:\*\/|-->)$/.test(whole.text) : false;
		const isBlock = /^(?:\/\*|<!--|=begin)/.test(whole.text);
		const isInside = isBlock
			? offset < whole.endIndex || !isClosed
			: whole.startIndex >= lineStart && whole.endIndex >= offset;
		return isInside ? { kind: 'comment', node: whole } : undefined;
	}
	return offset < whole.endIndex || !isClosedString(whole) ? { kind: 'string', node: whole } : undefined;
}

function isText({ type }: Node): boolean {
	return COMMENT.test(type) || STRING.test(type);
}

/** Its last leaf is a quote that is there, and not the one that opens it. */
function isClosedString(node: Node): boolean {
	const { text } = node;
	const last = node.lastChild;
	if (last === null) {
		return text.length > 1 && /["'`/]$/.test(text);
	}
	return (
		!last.isMissing &&
		node.childCount > 1 &&
		last.startIndex > node.startIndex &&
		!/content|fragment/.test(last.type)
	);
}

export function placeIn(tree: Tree, window: SyntaxWindow): Place {
	const { text, offset } = window;
	const lineStart = text.lastIndexOf('\n', offset - 1) + 1;
	const lineEnd = text.indexOf('\n', offset);
	let leaf = leafBefore(tree, text, offset);
	for (
		let comment = nearest(leaf, ({ type }) => COMMENT.test(type));
		comment !== undefined;
		comment = nearest(leaf, ({ type }) => COMMENT.test(type))
	) {
		leaf = leafBefore(tree, text, comment.startIndex);
	}
	return {
		typed: text.slice(lineStart, offset),
		rest: text.slice(offset, lineEnd === -1 ? undefined : lineEnd),
		within: textAround(tree, window),
		leaf,
		isLeafHere: leaf !== undefined && leaf.startIndex >= lineStart,
	};
}
