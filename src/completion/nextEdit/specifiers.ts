/** The path of an imported module that was changed: the same path where the file names it again. */

import type { Change } from './change';
import type { Page } from './page';
import type { Replacement } from './places';

/** What names a module on a line: an import, an export, a require, or a mock of one. */
const NAMES_MODULE = /^\s*(?:import|export)\b|\bfrom\b|\b(?:require|import|mock|unmock|resolve)\s*\(/;

/** A string's content in one version of the edited line, with the line. */
function contentAt(
	text: string,
	at: number,
): { readonly content: string; readonly line: string } | undefined {
	const start = text.lastIndexOf('\n', Math.max(0, at - 1)) + 1;
	const end = text.indexOf('\n', at);
	const line = text.slice(start, end === -1 ? undefined : end);
	for (const found of line.matchAll(/(['"])((?:(?!\1).)*)\1/g)) {
		const from = start + found.index;
		if (at > from && at < from + found[0].length) {
			return { content: found[2] ?? '', line };
		}
	}
	return undefined;
}

export function specifiersToFollow({ edit, zone }: Change, page: Page): readonly Replacement[] {
	const was = contentAt(edit.before, edit.at);
	const is = contentAt(edit.after, edit.at);
	if (
		zone !== 'string' ||
		was === undefined ||
		is === undefined ||
		was.content.length < 2 ||
		!NAMES_MODULE.test(is.line)
	) {
		return [];
	}
	const found: Replacement[] = [];
	for (const [index, opener] of page.tokens.entries()) {
		const start = opener.end;
		const end = start + was.content.length;
		const isHere =
			opener.kind === 'quote' && page.text.startsWith(was.content, start) && page.text[end] === opener.text;
		if (!isHere || page.tokens[index - 1]?.zone === 'comment') {
			continue;
		}
		const line = page.text.slice(page.text.lastIndexOf('\n', start) + 1, start);
		if (NAMES_MODULE.test(line)) {
			found.push({ start, end, text: is.content });
		}
	}
	return found;
}
