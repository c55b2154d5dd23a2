/** The comment above a function, or the string within it, as it stands and as prose. */

import type { Grammar } from '../../inference/syntax/languages';

export interface Documentation {
	/** As it stands, without its indentation. */
	readonly comment: string;
	/** What it says before any tags, in one paragraph or several. */
	readonly prose: string;
}

/** Rows of a comment, from the first to the last. */
interface Rows {
	readonly from: number;
	readonly to: number;
}

const HASH: ReadonlySet<Grammar> = new Set(['ruby', 'python']);
/** What may stand between a comment and its function. */
const ATTRIBUTE = /^\s*(?:#\[.*\]|@[\w.]+(?:\(.*\))?)\s*$/;
/** From here on a documentation lists parameters and the like. */
const TAGS =
	/^\s*(?:@\w+|\\(?:param|return|brief)\b|:(?:param|type|return|raises|rtype)|(?:Args|Arguments|Parameters|Returns?|Raises|Yields|Examples?|Notes?|Attributes)\s*:?\s*$|# (?:Examples?|Panics|Errors|Safety)\b)/i;

/** @param row of the function's first line; @returns the rows of the comment right above it, if there is one. */
export function commentAbove(lines: readonly string[], row: number, grammar: Grammar): Rows | undefined {
	let last = row - 1;
	while (last >= 0 && ATTRIBUTE.test(lines[last] ?? '')) {
		last--;
	}
	const line = lines[last]?.trim() ?? '';
	if (line.endsWith('*/')) {
		let from = last;
		while (from > 0 && !(lines[from] ?? '').includes('/*')) {
			from--;
		}
		return (lines[from] ?? '').trim().startsWith('/*') ? { from, to: last } : undefined;
	}
	const mark = HASH.has(grammar) ? /^\s*#(?!!)/ : /^\s*\/\//;
	let from = last + 1;
	while (from > 0 && mark.test(lines[from - 1] ?? '')) {
		from--;
	}
	return from <= last ? { from, to: last } : undefined;
}

/** @param comment with its marks, or a string of Python with its quotes. */
export function proseOf(comment: string): string {
	const plain = comment
		.replace(/^[a-zA-Z]{0,2}("""|'''|"|')([\s\S]*)\1$/, '$2')
		.replace(/<\/?(?:summary|para|c|see|remarks)\b[^>]*>/g, '')
		.split('\n')
		.map((line) =>
			line
				.replace(/^\s*(?:\/\*\*?|\*\/|\*|\/\/[/!]?|#+(?!\[))\s?/, '')
				.replace(/\s*\*\/\s*$/, '')
				.trim(),
		);
	const end = plain.findIndex((line) => TAGS.test(line) || /^<(?:param|returns)\b/.test(line));
	const kept = end === -1 ? plain : plain.slice(0, end);
	return kept
		.join('\n')
		.replace(/\s@(?:param|returns?|throws|see|example)\b[\s\S]*$/, '')
		.trim()
		.split(/\n{2,}/)
		.map((paragraph) => paragraph.replace(/\s*\n\s*/g, ' ').trim())
		.filter((paragraph) => paragraph !== '')
		.join('\n\n');
}

/** Words of what was switched off, of a licence and of a note to oneself: no documentation. */
const NO_PROSE =
	/\b(?:TODO|FIXME|XXX|HACK|eslint|tslint|prettier|biome|istanbul|noqa|pragma|pylint|mypy|SPDX|licen[cs]e|copyright)\b|[;{}]\s*$/i;

/** Whether it says in words what something does. */
export function isProse(prose: string): boolean {
	const words = prose.match(/\p{L}{2,}/gu) ?? [];
	const letters = (prose.match(/[\p{L}\s]/gu) ?? []).length;
	return words.length >= 4 && letters >= prose.length * 0.7 && !NO_PROSE.test(prose);
}
