/** What a cut costs at each line, by indentation, blank lines and brackets: the same for all languages. */

import { indentation } from '../../inference/indentation';

/** By what is torn apart: each level that it lies deep, lines without a blank one between, a comment, a header. */
export const DEEPER = 6;
export const NO_BLANK = 6;
export const FROM_COMMENT = 24;
export const FROM_HEADER = 16;
export const BEFORE_CLOSER = 40;

/** A line that ends or goes on with what stands above it. */
export const CLOSER =
	/^\s*(?:[)\]}]|(?:end|else|elif|elsif|except|catch|finally|rescue|ensure|then|do)\b|\{\s*$|\*\/|#(?:else|elif|endif))/;
/** A line that speaks of what stands below it: a comment, an attribute, a decorator, the start of a template. */
const ABOUT_NEXT = /^\s*(?:\/[/*]|\*|#|--|;|%|@|\[[\w:]|"""|'''|<!--|template\s*<)/;

export function costsByIndentation(lines: readonly string[]): Float64Array {
	const costs = new Float64Array(lines.length + 1);
	/** Indentations that are open, the outermost first. */
	const open: number[] = [];
	let above = '';
	let depthAbove = 0;
	for (const [index, line] of lines.entries()) {
		if (line.trim() === '') {
			// A blank line belongs to what stands above it.
			costs[index] = BEFORE_CLOSER;
			above = '';
			continue;
		}
		const columns = indentation(line);
		while (open.length > 0 && (open.at(-1) ?? 0) > columns) {
			open.pop();
		}
		if (columns > (open.at(-1) ?? 0)) {
			open.push(columns);
		}
		const depth = open.length;
		costs[index] =
			index === 0
				? 0
				: depth * DEEPER +
					(above === '' ? 0 : NO_BLANK) +
					(ABOUT_NEXT.test(above) ? FROM_COMMENT : 0) +
					(depth > depthAbove ? FROM_HEADER : 0) +
					(CLOSER.test(line) ? BEFORE_CLOSER : 0);
		above = line;
		depthAbove = depth;
	}
	return costs;
}
