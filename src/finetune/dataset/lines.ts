/** A text with the starts of its lines: what holes are cut from. */

import { indentation } from '../../inference/indentation';

export interface Lines {
	readonly text: string;
	readonly count: number;
	/** Index of the first character of a line. */
	start(line: number): number;
	/** Index behind the last character of a line, its line feed not counted. */
	end(line: number): number;
	/** Index of the first character of a line that is no blank; its end where all are. */
	content(line: number): number;
	isBlank(line: number): boolean;
	/** Columns of indentation; a tab counts four. */
	indentation(line: number): number;
	/** The line that holds the character at an index. */
	at(index: number): number;
}

export function linesOf(text: string): Lines {
	const starts = [0];
	for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) {
		starts.push(at + 1);
	}
	const start = (line: number) => starts[line] ?? text.length;
	const end = (line: number) => (line + 1 < starts.length ? start(line + 1) - 1 : text.length);
	const content = (line: number) => {
		let index = start(line);
		while (index < end(line) && /\s/.test(text[index] ?? '')) {
			index++;
		}
		return index;
	};
	return {
		text,
		count: starts.length,
		start,
		end,
		content,
		isBlank: (line) => content(line) === end(line),
		indentation: (line) => indentation(text.slice(start(line), content(line))),
		at: (index) => {
			let low = 0;
			let high = starts.length;
			while (high - low > 1) {
				const middle = (low + high) >> 1;
				if (start(middle) <= index) {
					low = middle;
				} else {
					high = middle;
				}
			}
			return low;
		},
	};
}
