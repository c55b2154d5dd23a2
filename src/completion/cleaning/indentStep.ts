/** How a document indents, as far as its lines near the cursor tell. */

import { indentation } from '../../inference/indentation';
import type { Cursor } from '../cursor';

/** Lines read on each side of the cursor. */
const NEAR = 200;

/** Widths of one level that people use, in columns. */
const WIDTHS: readonly number[] = [2, 3, 4, 8];

interface IndentStyle {
	/** Undefined where lines begin with both, or none is indented. */
	readonly character: 'tab' | 'space' | undefined;
	/** Columns of one level, as most lines have it; undefined where it shows nowhere, or where tabs indent. */
	readonly width: number | undefined;
}

export function indentStyle({ before, after }: Cursor): IndentStyle {
	const above = before.split('\n').slice(0, -1).slice(-NEAR);
	const below = after.split('\n').slice(1, NEAR);
	const usesTabs = /^\t/m.test(before) || /^\t/m.test(after);
	const usesSpaces = /^ {2,}\S/m.test(before) || /^ {2,}\S/m.test(after);
	const character = usesTabs === usesSpaces ? undefined : usesTabs ? 'tab' : 'space';
	return { character, width: character === 'space' ? commonStep([above, below]) : undefined };
}

/** The step by which most lines are indented further than the line before them. */
function commonStep(parts: readonly (readonly string[])[]): number | undefined {
	const counts = new Map<number, number>();
	for (const part of parts) {
		const lines = part.filter((line) => line.trim() !== '');
		for (const [number, line] of lines.entries()) {
			const step = number === 0 ? 0 : indentation(line) - indentation(lines[number - 1] ?? '');
			if (WIDTHS.includes(step)) {
				counts.set(step, (counts.get(step) ?? 0) + 1);
			}
		}
	}
	let width: number | undefined;
	for (const [step, count] of counts) {
		if (width === undefined || count > (counts.get(width) ?? 0)) {
			width = step;
		}
	}
	return width;
}
