/** What Git says a commit changed → the lines that it added, and where they stand in a text. */

import type { Span } from './blocks';
import type { Lines } from './lines';

/** Lines that a commit added in one place of a file. */
export interface Hunk {
	/** Relative to the repository's folder, with `/`. */
	readonly path: string;
	/** Without line ends. */
	readonly lines: readonly string[];
}

/** Characters besides blanks: less is a bracket. */
const FEWEST = 8;

/** @param diff of one commit, unified, without lines of context, with the prefixes `a/` and `b/` */
export function hunksOf(diff: string): readonly Hunk[] {
	const found: Hunk[] = [];
	const lines = diff.split('\n');
	let path: string | undefined;
	for (let at = 0; at < lines.length; at++) {
		const line = lines[at] ?? '';
		if (line.startsWith('+++ ')) {
			path = line.startsWith('+++ b/') ? line.slice('+++ b/'.length).replace(/\t$/, '') : undefined;
			continue;
		}
		const counts = /^@@ -\d+(?:,(\d+))? \+\d+(?:,(\d+))? @@/.exec(line);
		if (counts === null) {
			continue;
		}
		let [removed, left] = [Number(counts[1] ?? 1), Number(counts[2] ?? 1)];
		const added: string[] = [];
		// By number: what was added may itself look like the head of a diff.
		while (removed + left > 0 && at + 1 < lines.length) {
			const next = lines[++at] ?? '';
			if (next.startsWith('-')) {
				removed--;
			} else if (next.startsWith('+')) {
				left--;
				added.push(next.slice(1).replace(/\r$/, ''));
			}
		}
		if (path !== undefined && added.join('').replace(/\s/g, '').length >= FEWEST) {
			found.push({ path, lines: added });
		}
	}
	return found;
}

/**
 * Where the lines stand in the text, from the first character that is no blank: there an editor has put the cursor.
 * undefined where they stand nowhere, or more than once.
 */
export function placeOf({ lines: added }: Pick<Hunk, 'lines'>, lines: Lines): Span | undefined {
	const first = added.findIndex((line) => line.trim() !== '');
	const last = added.findLastIndex((line) => line.trim() !== '');
	if (first === -1) {
		return undefined;
	}
	const block = added.slice(first, last + 1).join('\n');
	const at = indexOfLines(lines.text, block, 0);
	if (at === -1 || indexOfLines(lines.text, block, at + 1) !== -1) {
		return undefined;
	}
	return { start: lines.content(lines.at(at)), end: at + block.length };
}

function indexOfLines(text: string, block: string, from: number): number {
	for (let at = text.indexOf(block, from); at !== -1; at = text.indexOf(block, at + 1)) {
		const isWhole = (at === 0 || text[at - 1] === '\n') && (text[at + block.length] ?? '\n') === '\n';
		if (isWhole) {
			return at;
		}
	}
	return -1;
}
