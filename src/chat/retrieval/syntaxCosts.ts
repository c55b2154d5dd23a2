/**
 * What a cut costs at each line, by the syntax tree: how many statements and declarations it tears apart, and whether it
 * leaves a comment, a decorator or a header behind.
 */

import type { Tree } from '@vscode/tree-sitter-wasm';
import { BEFORE_CLOSER, CLOSER, DEEPER, FROM_COMMENT, FROM_HEADER, NO_BLANK } from './indentationCosts';

/** Speaks of what stands behind it. */
const ABOUT_NEXT = /comment|decorator|attribute|annotation/;
/** Only holds what belongs to the node around it: a level of the text has one of these and the node with its header. */
const BODY = /block|body|list$|statements$/;
/** Has lines that are text. */
const TEXT = /comment|string|template|heredoc|regex/;

/** Rows from 0. */
interface Rows {
	readonly start: number;
	readonly end: number;
}

/** A node whose children are being looked at, and what was said last about the next of them. */
interface Level extends Rows {
	about: Rows | undefined;
}

/** @param lines of the text that was parsed */
export function costsBySyntax(lines: readonly string[], tree: Tree): Float64Array {
	const { torn, isEdge } = tornAt(lines.length, tree);
	const costs = new Float64Array(lines.length + 1);
	let above = '';
	let tornAbove = 0;
	for (const [index, line] of lines.entries()) {
		if (line.trim() === '') {
			// A blank line belongs to what stands above it.
			costs[index] = BEFORE_CLOSER;
			above = '';
			continue;
		}
		const tearing = torn[index] ?? 0;
		costs[index] =
			index === 0
				? 0
				: tearing +
					(above === '' || isEdge[index] === 1 ? 0 : NO_BLANK) +
					(tearing > tornAbove ? FROM_HEADER : 0) +
					(CLOSER.test(line) ? BEFORE_CLOSER : 0);
		above = line;
		tornAbove = tearing;
	}
	return costs;
}

interface Torn {
	/** By row: the costs of all that lies on both sides of a cut above it. */
	readonly torn: Float64Array;
	/** By row: 1 where something of several rows begins there or ended above. */
	readonly isEdge: Uint8Array;
}

/** Only nodes of several rows are looked into. */
function tornAt(rows: number, tree: Tree): Torn {
	const torn = new Float64Array(rows + 2);
	const isEdge = new Uint8Array(rows + 2);
	const tear = ({ start, end }: Rows, cost: number) => {
		torn[start + 1] = (torn[start + 1] ?? 0) + cost;
		torn[end + 1] = (torn[end + 1] ?? 0) - cost;
	};
	const cursor = tree.walk();
	const levels: Level[] = [];
	try {
		let isInside = cursor.gotoFirstChild();
		levels.push({ start: -1, end: -1, about: undefined });
		for (let level = levels.at(-1); level !== undefined; level = levels.at(-1)) {
			if (!isInside) {
				levels.pop();
				cursor.gotoParent();
				isInside = levels.length > 0 && cursor.gotoNextSibling();
				continue;
			}
			const { nodeType: type, startPosition, endPosition } = cursor;
			const start = startPosition.row;
			// Some end where the next line begins.
			const end = endPosition.column === 0 && endPosition.row > start ? endPosition.row - 1 : endPosition.row;
			const { about } = level;
			if (cursor.nodeIsNamed && ABOUT_NEXT.test(type)) {
				const isMore = about !== undefined && start <= about.end + 1;
				level.about = { start: isMore ? about.start : start, end };
				tear({ start, end }, BEFORE_CLOSER);
				isInside = cursor.gotoNextSibling();
				continue;
			}
			// With what was said about it.
			const first = about !== undefined && start <= about.end + 1 ? about.start : start;
			tear({ start: first, end: start }, FROM_COMMENT);
			level.about = undefined;
			const isOwn = !BODY.test(type) && (start !== level.start || end !== level.end);
			if (isOwn) {
				tear({ start, end }, TEXT.test(type) ? BEFORE_CLOSER : DEEPER);
				if (end > start) {
					isEdge[first] = 1;
					isEdge[end + 1] = 1;
				}
			}
			if (end > start && !TEXT.test(type) && cursor.gotoFirstChild()) {
				levels.push({ start, end, about: undefined });
			} else {
				isInside = cursor.gotoNextSibling();
			}
		}
	} finally {
		cursor.delete();
	}
	for (let row = 1; row < torn.length; row++) {
		torn[row] = (torn[row] ?? 0) + (torn[row - 1] ?? 0);
	}
	return { torn, isEdge };
}
