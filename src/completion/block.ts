/** Where a block ends: by indentation, by brackets, by a blank line. */

import { indentation } from '../inference/indentation';
import { readBrackets, startsWithCloser } from './brackets';
import { type AskedShape, MOST_LINES } from './shape';

type Block = Extract<AskedShape, { type: 'block' }>;

/** Lines at the block's own indentation that still belong to the statement before them. */
const CONTINUES = /^\s*(?:else|elif|except|finally|catch|rescue|ensure|case|default|when|while\b.*;)\b/;

/** Index at which the line numbered `line` starts, without the line feed before it. */
function endBefore(lines: readonly string[], line: number): number {
	return Math.max(0, lines.slice(0, line).join('\n').length);
}

/** Whether a line starts with what closes blocks: a bracket, or the word for it. */
function closes(line: string, { closer }: Block): boolean {
	return startsWithCloser(line) || (closer !== undefined && /^\s*(\w+)/.exec(line)?.[1] === closer);
}

/** A closing line belongs to the text only where the document does not have it yet. */
function isMissingBelow(line: string, shape: Block): boolean {
	const { below } = shape;
	return !(
		below !== undefined &&
		closes(below, shape) &&
		below.trim()[0] === line.trim()[0] &&
		indentation(below) >= indentation(line)
	);
}

/** The document does not close the block that the cursor's line opens: its body must come whole. */
function isUnclosed(shape: Block): boolean {
	const { below, column } = shape;
	return below === undefined || !closes(below, shape) || indentation(below) < (column ?? 0);
}

/**
 * Where the block must end, or undefined while it may go on. Unless `isComplete`, the last line may still grow:
 * then only what a longer line cannot change is decided by it.
 */
export function blockEnd(text: string, isComplete: boolean, shape: Block): number | undefined {
	const lines = text.split('\n');
	let column = shape.column;
	let hasContent = false;
	let deepest = 0;
	let wasOpen = false;
	for (const [number, line] of lines.entries()) {
		const isWhole = isComplete || number < lines.length - 1;
		if (number >= MOST_LINES) {
			return endBefore(lines, number);
		}
		if (line.trim() === '') {
			const isOpen = readBrackets(lines.slice(0, number).join('\n')).owed.length > 0;
			if (hasContent && isWhole && !isOpen) {
				return endBefore(lines, number);
			}
			continue;
		}
		// The text's first piece stands behind the cursor's own indentation.
		const own = number === 0 ? (shape.column ?? 0) + indentation(line) : indentation(line);
		if (column === undefined || (number === 0 && !shape.opens)) {
			column = own;
		} else if (number > 0) {
			const verdict = dedent(line, isWhole, own, column, shape, hasContent, deepest);
			if (verdict === 'before') {
				return endBefore(lines, number);
			}
			if (verdict === 'after') {
				return isWhole ? endBefore(lines, number) + 1 + line.length : undefined;
			}
		}
		hasContent ||= number > 0 || !shape.opens;
		deepest = Math.max(deepest, own);
		const brackets = readBrackets(lines.slice(0, number + 1).join('\n'));
		const isClosedAgain = wasOpen && brackets.owed.length === 0 && startsWithCloser(line) && isWhole;
		if (isClosedAgain && !shape.isWhole && !(shape.opens && isUnclosed(shape))) {
			// What the text itself opened is closed again: one whole statement.
			return endBefore(lines, number) + 1 + line.length;
		}
		wasOpen ||= brackets.owed.length > 0;
	}
	return undefined;
}

function dedent(
	line: string,
	isWhole: boolean,
	own: number,
	column: number,
	shape: Block,
	hasContent: boolean,
	deepest: number,
): 'before' | 'after' | 'inside' {
	const isOut = shape.opens ? own <= column : own < column;
	if (isOut) {
		return closes(line, shape) && hasContent && isMissingBelow(line, shape) ? 'after' : 'before';
	}
	// Back at the block's own column after something deeper: the next statement, for the next request.
	const isNext = !shape.opens && !shape.isWhole && own === column && deepest > column;
	// The first word decides; while it may still grow into `else`, nothing does.
	const isKnown = isWhole || !/^\s*\w*$/.test(line);
	return isNext && isKnown && !closes(line, shape) && !CONTINUES.test(line) ? 'before' : 'inside';
}
