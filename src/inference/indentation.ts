/** How far in a line of code begins. */

/** Columns of the blanks at the start of a line; a tab counts four. */
export function indentation(line: string): number {
	let columns = 0;
	for (const character of line) {
		if (character === '\t') {
			columns += 4;
		} else if (character === ' ') {
			columns++;
		} else {
			break;
		}
	}
	return columns;
}

/** The blanks at the start of a text: the indentation of its first line. */
export function leadingBlanks(text: string): string {
	return /^[ \t]*/.exec(text)?.[0] ?? '';
}
