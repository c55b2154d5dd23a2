/** Where code can be cut so that no construct is left in half: by its lines and their indentation, in all languages. */

import { indentation } from './indentation';

/** What ends something or goes on with it: a bracket, the rest of a comment, a word between two blocks. */
const CONTINUES =
	/^(?:[)\]}>*,]|\{\s*$|<\/|#\s*(?:elif|else|endif)\b|(?:catch|done|elif|else|elseif|elsif|end(?:if|for|while|function|module)?|ensure|esac|except|fi|finally|rescue|then)\b)/;

/** A comment or a decorator, which belongs to what follows. */
const HEADS = /^\s*(?:@|\/\/|\/?\*|#|--|%|;)/;

/** Whether something begins at a line: a declaration with its comments and decorators, a statement, an element. */
function begins(line: string): boolean {
	const text = line.trimStart();
	return text !== '' && !CONTINUES.test(text);
}

function lineAt(text: string, start: number): string {
	const end = text.indexOf('\n', start);
	return text.slice(start, end === -1 ? undefined : end);
}

/** Columns that a better line must begin before: as far out is better only where nothing begins. */
function outside(line: string): number {
	if (line.trim() === '') {
		return Number.POSITIVE_INFINITY;
	}
	return indentation(line) + (begins(line) ? 0 : 1);
}

/**
 * Where to begin instead of at the line at index 0: at the outermost beginning in the first `reach` characters, the
 * first of several. 0 where none lies further out than that line. What stands behind `reach` and the line there
 * changes nothing.
 */
export function firstBeginning(text: string, reach: number): number {
	let best = 0;
	let columns = outside(lineAt(text, 0));
	for (let start = text.indexOf('\n') + 1; start > 0 && start <= reach; ) {
		const line = lineAt(text, start);
		if (begins(line) && indentation(line) < columns) {
			best = start;
			columns = indentation(line);
		}
		start = text.indexOf('\n', start) + 1;
	}
	return best;
}

/**
 * Where to end instead of at the line end at index `end`: where something has ended before the outermost beginning in
 * the `reach` characters before it, the last of several. Where none lies further out than what follows there, `end`.
 * Blank lines at the end are left out.
 */
export function lastEnding(text: string, end: number, reach: number): number {
	const lines = text.slice(0, end).split('\n');
	const blank = /^(?:[ \t]*\n)*/.exec(text.slice(end + 1))?.[0].length ?? 0;
	let following = lineAt(text, end + 1 + blank);
	let best: number | undefined;
	let columns = Number.POSITIVE_INFINITY;
	let at = end;
	for (const line of lines.reverse()) {
		// Here `at` is where the line ends, and `following` the next one that is not blank.
		if (line.trim() !== '') {
			const isOver = begins(following) && indentation(line) >= indentation(following) && !HEADS.test(line);
			const column = indentation(following) + (isOver ? 0 : 1);
			if (best === undefined || (isOver && column < columns)) {
				best = at;
				columns = column;
			}
			following = line;
		}
		at -= line.length + 1;
		if (at < end - reach) {
			break;
		}
	}
	return best ?? end;
}
