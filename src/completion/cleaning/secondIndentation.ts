/** Drops indentation that the cursor's line already has. */

import { indentation } from '../../inference/indentation';
import { lineAbove, lineBefore } from '../cursor';
import type { TextRule } from './rule';

/** The line with `columns` of indentation less, as far as it has them. */
function outdented(line: string, columns: number): string {
	let start = 0;
	while (
		start < line.length &&
		/[ \t]/.test(line[start] ?? '') &&
		indentation(line.slice(0, start)) < columns
	) {
		start++;
	}
	return line.slice(start);
}

/**
 * The cursor already stands at or beyond the indentation of the line above: blanks at the start of the text would
 * indent a second time. They go, from the later lines as well.
 */
export const secondIndentation: TextRule = {
	type: 'text',
	name: 'second-indentation',
	reason: 'nothing-to-add',
	apply: (text, { cursor, shape }) => {
		const extra = indentation(text);
		const typed = lineBefore(cursor);
		const isBelowAbove = indentation(typed) < indentation(lineAbove(cursor) ?? '');
		if (shape.type === 'line' || shape.opens || extra === 0 || typed === '' || isBelowAbove) {
			return text;
		}
		return text
			.split('\n')
			.map((line, number) => (number === 0 ? line.trimStart() : outdented(line, extra)))
			.join('\n');
	},
};
